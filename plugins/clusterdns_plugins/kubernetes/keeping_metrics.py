"""The metrics of audits and of the snapshot."""

from clusterdns.cluster.audit import AuditFigures
from clusterdns.cluster.cluster_follower import ClusterFollower
from clusterdns.cluster.snapshot import SnapshotFigures
from clusterdns.telemetry.metrics import Metrics

__all__ = ["KeepingMetrics"]


class KeepingMetrics:
    """Declares the metrics; `read` brings them up to date. Without audits or a snapshot they stay 0."""

    def __init__(self, metrics: Metrics) -> None:
        self._audits = metrics.counter(
            "clusterdns_kubernetes_audits_total",
            "Audits that came to their end, failed, or were put off at the API server's wish.",
            ("resource", "result"),
        )
        self._missed = metrics.counter(
            "clusterdns_kubernetes_audit_missed_total",
            "Objects of which an audit found that a watch had missed changes.",
            ("resource",),
        )
        self._octets = metrics.counter(
            "clusterdns_kubernetes_audit_received_bytes_total", "Octets that audits received.", ("resource",)
        )
        self._per_hour = metrics.gauge(
            "clusterdns_kubernetes_audit_bytes_per_hour", "What audits as large as the last ones cost."
        )
        self._snapshots = metrics.counter(
            "clusterdns_kubernetes_snapshots_total",
            "Attempts to write the snapshot, by their result.",
            ("result",),
        )
        self._snapshot_octets = metrics.gauge(
            "clusterdns_kubernetes_snapshot_bytes", "Size of the last snapshot that was written."
        )
        self._snapshot_seconds = metrics.gauge(
            "clusterdns_kubernetes_snapshot_write_seconds", "Time that writing the last snapshot took."
        )
        self._snapshot_as_of = metrics.gauge(
            "clusterdns_kubernetes_snapshot_timestamp_seconds",
            "Unix time as of which the last snapshot is, 0 before the first one.",
        )

    def read(self, source: ClusterFollower) -> None:
        """Take the figures of `source`."""
        if source.auditor is not None:
            self._per_hour.of().set(source.auditor.octets_per_hour)
            for resource, figures in source.auditor.figures.items():
                self._read_audits(resource, figures)
        if source.keeper is not None:
            self._read_snapshots(source.keeper.figures)

    def _read_audits(self, resource: str, figures: AuditFigures) -> None:
        self._audits.of(resource, "done").value = figures.done
        self._audits.of(resource, "failed").value = figures.failed
        self._audits.of(resource, "suspended").value = figures.suspended
        self._missed.of(resource).value = figures.missed
        self._octets.of(resource).value = figures.octets

    def _read_snapshots(self, figures: SnapshotFigures) -> None:
        self._snapshots.of("written").value = figures.written
        self._snapshots.of("failed").value = figures.failed
        self._snapshot_octets.of().set(figures.octets)
        self._snapshot_seconds.of().set(figures.seconds)
        self._snapshot_as_of.of().set(figures.as_of)
