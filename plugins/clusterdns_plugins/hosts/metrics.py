"""The metrics of the plugin: the number of entries, and the time of the last change."""

from collections.abc import Callable

from clusterdns.telemetry.metrics import Metrics

__all__ = ["declare"]


def declare(
    metrics: Metrics, file: str, *, entries: Callable[[], float], changed: Callable[[], float]
) -> None:
    """Export the numbers for the hosts file called `file`."""
    metrics.gauge(
        "coredns_hosts_entries", "Addresses and names in the hosts file and the Corefile.", ("hostsfile",)
    ).reads(entries, file)
    metrics.gauge(
        "coredns_hosts_reload_timestamp_seconds", "Unix time of the last change of the hosts file."
    ).reads(changed)
