"""The end of memory: a server gives up caches and a reserve first, and ends if that is no help.

An allocation may fail anywhere (RLIMIT_AS, a machine without overcommitment); where such a failure ends it is
reported here. Under the limit of a container, by contrast, the kernel ends the process.
"""

import asyncio
import logging
import mmap
from collections.abc import Callable
from typing import Final, NoReturn

from clusterdns.seldom import Seldom

__all__ = ["MOST_FAILURES", "PATIENCE", "Memory"]

RESERVE: Final = 8 * 1024 * 1024
"""Octets of addresses that are kept for the time when there are no others; untouched, they take no memory."""

AMPLE: Final = 4 * RESERVE
"""Octets that there must be before a reserve is kept anew. With less, what failed for the sake of the reserve
would fail again, each second and for ever."""

MOST_FAILURES: Final = 100
"""Failures after the reserve was given up, and before there is one again, at which the process is ended."""

FEWEST_FAILURES: Final = 3
PATIENCE: Final = 5.0
"""Seconds of failures, however few, after which it is ended, too: `FEWEST_FAILURES` at least."""

AGAIN_SECONDS: Final = 1.0
"""How often it is tried to have a reserve again."""

_log = logging.getLogger("clusterdns.server")


class Memory:
    """The reserve of a process. `end` ends it, with a word; `monotonic` is the clock."""

    def __init__(self, end: Callable[[], None], monotonic: Callable[[], float]) -> None:
        self._end = end
        self._monotonic = monotonic
        self._reserve: mmap.mmap | None = None
        self._since = 0.0
        self._was_given_up = False
        self._failures = 0
        self._spare: list[Callable[[], None]] = []
        self._lines = Seldom(monotonic)

    def can_spare(self, give_up: Callable[[], None]) -> None:
        """Call `give_up` when memory is short: it frees what the server can do without."""
        self._spare.append(give_up)

    def failed(self) -> None:
        """Take note of a MemoryError: free what can be freed, or end the process. Never raises."""
        if self._reserve is not None:
            self._give_up()
            return
        if not self._failures:
            self._since = self._monotonic()
        self._failures += 1
        lasts = self._monotonic() - self._since >= PATIENCE
        if self._failures >= (FEWEST_FAILURES if lasts else MOST_FAILURES):
            self._end()

    def hold(self) -> bool:
        """Allocate the reserve; False if there is no memory for it."""
        if self._reserve is None:
            try:
                if self._was_given_up:
                    mmap.mmap(-1, AMPLE).close()
                self._reserve = mmap.mmap(-1, RESERVE)
            except (OSError, MemoryError):
                return False
            self._failures = 0
        return True

    async def run(self) -> NoReturn:
        """Allocate the reserve again whenever there is memory for it, until cancelled."""
        while True:
            self.hold()
            await asyncio.sleep(AGAIN_SECONDS)

    def on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """Handle an error that nobody caught, as the loop's exception handler: `failed` for a MemoryError."""
        if isinstance(context.get("exception"), MemoryError):
            self.failed()
        else:
            loop.default_exception_handler(context)

    def _give_up(self) -> None:
        reserve, self._reserve = self._reserve, None
        if reserve is not None:
            reserve.close()
        self._was_given_up = True
        try:
            for give_up in self._spare:
                give_up()
            self._lines.say(_log.error, "memory is exhausted: some work was not done, and caches are dropped")
        except MemoryError:  # then it goes on failing, and that is counted
            return
