"""The page, and the time between the request to stop and the stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from clusterdns.plugin import Context
from clusterdns.telemetry.metrics import metrics_of
from clusterdns.web import Page, WebRequest, shared_listener
from clusterdns_plugins.health.config import Settings
from clusterdns_plugins.health.selfcheck import SelfCheck, ask

__all__ = ["PATH", "Health", "build"]

PATH = "/health"


class Health:
    """Keeps the server serving for `lameduck_seconds` after it was asked to stop."""

    def __init__(self, lameduck: float, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.lameduck_seconds = lameduck
        self._sleep = sleep
        self._logger = logging.getLogger("clusterdns.plugin.health")

    async def lameduck(self) -> None:
        """Wait for the lameduck time, in which clients are sent to other servers."""
        if self.lameduck_seconds:
            self._logger.info("Going into lameduck mode for %gs", self.lameduck_seconds)
            await self._sleep(self.lameduck_seconds)


def build(settings: Settings, context: Context) -> Health:
    """Put the page on its listener, check it once for all blocks that share it, and make the part."""
    listener = shared_listener(context, settings.address)
    listener.add(PATH, healthy)
    metrics = metrics_of(context)
    context.shared(("health", settings.address), lambda: SelfCheck(partial(ask, listener, PATH), metrics))
    return Health(settings.lameduck)


async def healthy(_request: WebRequest) -> Page:
    """The page: always status 200 and `OK`."""
    return Page(body=b"OK")
