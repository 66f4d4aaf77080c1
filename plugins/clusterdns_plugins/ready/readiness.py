"""Which plugins are not ready, and what is not up to date."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from clusterdns.plugin import Part
from clusterdns_plugins.ready.config import Monitor

__all__ = ["Freshness", "Readiness", "Ready"]


@runtime_checkable
class Ready(Protocol):
    """A part of a plugin that may not be able to answer yet."""

    def ready(self) -> bool:
        """Whether it is. While one is not, nobody should send queries to this server."""
        ...


@runtime_checkable
class Freshness(Protocol):
    """A part of a plugin that answers from what it knows of others, which may be old."""

    def complaints(self) -> tuple[str, ...]:
        """What is not up to date and since when, a line each; () if all is well. This alone does not make
        the server unready: old answers are better than none."""
        ...


@runtime_checkable
class EndsReadiness(Protocol):
    """A part whose readiness is meant to end again."""

    @property
    def readiness_may_end(self) -> bool:
        """Whether it must be asked again after it was ready once, monitored or not."""
        ...


class Readiness:
    """Asks the parts of all plugins. One that was ready once is ready for ever, unless monitored."""

    def __init__(self, parts: Iterable[Part], monitor: Monitor) -> None:
        everything = tuple(parts)
        self._waiting = [(plugin, part) for plugin, part in everything if isinstance(part, Ready)]
        self._fresh = tuple(part for _, part in everything if isinstance(part, Freshness))
        self._monitor = monitor

    def unready(self) -> tuple[str, ...]:
        """The names of the plugins that are not ready, sorted."""
        waiting = [(plugin, part) for plugin, part in self._waiting if not part.ready()]
        if self._monitor is Monitor.UNTIL_READY:
            self._waiting = [one for one in self._waiting if one in waiting or _may_end(one[1])]
        return tuple(sorted({plugin for plugin, _ in waiting}))

    def complaints(self) -> tuple[str, ...]:
        """What is not up to date, each said once though several blocks may share it."""
        return tuple(dict.fromkeys(line for part in self._fresh for line in part.complaints()))


def _may_end(part: Ready) -> bool:
    return isinstance(part, EndsReadiness) and part.readiness_may_end
