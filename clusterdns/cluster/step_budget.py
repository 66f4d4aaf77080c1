"""A budget of time for the steps of long work on the event loop, so short that answers do not wait for it."""

import asyncio
import time
from collections.abc import Awaitable, Callable

STEP_SECONDS = 0.001
"""Seconds a step aims at. The bound is twice that: its last piece may be as long as all before."""


class StepBudget:
    """Counts the time of a step; `clock` gives seconds, `pause` lets the loop run for one round.

    longest: seconds of the longest piece of work between two looks at the clock, since it was set to 0.
    """

    __slots__ = ("_clock", "_looked", "_pause", "_until", "longest")

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        pause: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._clock = clock
        self._pause = pause
        self.longest = 0.0
        self._looked = clock()
        self._until = self._looked + STEP_SECONDS

    def is_over(self) -> bool:
        """Whether this step has used up its time."""
        now = self._clock()
        self.longest = max(self.longest, now - self._looked)
        self._looked = now
        return now >= self._until

    async def end(self) -> None:
        """Pause, then begin the next step."""
        await (self._pause() if self._pause is not None else asyncio.sleep(0))
        self._looked = self._clock()
        self._until = self._looked + STEP_SECONDS
