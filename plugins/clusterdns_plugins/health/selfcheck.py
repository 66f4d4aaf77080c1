"""Requests to the health page of this process each second; their duration shows how busy it is."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, NoReturn, Self

from clusterdns.seldom import Seldom
from clusterdns.supervision import supervised
from clusterdns.telemetry.metrics import Metrics
from clusterdns.web import WebListener

__all__ = ["SelfCheck", "ask"]

INTERVAL_SECONDS: Final = 1.0
SLOW_SECONDS: Final = 1.0
"""An answer on the machine itself that takes longer is worth a warning."""

LONGEST_SECONDS: Final = 3.0
BOUNDS: Final = tuple(0.00025 * 10**power for power in range(5))
LOOPBACK: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where a listener on every address of a family is found."""


class SelfCheck:
    """Calls `probe` each second while it is entered; what it raises as OSError or TimeoutError is a failure.

    `sleep` and `monotonic` are the clock; failures and slow answers are counted in `metrics`, and logged
    once a minute.
    """

    def __init__(
        self,
        probe: Callable[[], Awaitable[None]],
        metrics: Metrics,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._probe = probe
        self._sleep = sleep
        self._monotonic = monotonic
        self._checking = AsyncExitStack()
        self._failed = Seldom(monotonic)
        self._slow = Seldom(monotonic)
        self._logger = logging.getLogger("clusterdns.plugin.health")
        self._durations = metrics.histogram(
            "coredns_health_request_duration_seconds", "Time that own health checks took.", bounds=BOUNDS
        ).of()
        self._failures = metrics.counter(
            "coredns_health_request_failures_total", "Own health checks that failed."
        ).of()

    async def __aenter__(self) -> Self:
        await self._checking.enter_async_context(supervised("the own health", self._run))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._checking.aclose()

    async def _run(self) -> NoReturn:
        while True:
            await self._sleep(INTERVAL_SECONDS)
            await self._check()

    async def _check(self) -> None:
        started = self._monotonic()
        try:
            await self._probe()
        except (OSError, TimeoutError) as error:
            self._failures.add()
            reason = str(error) or type(error).__name__
            self._failed.say(self._logger.warning, "the own health check failed: %s", reason)
        seconds = self._monotonic() - started
        self._durations.observe(seconds)
        if seconds > SLOW_SECONDS:
            self._slow.say(self._logger.warning, "the own health check took %.3fs", seconds)


async def ask(listener: WebListener, path: str) -> None:
    """Ask a listener of this process for `path`, over a connection of its own.

    Raises:
        OSError: no connection, or no answer with status 200.
        TimeoutError: none in time.
    """
    bound, port = listener.endpoints[0]
    async with asyncio.timeout(LONGEST_SECONDS):
        reader, writer = await asyncio.open_connection(LOOPBACK.get(bound, bound), port)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            status = await reader.readline()
        finally:
            writer.close()
    if not status.startswith(b"HTTP/1.1 200 "):
        raise OSError(f"{path} is answered {status.decode('latin-1').strip() or 'by nothing'}")
