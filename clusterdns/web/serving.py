"""Serving HTTP with bounds of the connections' number and time, which aiohttp lacks.

To be imported when a listener starts: it loads aiohttp.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from aiohttp import web

from clusterdns.connections import Acceptor
from clusterdns.connections.unread import has_unread
from clusterdns.seldom import Seldom
from clusterdns.supervision import supervised
from clusterdns.web.binding import bind_all
from clusterdns.web.handler import Handler

if TYPE_CHECKING:
    import ssl

    from clusterdns.connections import Connections

__all__ = ["Endpoints", "Respond", "serving"]

SHUTDOWN_SECONDS: Final = 1.0
"""How long requests get to be answered when the listener is closed, and then the answers to be read."""

Respond = Callable[[web.BaseRequest], Awaitable[web.Response]]
Endpoints = tuple[tuple[str, int], ...]
TlsOf = Callable[[], "ssl.SSLContext | None"]
"""What new connections are encrypted with; None for those in plain text."""


@asynccontextmanager
async def serving(
    respond: Respond, host: str | None, port: int, *, connections: Connections, tls: TlsOf
) -> AsyncGenerator[Endpoints]:
    """Listen while the context is entered, which gives the addresses bound. What is being answered when it
    is left is finished; no connection is open then.

    Raises:
        OSError: the address cannot be listened on.
    """
    server = _Server(respond, connections)
    listening = bind_all(host, port)
    acceptors = [Acceptor(bound, server, connections, tls=tls) for bound in listening]
    endpoints = tuple(bound.getsockname()[:2] for bound in listening)
    try:
        for acceptor in acceptors:
            acceptor.start()
        async with supervised(f"the web connections to port {port}", connections.run):
            yield endpoints
    finally:
        for acceptor in acceptors:
            acceptor.close()
        await asyncio.sleep(0)  # what has just been accepted begins to be answered
        try:
            await server.finish(SHUTDOWN_SECONDS)
        finally:
            connections.abort()  # whose client does not read would otherwise stay, and nobody sweep it


class _Connection:
    """The connection of one client, as `Connections` counts and ends it."""

    def __init__(self, handler: Handler, transport: asyncio.Transport) -> None:
        peer = transport.get_extra_info("peername")
        self.client = str(peer[0]) if peer else ""
        self._handler = handler
        self._transport = transport

    @property
    def is_silent(self) -> bool:
        return not self._handler.has_begun and not has_unread(self._transport.get_extra_info("socket"))

    @property
    def octets_held(self) -> int:
        return self._transport.get_write_buffer_size()

    @property
    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def finish(self) -> None:
        self._handler.close()


class _Server(web.Server):
    """Counts connections as idle until a request has come, and again when it is answered."""

    def __init__(self, respond: Respond, connections: Connections) -> None:
        # A request ends with its connection: who hangs up at once and comes again would not be bounded else.
        super().__init__(self._answer, handler_cancellation=True)
        self._respond = respond
        self._bounded = connections
        self._malformed = Seldom(time.monotonic)
        self._known: dict[web.RequestHandler, _Connection] = {}
        self._is_over = False
        self._empty = asyncio.Event()

    def __call__(self) -> web.RequestHandler:
        """The protocol of a new connection."""
        return Handler(self, self._malformed)

    async def finish(self, seconds: float) -> None:
        """Answer what was asked, take nothing more, and wait so long at most until the answers have left."""
        self.pre_shutdown()
        await self.shutdown(seconds)
        self._is_over = True
        if self._known:
            self._empty.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), seconds)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        if not isinstance(handler, Handler):
            raise TypeError(f"expected a handler of this server, got {type(handler).__name__}")
        connection = self._known[handler] = _Connection(handler, transport)
        self._bounded.add(connection)
        if self._is_over:  # it was accepted in time, but TLS was agreed upon too late
            connection.abort()

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        if connection := self._known.pop(handler, None):
            self._bounded.remove(connection)
        if not self._known:
            self._empty.set()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        connection = self._known.get(request.protocol)
        if connection is None or connection.is_closing:  # its request waited too long to be answered
            return web.Response()
        self._bounded.idle.disarm(connection)
        try:
            response = await self._respond(request)
            self._bounded.stalled.arm(connection)
            with suppress(ConnectionError):  # aiohttp notices, too
                await response.prepare(request)
                await response.write_eof()
            return response
        finally:
            self._bounded.stalled.disarm(connection)
            if not connection.is_closing:
                self._bounded.idle.arm(connection)
