"""Those who watch queries go by must not stand in their way."""

import logging
from types import TracebackType

from clusterdns.telemetry.counters import Counters

__all__ = ["Bystanders"]

_log = logging.getLogger("clusterdns.server")


class Bystanders:
    """What those do who only watch is run in this context: a bug of theirs is logged and counted, and takes
    no reply from anybody."""

    __slots__ = ("_counters",)

    def __init__(self, counters: Counters) -> None:
        self._counters = counters

    def __enter__(self) -> None:
        """Nothing has to be prepared."""

    def __exit__(
        self, kind: type[BaseException] | None, bug: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Whether that was the end of it."""
        if not isinstance(bug, Exception):
            return False
        self._counters.panics += 1
        _log.error("a plugin failed on watching a query", exc_info=bug)
        return True
