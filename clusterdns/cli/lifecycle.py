"""From start to stop: a server runs until a signal asks it to end."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeAlias

from clusterdns.cli.signals import Signals

__all__ = ["GRACE", "LONGEST_STOP", "RunnableServer", "run_until_asked"]

GRACE = 5.0
"""Seconds that queries in flight get to finish (CoreDNS: the same)."""

LONGEST_STOP = 10.0
"""Seconds from the signal to the end of the process, whatever plugins and threads do meanwhile, beside the
lameduck time that they ask for."""


OnLoopError: TypeAlias = Callable[[asyncio.AbstractEventLoop, dict[str, Any]], object]


class RunnableServer(AbstractAsyncContextManager[Any], Protocol):
    """A server as its life cycle needs it: entering starts it."""

    async def wait_failed(self) -> None:
        """Wait for ever, or raise the bug that shall end the process."""
        ...

    @property
    def lameduck_seconds(self) -> float:
        """The longest time that `lameduck` takes, in seconds; 0 before the start."""
        ...

    async def lameduck(self) -> None:
        """Serve on, before `stop`, as long as plugins ask for."""
        ...

    async def stop(self, grace: float) -> None:
        """Finish what is in flight within `grace` seconds."""
        ...


class Stop:
    """The request to end the server: cancels `starting` until `started`, after that it sets `requested`."""

    def __init__(self, starting: asyncio.Task[Any]) -> None:
        self._starting: asyncio.Task[Any] | None = starting
        self.requested = asyncio.Event()

    def started(self) -> None:
        self._starting = None

    def request(self) -> None:
        """May be called again, to no effect."""
        if not self.requested.is_set() and self._starting is not None:
            self._starting.cancel()
        self.requested.set()


async def run_until_asked(
    server: RunnableServer,
    signals: Signals,
    *,
    started: Callable[[], None],
    longest_stop: float = LONGEST_STOP,
    on_loop_error: OnLoopError | None = None,
) -> None:
    """Start `server`, call `started`, and stop it when a signal asks.

    From the signal, or from when it fails, `signals` ends the process within `longest_stop` seconds (and the
    lameduck time), whatever is still going on then, also after this has returned. `on_loop_error` is told of
    what nobody caught, instead of the log.

    Raises:
        Exception: whatever keeps the server from starting, or the bug that it failed with.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    loop.set_exception_handler(on_loop_error)
    if task is None:
        raise RuntimeError("a server runs within a task")
    stop = Stop(task)
    status = 1

    def ask() -> None:
        loop.call_soon_threadsafe(stop.request)

    with signals.asking(ask, lambda: longest_stop + server.lameduck_seconds):
        try:
            await _serve_until(stop, server, started)
            status = 0
        except asyncio.CancelledError:
            if not stop.requested.is_set():
                raise
            status = 0
        finally:
            signals.end_within(longest_stop, status)


async def _serve_until(stop: Stop, server: RunnableServer, started: Callable[[], None]) -> None:
    async with server:
        stop.started()
        started()
        await _asked_or_failed(stop.requested, server)
        await server.lameduck()
        await server.stop(GRACE)


async def _asked_or_failed(requested: asyncio.Event, server: RunnableServer) -> None:
    asked = asyncio.create_task(requested.wait())
    failed = asyncio.create_task(server.wait_failed())
    try:
        done, _ = await asyncio.wait({asked, failed}, return_when=asyncio.FIRST_COMPLETED)
        if failed in done:
            failed.result()
    finally:
        asked.cancel()
        failed.cancel()
