"""Long work on the event loop, in turns short enough that answers do not wait for it."""

import asyncio
import time
from collections.abc import Awaitable, Callable

TURN_SECONDS = 0.001
"""What a turn aims at. The bound is twice that: its last piece may be as long as all before."""


class Turns:
    """Counts the time of a turn; `clock` gives seconds, `pause` gives the loop back: one round of it."""

    __slots__ = ("_clock", "_pause", "_until")

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        pause: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._until = clock() + TURN_SECONDS

    def left(self) -> float:
        """Seconds left of this turn, less than none when it took too long."""
        return self._until - self._clock()

    def is_over(self) -> bool:
        """Whether this turn has taken its time."""
        return self._clock() >= self._until

    async def end(self) -> None:
        """Pause, then begin the next turn."""
        await (self._pause() if self._pause is not None else asyncio.sleep(0))
        self._until = self._clock() + TURN_SECONDS
