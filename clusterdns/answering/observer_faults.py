"""Those who watch queries go by must not stand in their way."""

import logging
from collections.abc import Callable

from clusterdns.answering.origin import Origin
from clusterdns.telemetry.counters import Counters

__all__ = ["ObserverFaults", "OriginOf"]

OriginOf = Callable[[object], Origin | None]
"""The plugin that a part is of, if any."""

_log = logging.getLogger("clusterdns.server")


class ObserverFaults:
    """What becomes of a bug of those who only watch: it is logged and counted, and takes no reply from
    anybody."""

    def __init__(self, counters: Counters, origin_of: OriginOf) -> None:
        self._counters = counters
        self._origin_of = origin_of

    def report(self, observer: object, bug: Exception) -> None:
        """Log and count what `observer` raised."""
        self._counters.panics += 1
        origin = self._origin_of(observer)
        culprit = "" if origin is None else f"{origin}: "
        _log.error("%sa plugin failed on watching a query", culprit, exc_info=bug)
