"""Closes generations that serve no more, each once its queries in flight are answered."""

import asyncio
import logging
from collections.abc import Sequence

from clusterdns.answering.in_flight import InFlight
from clusterdns.server.generation import Generation
from clusterdns.server.listening import Listening

__all__ = ["Retiring"]

_log = logging.getLogger("clusterdns.server")


class Retiring:
    """Closes generations in the background. Queries in flight bound how long that takes, since they end."""

    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._tasks: set[asyncio.Task[None]] = set()

    def retire(self, generation: Generation, gone: Sequence[Listening]) -> None:
        """Take no more queries where nobody listens any more (`gone`). Close that, and `generation`,
        once what is in flight now is answered."""
        for listening in gone:
            listening.stop()
            listening.finish()
        task = asyncio.create_task(self._close(generation, gone), name="a configuration that serves no more")
        self._tasks.add(task)
        task.add_done_callback(self._end)

    async def close(self) -> None:
        """Wait until all are closed."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def _close(self, generation: Generation, gone: Sequence[Listening]) -> None:
        await self._in_flight.settled()
        for listening in gone:
            listening.close()
        await generation.close()

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        bug = None if task.cancelled() else task.exception()
        if bug is not None:
            _log.error("a configuration that serves no more was not closed whole", exc_info=bug)
