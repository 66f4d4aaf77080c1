"""PeriodicYield for a thread that computes, so that the event loop's thread gets the interpreter in time.

A thread that computes keeps the interpreter for up to 5 ms after another wants it (sys.getswitchinterval),
and the loop would wait that long after every turn. A pause hands it over at once.
"""

import time
from collections.abc import Callable
from typing import TypeAlias

YieldToLoop: TypeAlias = Callable[[], None]

WORK_SECONDS = 0.0007
YIELD_SECONDS = 0.0001


class PeriodicYield:
    """Called often by a computation; pauses when it has worked for WORK_SECONDS since the last pause."""

    __slots__ = ("_clock", "_sleep", "_until")

    def __init__(
        self, clock: Callable[[], float] = time.perf_counter, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._until = clock() + WORK_SECONDS

    def __call__(self) -> None:
        """Pause if it is time."""
        if self._clock() >= self._until:
            self._sleep(YIELD_SECONDS)
            self._until = self._clock() + WORK_SECONDS


def no_yield() -> None:
    """For work that nobody waits beside, as before the first answer."""
