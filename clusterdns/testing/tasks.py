"""Tasks that plugins make: none may be left when they end, and none may die unnoticed."""

import asyncio
import inspect
from collections.abc import Coroutine, Generator, Iterator
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from clusterdns.answering.origin import Origin
from clusterdns.answering.plugin_calls import plugin_call_in

__all__ = ["TaskWatch"]

Started: TypeAlias = Coroutine[Any, Any, Any] | Generator[Any, None, Any]

LAST_TURNS: Final = 10
"""Turns of the event loop in which a task that was cancelled may end."""


class TaskWatch:
    """Keeps the tasks that plugins make while it is entered, until they end well. Where one is entered
    within another, the outer one has them all."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._factory = self._loop.get_task_factory()
        self._is_outermost = not isinstance(getattr(self._factory, "__self__", None), TaskWatch)
        self._made: dict[asyncio.Future[Any], Origin] = {}
        self._has_ended = False

    def __enter__(self) -> Self:
        self._loop.set_task_factory(self._make)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._has_ended = True
        if self._loop.get_task_factory() == self._make:
            self._loop.set_task_factory(self._factory)

    def current_origin(self) -> Origin | None:
        """The plugin that made the task which runs now. May be asked in any thread."""
        task = asyncio.current_task(self._loop)
        return None if task is None else self._made.get(task)

    async def mistakes(self) -> tuple[str, ...]:
        """A line for each task that still runs, or has died and nobody asked for its exception."""
        for _ in range(LAST_TURNS):
            if all(task.done() for task in self._made):
                break
            await asyncio.sleep(0)
        return tuple(_lines(self._made))

    def _make(
        self, loop: asyncio.AbstractEventLoop, coroutine: Started, **options: Any
    ) -> asyncio.Future[Any]:
        task: asyncio.Future[Any]
        if self._factory is None:
            task = asyncio.Task(coroutine, loop=loop, **options)
        else:
            task = self._factory(loop, coroutine, **options)
        call = plugin_call_in(inspect.currentframe()) if self._is_outermost and not self._has_ended else None
        if call is not None:
            self._made[task] = call.origin
            task.add_done_callback(self._forget_good)
        return task

    def _forget_good(self, task: asyncio.Future[Any]) -> None:
        if task.cancelled() or not _is_unnoticed(task):
            self._made.pop(task, None)


def _lines(made: dict[asyncio.Future[Any], Origin]) -> Iterator[str]:
    for task, origin in made.items():
        if not task.done():
            yield f"{origin}: a task is left running: {_name_of(task)}"
        elif not task.cancelled() and _is_unnoticed(task):
            yield f"{origin}: a task died, and nobody was told: {_name_of(task)}: {task.exception()!r}"


def _name_of(task: asyncio.Future[Any]) -> str:
    coroutine = task.get_coro() if isinstance(task, asyncio.Task) else None
    return getattr(coroutine, "__qualname__", repr(task))


def _is_unnoticed(task: asyncio.Future[Any]) -> bool:
    """Whether it ended by an exception that nobody asked for. asyncio logs it when the task is collected."""
    return bool(getattr(task, "_log_traceback", False))
