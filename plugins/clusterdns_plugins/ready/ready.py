"""The page: `OK` or the names of plugins, then a line for everything that is not up to date."""

import logging
from types import TracebackType
from typing import Final, Self

from clusterdns.plugin import Context
from clusterdns.seldom import Seldom
from clusterdns.telemetry.redaction import LONGEST_LINE, one_line, without_credentials
from clusterdns.web import Page, WebListener, WebRequest, shared_listener
from clusterdns_plugins.ready.config import Monitor, Settings
from clusterdns_plugins.ready.readiness import Readiness

__all__ = ["PATH", "ReadyPage", "build"]

PATH: Final = "/ready"
SERVICE_UNAVAILABLE: Final = 503


class ReadyPage:
    """Answers while it is entered, until the server is asked to stop: then nobody shall send queries."""

    lameduck_seconds: Final = 0.0

    def __init__(self, listener: WebListener, context: Context, *, monitor: Monitor) -> None:
        self._listener = listener
        self._context = context
        self._monitor = monitor
        self._readiness: Readiness | None = None
        self._logger = logging.getLogger("clusterdns.plugin.ready")
        self._logged: tuple[str, ...] = ()
        self._lines = Seldom(context.monotonic)

    async def __aenter__(self) -> Self:
        """Find the parts with a readiness or complaints: all plugins are built now."""
        self._readiness = Readiness(self._context.all_parts(), self._monitor)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to end: the listener is a backend."""

    async def lameduck(self) -> None:
        """Close the page's address, so that connections are refused from now on."""
        await self._listener.remove(PATH)

    async def answer(self, _request: WebRequest) -> Page:
        """Status 200 if all plugins are ready, else 503 and their names."""
        if self._readiness is None:
            return Page(status=SERVICE_UNAVAILABLE, body=b"starting")
        unready = self._readiness.unready()
        if unready != self._logged:
            self._logged, self._lines = unready, Seldom(self._context.monotonic)
        if unready:
            self._lines.say(self._logger.info, 'Plugins not ready: "%s"', ",".join(unready))
        lines = (",".join(unready) or "OK", *map(_shown, self._readiness.complaints()))
        return Page(status=SERVICE_UNAVAILABLE if unready else 200, body="\n".join(lines).encode())


def _shown(complaint: str) -> str:
    """A complaint as it may be read by anybody who reaches the page."""
    return one_line(without_credentials(complaint), LONGEST_LINE)


def build(settings: Settings, context: Context) -> ReadyPage:
    """Put the page on its listener and make the part."""
    listener = shared_listener(context, settings.address)
    page = ReadyPage(listener, context, monitor=settings.monitor)
    listener.add(PATH, page.answer)
    return page
