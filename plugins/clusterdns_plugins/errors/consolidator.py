"""Counting failures of one kind, so that a thousand of them are one line."""

import logging
from collections.abc import Callable
from typing import Protocol

from clusterdns_plugins.errors.config import Consolidation
from clusterdns_plugins.errors.duration import duration_text

__all__ = ["CallLater", "Consolidator", "Timer"]


class Timer(Protocol):
    """A scheduled call that can be cancelled, as `CallLater` returns it."""

    def cancel(self) -> object:
        """Do not call back."""
        ...


class CallLater(Protocol):
    """The event loop's `call_later`, or a test's."""

    def __call__(self, delay: float, callback: Callable[[], None], /) -> Timer:
        """Call `callback` after `delay` seconds."""
        ...


class Consolidator:
    """The count of one kind. A period begins with the first failure after the last summary."""

    __slots__ = ("_call_later", "_count", "_logger", "_timer", "wanted")

    def __init__(self, wanted: Consolidation, logger: logging.Logger, *, call_later: CallLater) -> None:
        self.wanted = wanted
        self._logger = logger
        self._call_later = call_later
        self._count = 0
        self._timer: Timer | None = None

    def count(self) -> bool:
        """Count a failure. Returns whether it is to be logged on its own, too."""
        self._count += 1
        if self._count > 1:
            return False
        self._timer = self._call_later(max(0.0, self.wanted.period), self.flush)
        return self.wanted.show_first

    def flush(self) -> None:
        """End the period: log the summary, unless everything in it has been logged."""
        count, self._count = self._count, 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if count > (1 if self.wanted.show_first else 0):
            period = duration_text(self.wanted.period)
            self._logger.log(
                self.wanted.level,
                "%d errors like '%s' occurred in last %s",
                count,
                self.wanted.pattern.text,
                period,
            )
