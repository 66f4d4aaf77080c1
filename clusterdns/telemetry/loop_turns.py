"""How long the turns of an event loop last.

A turn is what a loop does between two looks at its sockets. Nobody is answered and nothing is read until it
ends. Two readings of the clock are all that measuring a turn costs; only those over a millisecond are
counted one by one.
"""

import selectors
import time
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from clusterdns.connections.fair_selector import FairSelector
from clusterdns.telemetry.families import Distribution

__all__ = ["BOUNDS", "SHORT_SECONDS", "TimedSelector", "Turn"]

SHORT_SECONDS: Final = 0.001
"""Turns up to this long are only counted."""

BOUNDS: Final = (SHORT_SECONDS, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Of the buckets, in seconds."""

MOST_KEPT: Final = 64
"""Long turns that wait to be taken, the newest of them: more than fit between two looks of the watchdog."""

WINDOW_SECONDS: Final = 60.0
"""The longest turn is that of this window and of the one before it: any scrape within a minute sees it."""

Events: TypeAlias = list[tuple[selectors.SelectorKey, int]]


class Turn(NamedTuple):
    """A turn that has ended: which one of its loop's, counted from 1, and how long it took."""

    number: int
    seconds: float


class TimedSelector(FairSelector):
    """The selector of an event loop, which measures the loop's turns.

    `began` is the clock's reading at the beginning of the turn that runs now, 0.0 while the loop waits; other
    threads may read it. `ended` counts the turns before it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._select = super().select
        self.began = 0.0
        self.newest: deque[Turn] = deque(maxlen=MOST_KEPT)
        self.forget()

    def forget(self) -> None:
        """Count from here: what happened until now was the start, when nobody was served yet."""
        self._windows = (0.0, 0.0, 0.0)
        self.ended = 0
        self.seconds = 0.0
        self.long = Distribution(BOUNDS)
        self.newest.clear()
        if self.began:
            self.began = self._clock()

    def select(self, timeout: float | None = None) -> Events:
        """As the standard library's. The loop calls it at the end of each turn."""
        if self.began:
            took = self._clock() - self.began
            self.ended += 1
            self.seconds += took
            if took > SHORT_SECONDS:
                self._count(took)
            self.began = 0.0
        events = self._select(timeout)
        self.began = self._clock()
        return events

    @property
    def longest(self) -> float:
        """Seconds of the longest turn within the last minute or two; 0 where all were short."""
        _, before, current = self._windows_at(self._clock())
        return max(before, current)

    def _count(self, took: float) -> None:
        self.long.observe(took)
        self.newest.append(Turn(self.ended, took))
        start, before, current = self._windows_at(self._clock())
        self._windows = start, before, max(current, took)

    def _windows_at(self, now: float) -> tuple[float, float, float]:
        """When the current window began, the longest turn of the one before it, and its own."""
        start, before, current = self._windows
        if now - start < WINDOW_SECONDS:
            return start, before, current
        return now, current if now - start < 2 * WINDOW_SECONDS else 0.0, 0.0
