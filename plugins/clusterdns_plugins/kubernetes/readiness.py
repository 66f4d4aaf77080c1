"""The readiness of a table, and complaints about what is not up to date."""

from clusterdns_plugins.kubernetes.source import Source


class ClusterReadiness:
    """Ready once the table was complete. An outage of the API server does not end that, or it would take all
    DNS down with it, unless it lasts for `stale_after` seconds; None is for ever."""

    def __init__(self, source: Source, *, stale_after: float | None) -> None:
        self._source = source
        self._stale_after = stale_after

    @property
    def may_end(self) -> bool:
        """Whether readiness can end again, so that it must be asked for each time."""
        return self._stale_after is not None

    def ready(self) -> bool:
        """Whether it is ready now."""
        if not self._source.table.synced:
            return False
        return self._stale_after is None or self._source.silent_for() < self._stale_after

    def complaints(self) -> tuple[str, ...]:
        """A line for each resource that is not followed, with the time since when, and why."""
        return self._source.complaints()
