"""Queries whose chain waits for something: a task each, a bound on their number and on their time."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

__all__ = ["InFlight"]

MAX_IN_FLIGHT: Final = 4096
"""Queries that may wait at once, all listeners together. Further ones that have to wait are dropped; clients
ask again."""

ANSWER_SECONDS: Final = 10.0
"""A chain that has not answered after this is cancelled and the query answered SERVFAIL. Clients have
given up by then (resolv.conf: 5 s)."""

CLEAN_UP_SECONDS: Final = 1.0
"""What a chain gets to clean up once it is cancelled, before what it uses is closed."""


class InFlight:
    """The tasks of queries that wait, each with its time-out."""

    def __init__(self, most: int = MAX_IN_FLIGHT, seconds: float = ANSWER_SECONDS) -> None:
        self._most = most
        self._seconds = seconds
        self._tasks: set[asyncio.Task[Any]] = set()
        self._late: set[asyncio.Task[Any]] = set()

    @property
    def is_full(self) -> bool:
        """Whether another query that waits would be one too many."""
        return len(self._tasks) >= self._most

    def start(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Go on with `coroutine` in a task."""
        loop = asyncio.get_running_loop()
        task = loop.create_task(coroutine)
        self._tasks.add(task)
        timer = loop.call_later(self._seconds, self._time_out, task)

        def end(task: asyncio.Task[Any]) -> None:
            timer.cancel()
            self._tasks.discard(task)
            self._late.discard(task)

        task.add_done_callback(end)

    def has_timed_out(self) -> bool:
        """Whether the query whose task runs now was cancelled since it took too long."""
        return asyncio.current_task() in self._late

    async def settled(self) -> None:
        """Wait until those that wait now have ended, each within its time-out."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def drain(self, seconds: float) -> None:
        """Wait until all have ended, `seconds` at most, then cancel what is left."""
        if self._tasks:
            _, late = await asyncio.wait(tuple(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=CLEAN_UP_SECONDS)

    def _time_out(self, task: asyncio.Task[Any]) -> None:
        self._late.add(task)
        task.cancel()

    def __len__(self) -> int:
        return len(self._tasks)
