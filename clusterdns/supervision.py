"""Tasks that must not end: if one did, what it follows would silently be frozen."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, NoReturn, TypeAlias

AGAIN_SECONDS: Final = 30.0

_log = logging.getLogger(__name__)


Run: TypeAlias = Callable[[], Coroutine[Any, Any, NoReturn]]
OnBug: TypeAlias = Callable[[str], None]


def said_already(sentence: str) -> None:
    """Do nothing about a bug: the log has it."""
    del sentence


async def supervise(name: str, run: Run, *, on_bug: OnBug = said_already) -> NoReturn:
    """Run `run`, and again half a minute after a bug ended it, which is logged and told to `on_bug`."""
    while True:
        error = await ended(name, run)
        _log.error("a bug ended the following of %s, which begins anew: %r", name, error, exc_info=error)
        on_bug(f"a bug ended it: {error!r}")
        await asyncio.sleep(AGAIN_SECONDS)


async def ended(name: str, run: Callable[[], Coroutine[Any, Any, object]]) -> BaseException | None:
    """Run `run` in a task of its own until it ends; what it raised, None if it returned.

    Who waits here is cancelled only to end that: then the task is ended first.
    """
    task = asyncio.create_task(run(), name=name)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task})
        raise
    # Nobody cancels it but us: what it waited for was cancelled, and it did not expect that.
    return asyncio.CancelledError() if task.cancelled() else task.exception()


@asynccontextmanager
async def supervised(name: str, run: Run, *, on_bug: OnBug = said_already) -> AsyncGenerator[None]:
    """Supervise `run` in a task of its own while the context is entered; on leaving, that has ended."""
    task = asyncio.create_task(supervise(name, run, on_bug=on_bug), name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
