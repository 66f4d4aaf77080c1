"""What is exported of audits and of the snapshot."""

from pathlib import Path

from clusterdns.cluster.api.settings import ApiSettings
from clusterdns.cluster.audit import AuditFigures
from clusterdns.cluster.cluster_follower import ClusterFollower, FollowerSettings
from clusterdns.cluster.reflector import SourceSettings
from clusterdns.cluster.snapshot import SnapshotFigures, SnapshotKeeper, SnapshotSettings
from clusterdns.telemetry.metrics import Metrics
from clusterdns.testing.metrics import values
from clusterdns_plugins.kubernetes.api_metrics import ApiMetrics

PREFIX = "clusterdns_kubernetes_"


def exported(source: ClusterFollower) -> dict[str, float]:
    """The values but 0 that stand for audits and the snapshot, without what is common to their names."""
    metrics = Metrics()
    ApiMetrics(metrics).follow(source)
    found = {name.removeprefix(PREFIX): value for name, value in values(metrics).items()}
    return {name: value for name, value in found.items() if value and name.startswith(("audit", "snapshot"))}


def source(*, audit_seconds: float | None = None) -> ClusterFollower:
    api = ApiSettings(endpoints=("http://127.0.0.1:1",))
    return ClusterFollower(FollowerSettings(source=SourceSettings(api=api), audit_seconds=audit_seconds))


def test_audits_are_counted_by_resource_and_result() -> None:
    audited = source(audit_seconds=1800)
    assert audited.auditor is not None
    audited.auditor.figures["services"] = AuditFigures(
        done=7, failed=2, suspended=1, missed=3, octets=900, octets_last=100
    )
    assert exported(audited) == {
        'audits_total{resource="services",result="done"}': 7,
        'audits_total{resource="services",result="failed"}': 2,
        'audits_total{resource="services",result="suspended"}': 1,
        'audit_missed_total{resource="services"}': 3,
        'audit_received_bytes_total{resource="services"}': 900,
        "audit_bytes_per_hour": 200,
    }


def test_the_snapshot_is_exported(tmp_path: Path) -> None:
    kept = source()
    settings = SnapshotSettings(path=str(tmp_path / "snapshot"), max_age=60, fingerprint="x")
    kept.keeper = SnapshotKeeper(kept.table, settings, as_of=lambda: None)
    kept.keeper.figures = SnapshotFigures(written=5, failed=1, octets=4096, seconds=0.25, as_of=1.7e9)
    assert exported(kept) == {
        'snapshots_total{result="written"}': 5,
        'snapshots_total{result="failed"}': 1,
        "snapshot_bytes": 4096,
        "snapshot_write_seconds": 0.25,
        "snapshot_timestamp_seconds": 1.7e9,
    }


def test_without_audits_and_a_snapshot_nothing_is() -> None:
    assert exported(source()) == {}
