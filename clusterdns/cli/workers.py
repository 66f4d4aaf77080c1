"""The event loop of a server, and the threads that wait in its stead: for disks, for name resolution.

The standard library's own start threads when they are wanted, which may fail by then, and its end waits for
each of them, for ever if one hangs in a dead mount. These are all started before anything is served, and
nobody waits for them at the end.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from selectors import BaseSelector
from threading import Thread
from typing import Final, ParamSpec, TypeAlias, TypeVar

from clusterdns.threads import NoThreadError, start_thread

__all__ = ["WORKERS", "Workers", "WorkersLoop"]

WORKERS: Final = 12
"""Threads at most. What hangs holds one each; what is waited for beyond that many waits its turn."""

LOGGER = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

Work: TypeAlias = Callable[[], None]


class Workers(ThreadPoolExecutor):
    """Carries calls out in `number` threads that end with the process, whatever they are doing.

    Derived from the standard library's executor because an event loop takes no other; nothing of that runs.
    """

    def __init__(self, number: int = WORKERS) -> None:
        super().__init__(max_workers=1)
        self._number = number
        self._started = 0
        self._waiting: SimpleQueue[Work | None] = SimpleQueue()

    def start(self) -> None:
        """Start the threads; as many as the system lets us.

        Raises:
            NoThreadError: not even one.
        """
        for number in range(self._number):
            thread = Thread(target=self._work, name=f"worker {number}", daemon=True)
            try:
                start_thread(thread)
            except NoThreadError as error:
                if not self._started:
                    raise
                LOGGER.warning("going on with %d threads of %d: %s", self._started, self._number, error)
                return
            self._started += 1

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Carry out a call when a thread is free."""
        future: Future[T] = Future()
        self._waiting.put(partial(_carry_out, future, partial(fn, *args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as there
        """Let each thread end after what was submitted before. Nobody waits for that."""
        del wait, cancel_futures
        for _ in range(self._started):
            self._waiting.put(None)

    def _work(self) -> None:
        while (work := self._waiting.get()) is not None:
            work()
            del work  # or what it was about is held until there is more to do


class WorkersLoop(asyncio.SelectorEventLoop):
    """An event loop whose blocking calls `workers` carry out, and which does not wait for them in the end."""

    def __init__(self, workers: Workers, selector: BaseSelector | None = None) -> None:
        super().__init__(selector)
        self.set_default_executor(workers)

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as there
        """Return at once: closing the loop ends the threads, and nobody waits for them."""
        del timeout


def _carry_out(future: Future[T], call: Callable[[], T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 - it is raised again where the result is awaited
        future.set_exception(error)
    else:
        future.set_result(result)
