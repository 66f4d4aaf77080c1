"""The bound of the time for queries in one turn of the event loop, for all clients together.

A question costs microseconds, but a tenant can make one that costs milliseconds, and a client can ask it
over many connections at once. So what all of them take of one turn of the loop is bounded in time, not only
in number: who comes too late waits for the next turn, in the order of coming.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

__all__ = ["TURN_SECONDS", "TurnBudget"]

TURN_SECONDS: Final = 0.004
"""What the queries of all streams together may take of a turn, and those of a UDP socket likewise; the last
one may take longer by itself."""


class TurnBudget:
    """The time that is left of this turn of the running loop. `clock` gives seconds."""

    def __init__(self, seconds: float = TURN_SECONDS, clock: Callable[[], float] = time.perf_counter) -> None:
        self._seconds = seconds
        self._clock = clock
        self._until = 0.0

    def is_over(self) -> bool:
        """Whether nothing more should be begun in this turn. The first who asks in a turn begins it."""
        now = self._clock()
        if not self._until:
            self._until = now + self._seconds
            asyncio.get_running_loop().call_soon(self._end)
        return now >= self._until

    def _end(self) -> None:
        self._until = 0.0
