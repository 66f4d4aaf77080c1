"""The event loop that a server runs on: its turns are measured, and long ones logged."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final

from clusterdns.answering.plugin_calls import plugin_call_in
from clusterdns.cli.source import Fault
from clusterdns.cli.workers import Workers, WorkersLoop
from clusterdns.configuration.registry import Registry
from clusterdns.telemetry.loop_turns import TimedSelector
from clusterdns.telemetry.loop_watchdog import LoopWatchdog
from clusterdns.telemetry.turn_log import QUIET_SECONDS, TurnLog

__all__ = ["BOUND_VARIABLE", "LONGEST_TURN", "MeasuredLoop", "TurnWatch", "packages_of", "watch_of"]

LONGEST_TURN: Final = 0.1
"""Seconds that a turn may last before the log says what held it up."""

BOUND_VARIABLE: Final = "CLUSTERDNS_LONGEST_TURN_MS"
"""Environment variable with another bound, in milliseconds, over which each turn is logged; 0: none is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnWatch:
    """How turns are watched: the bound, 0.0 for not at all, and the seconds between lines of one function."""

    bound: float = LONGEST_TURN
    quiet: float = QUIET_SECONDS


def watch_of(environ: Mapping[str, str]) -> TurnWatch:
    """Read the environment variables of the watchdog. Raises Fault for one that is no number."""
    text = environ.get(BOUND_VARIABLE, "")
    if not text:
        return TurnWatch()
    if not text.isdecimal():
        raise Fault(f'{BOUND_VARIABLE}: expected a number of milliseconds, found "{text}"')
    return TurnWatch(bound=int(text) / 1000, quiet=0.0)


def packages_of(registry: Registry) -> dict[str, str]:
    """The installed plugins by the name of their package."""
    return {point.module: name for name, point in registry.points.items()}


def owner_of(frame: FrameType) -> str | None:
    """The plugin that the server called last, with its place in the Corefile."""
    call = plugin_call_in(frame)
    return None if call is None else call.origin.at()


class MeasuredLoop:
    """An event loop whose turns are measured, and watched from `serve` on, which its thread calls.

    `packages`: plugins by the name of their package, for the log. `workers` carry blocking
    calls out, and run already; without them the loop has threads of its own.
    """

    def __init__(self, watch: TurnWatch, packages: Mapping[str, str], workers: Workers | None = None) -> None:
        self._workers = workers
        self.selector = TimedSelector()
        log = TurnLog(packages, quiet=watch.quiet)
        self._watchdog: LoopWatchdog | None = None
        if watch.bound:
            self._watchdog = LoopWatchdog(self.selector, log, bound=watch.bound, owner_of=owner_of)

    def run(self, main: Coroutine[Any, Any, None], *, on_memory_error: Callable[[], None]) -> None:
        """As `asyncio.run` does; `on_memory_error` is called if the loop itself lacks memory to go on."""
        with asyncio.Runner(loop_factory=self.make) as runner:
            try:
                runner.run(main)
            except MemoryError:
                on_memory_error()
                raise
            finally:
                self.stop()

    def make(self) -> asyncio.AbstractEventLoop:
        """The loop. There is only one."""
        if self._workers is None:
            return asyncio.SelectorEventLoop(self.selector)
        return WorkersLoop(self._workers, self.selector)

    def serve(self) -> None:
        """Begin to watch: queries are answered from now on."""
        self.selector.forget()
        if self._watchdog is not None:
            self._watchdog.start()

    def stop(self) -> None:
        """Watch no more."""
        if self._watchdog is not None:
            self._watchdog.stop()
