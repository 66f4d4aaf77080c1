"""Naps for a thread that computes, so that the event loop's thread gets the interpreter in time.

A thread that computes keeps the interpreter for up to 5 ms after another wants it (sys.getswitchinterval),
and the loop would wait that long after every turn. A nap hands it over at once.
"""

import time
from collections.abc import Callable
from typing import TypeAlias

Breathe: TypeAlias = Callable[[], None]

WORK_SECONDS = 0.0007
NAP_SECONDS = 0.0001


class Naps:
    """Called often by a computation; naps when it has worked for WORK_SECONDS since the last nap."""

    __slots__ = ("_clock", "_sleep", "_until")

    def __init__(
        self, clock: Callable[[], float] = time.perf_counter, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._until = clock() + WORK_SECONDS

    def __call__(self) -> None:
        """Nap if it is time."""
        if self._clock() >= self._until:
            self._sleep(NAP_SECONDS)
            self._until = self._clock() + WORK_SECONDS


def no_naps() -> None:
    """For work that nobody waits beside, as before the first answer."""
