"""Background tidying of packet caches, a millisecond at a time, so that answers do not wait for it."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

__all__ = ["TURN_SECONDS", "Sweep", "Sweeper", "sweep_at_once"]

TURN_SECONDS: Final = 0.001

Sweep: TypeAlias = Callable[[Iterator[None]], None]
"""Takes work that yields wherever it may be interrupted, and sees that it is done."""


def sweep_at_once(work: Iterator[None]) -> None:
    """Do all of it now."""
    for _ in work:
        pass


def _next_round(callback: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_soon(callback)


class Sweeper:
    """Does the work of all who share it one after the other, one turn in each round of the event loop.

    `clock` gives seconds, `later` calls something in the next round.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        later: Callable[[Callable[[], None]], None] = _next_round,
    ) -> None:
        self._clock = clock
        self._later = later
        self._works: deque[Iterator[None]] = deque()

    def __call__(self, work: Iterator[None]) -> None:
        """Do `work`, from the next round on."""
        self._works.append(work)
        if len(self._works) == 1:
            self._later(self._turn)

    @property
    def is_busy(self) -> bool:
        """Whether there is work left."""
        return bool(self._works)

    def _turn(self) -> None:
        try:
            self._work_until(self._clock() + TURN_SECONDS)
        finally:
            if self._works:
                self._later(self._turn)

    def _work_until(self, moment: float) -> None:
        while self._works:
            try:
                next(self._works[0])
            except StopIteration:
                self._works.popleft()
            if self._clock() >= moment:
                return
