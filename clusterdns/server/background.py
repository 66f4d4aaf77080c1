"""Background work of plugins: tasks that run as long as the server, and are begun anew when they end.

running ──ends──▶ broken: logged, counted, a complaint ──pause──▶ on probation ──lasts──▶ running
                    ▲                                                  │
                    └──────────────────── ends ────────────────────────┘  the pause is doubled
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from types import TracebackType
from typing import Final, NoReturn, Self

from clusterdns.answering.origin import Origin
from clusterdns.plugin import Run
from clusterdns.supervision import ended
from clusterdns.telemetry.families import Count, Counter, Gauge
from clusterdns.telemetry.metrics import Metrics

__all__ = ["Background", "BackgroundMetrics", "declare_background"]

FIRST_PAUSE: Final = 1.0
"""Seconds between the first end and the new beginning. Each further pause is twice as long..."""

LONGEST_PAUSE: Final = 60.0
"""...up to this."""

LONGEST_PROBATION: Final = 600.0
"""Work that is begun anew counts as mended when it has lasted twice as long as before it broke, or as long as
the pause was, but after so many seconds at the latest."""

RETURNED: Final = "it returned, but has to go on for ever"

LABELS: Final = ("plugin", "work")

_log = logging.getLogger("clusterdns.server")


def declare_background(metrics: Metrics) -> tuple[Counter, Gauge]:
    """Declare the metrics: how often work ended, and how much of it is broken."""
    text = "Background work of plugins that "
    return (
        metrics.counter("clusterdns_background_failures_total", text + "ended.", LABELS),
        metrics.gauge("clusterdns_background_broken", text + "is broken.", LABELS),
    )


class BackgroundMetrics:
    """The metrics of all background work that runs, of every configuration."""

    def __init__(self, metrics: Metrics) -> None:
        self._failures, self._broken = declare_background(metrics)
        self._running: set[Background] = set()

    def failures_of(self, *labels: str) -> Count:
        """How often work ended with these labels (plugin, name); both metrics are exported from now on."""
        self._broken.reads(lambda: sum(work.is_broken for work in self._of(labels)), *labels)
        return self._failures.of(*labels)

    def begin(self, work: Background) -> None:
        """Count `work` among what runs."""
        self._running.add(work)

    def end(self, work: Background) -> None:
        """Count it no more."""
        self._running.discard(work)

    def _of(self, labels: tuple[str, ...]) -> Iterator[Background]:
        return (work for work in self._running if work.labels == labels)


class Background:
    """Work of the plugin `origin`, which its author calls `name`. It runs while the context is entered."""

    def __init__(self, origin: Origin, name: str, run: Run, *, metrics: BackgroundMetrics) -> None:
        self.labels = (origin.plugin, name)
        self.origin = origin
        self._name = name
        self._run = run
        self._metrics = metrics
        self._failures = metrics.failures_of(*self.labels)
        self._task: asyncio.Task[NoReturn] | None = None
        self._error = ""
        self._pause = 0.0
        self._mended_at = float("-inf")
        self._broke_at = 0.0

    @property
    def is_broken(self) -> bool:
        """Whether it ended and has not shown yet that it lasts again."""
        return self._task is not None and self._task.get_loop().time() < self._mended_at

    def complaints(self) -> tuple[str, ...]:
        """A line for `/ready` while it is broken."""
        if self._task is None or not self.is_broken:
            return ()
        seconds = self._task.get_loop().time() - self._broke_at
        return (f"{self.origin}: {self._name} is broken, since {seconds:.0f} s: {self._error}",)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._supervise(), name=self._name)
        self._metrics.begin(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._metrics.end(self)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _supervise(self) -> NoReturn:
        clock = asyncio.get_running_loop().time
        while True:
            began_at = clock()
            error = await ended(self._name, self._attempt) or RuntimeError(RETURNED)
            self._break(error, clock(), lasted=clock() - began_at)
            await asyncio.sleep(self._pause)

    async def _attempt(self) -> None:
        """One run, with `origin` in the stack of whatever it does."""
        await self._run()

    def _break(self, error: BaseException, now: float, *, lasted: float) -> None:
        if now < self._mended_at:
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        else:
            self._pause, self._broke_at = FIRST_PAUSE, now
        probation = min(max(2 * lasted, self._pause), LONGEST_PROBATION)
        self._mended_at = now + self._pause + probation
        self._error = repr(error)
        self._failures.add()
        _log.error(
            "%s: a bug ended %s, which begins anew: %r", self.origin, self._name, error, exc_info=error
        )
