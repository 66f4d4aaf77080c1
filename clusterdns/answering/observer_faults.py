"""Bugs of observers, which must not cost the client its reply."""

import logging
from collections.abc import Callable

from clusterdns.answering.origin import Origin
from clusterdns.telemetry.counters import Counters

__all__ = ["ObserverFaults", "OriginOf"]

OriginOf = Callable[[object], Origin | None]
"""The plugin that a part is of, if any."""

_log = logging.getLogger("clusterdns.server")


class ObserverFaults:
    """Logs and counts bugs of observers; the reply is sent all the same."""

    def __init__(self, counters: Counters, origin_of: OriginOf) -> None:
        self._counters = counters
        self._origin_of = origin_of

    def report(self, observer: object, bug: Exception) -> None:
        """Log and count what `observer` raised."""
        self._counters.panics += 1
        origin = self._origin_of(observer)
        culprit = "" if origin is None else f"{origin}: "
        _log.error("%sa plugin failed on watching a query", culprit, exc_info=bug)
