"""Blocking calls that may never return (a file on a mount that is gone, a look-up of a name), bounded.

They do not use the event loop's own threads: those are few, shared with all other rooms, and waited for at
the end of the process. A thread here serves one call, nobody waits for it longer than agreed, and it does
not keep the process alive.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from clusterdns.threads import NoThreadError, start_thread

T = TypeVar("T")
P = ParamSpec("P")


class DaemonThread(Executor):
    """An executor that runs each call in a thread of its own, which the process does not wait for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Start the call in a new thread. Raises NoThreadError."""
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                found = fn(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 (handed to who waits)
                future.set_exception(error)
            else:
                future.set_result(found)

        start_thread(Thread(target=work, name=self._name, daemon=True))
        return future


class BlockingCalls:
    """Makes blocking calls, one at a time. name: that of the threads.

    As long as a call has not returned, the next one fails at once: whatever hangs costs one thread.
    """

    def __init__(self, name: str) -> None:
        self._executor = DaemonThread(name)
        self._last: asyncio.Future[Any] | None = None

    @property
    def busy(self) -> bool:
        """Whether the last call has not returned yet, though somebody may have given it up."""
        return self._last is not None and not self._last.done()

    async def run(self, call: Callable[[], T], *, seconds: float) -> T:
        """The result of the call, or what it raises.

        Raises:
            TimeoutError: it has not returned after so many seconds, or the last one has not yet.
            OSError: the system gives no further thread.
        """
        if self.busy:
            raise TimeoutError
        async with asyncio.timeout(seconds):
            return await asyncio.shield(self._start(call))

    async def share(self, call: Callable[[], T], *, seconds: float) -> T:
        """As `run`, for calls that are all the same: waits for the one that is under way, if there is one."""
        running = self._last
        if running is None or running.done():
            running = self._start(call)
        async with asyncio.timeout(seconds):
            found: T = await asyncio.shield(running)
            return found

    async def settle(self, seconds: float) -> None:
        """Wait until the last call has returned, so many seconds at the most."""
        if self._last is not None and not self._last.done():
            await asyncio.wait({self._last}, timeout=seconds)

    def _start(self, call: Callable[[], T]) -> asyncio.Future[T]:
        try:
            running = asyncio.get_running_loop().run_in_executor(self._executor, call)
        except NoThreadError as error:
            raise OSError(str(error)) from error
        # Given up, its failure interests nobody; the loop would complain of an exception that was not read.
        running.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._last = running
        return running
