"""The plugins that are not ready, and the complaints of all parts."""

from collections.abc import Iterable

from clusterdns.capabilities import EndsReadiness, HasComplaints, Ready
from clusterdns.plugin import Part
from clusterdns_plugins.ready.config import Monitor

__all__ = ["Readiness"]


class Readiness:
    """Asks the parts of all plugins. One that was ready once is ready for ever, unless monitored."""

    def __init__(self, parts: Iterable[Part], monitor: Monitor) -> None:
        everything = tuple(parts)
        self._waiting = [(plugin, part) for plugin, part in everything if isinstance(part, Ready)]
        self._fresh = tuple(part for _, part in everything if isinstance(part, HasComplaints))
        self._monitor = monitor

    def unready(self) -> tuple[str, ...]:
        """The names of the plugins that are not ready, sorted."""
        waiting = [(plugin, part) for plugin, part in self._waiting if not part.ready()]
        if self._monitor is Monitor.UNTIL_READY:
            self._waiting = [one for one in self._waiting if one in waiting or _may_end(one[1])]
        return tuple(sorted({plugin for plugin, _ in waiting}))

    def complaints(self) -> tuple[str, ...]:
        """The complaints of all parts, each once though several blocks may share a backend."""
        return tuple(dict.fromkeys(line for part in self._fresh for line in part.complaints()))


def _may_end(part: Ready) -> bool:
    return isinstance(part, EndsReadiness) and part.readiness_may_end
