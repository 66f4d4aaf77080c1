"""An event loop whose clock jumps to the next timer instead of waiting.

    def test_backoff() -> None:
        run_virtually(scenario())

Whenever nothing is left to do but to wait for a timer, the loop's clock jumps to it. Sockets may be used
between tasks of the same loop, as a client and a server on loopback are: what is on its way is waited for.
Threads that the loop started are, too.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, Final, TypeVar, TypeVarTuple, Unpack

__all__ = ["VirtualTimeLoop", "run_virtually"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

ON_ITS_WAY_SECONDS: Final = 0.0005
"""How long, of real time, an octet may take through the loopback interface."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """`time()` begins at 1000 and jumps."""

    def __init__(self) -> None:
        self._virtual_now = 1000.0
        self._threads = 0
        super().__init__(JumpingSelector(self._jump, self._is_waiting_for_threads))

    def time(self) -> float:
        """Virtual seconds."""
        return self._virtual_now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """As any loop does; the clock stands still until the result is here."""
        self._threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._thread_ended)
        return future

    def _thread_ended(self, future: asyncio.Future[Any]) -> None:
        del future
        self._threads -= 1

    def _is_waiting_for_threads(self) -> bool:
        return self._threads > 0

    def _jump(self, seconds: float) -> None:
        self._virtual_now += seconds


class JumpingSelector(selectors.DefaultSelector):
    """Lets the clock jump instead of waiting."""

    def __init__(self, jump: Callable[[float], None], is_busy: Callable[[], bool]) -> None:
        super().__init__()
        self._jump = jump
        self._is_busy = is_busy

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """The events that are ready; waits for real only where a jump would miss something."""
        if timeout is None or self._is_busy():
            return super().select(timeout)
        ready = super().select(0)
        if ready or timeout <= 0:
            return ready
        ready = super().select(ON_ITS_WAY_SECONDS)
        if not ready:
            self._jump(timeout)
        return ready


def run_virtually(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop of its own, whose clock jumps."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop, debug=False) as runner:
        return runner.run(coroutine)
