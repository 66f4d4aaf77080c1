"""What aiohttp lacks on the way from a connection to a page: bounds of the connections' number and time.

To be imported when a listener starts: it loads aiohttp.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from aiohttp import web

from clusterdns.supervision import supervised

if TYPE_CHECKING:
    import ssl

    from clusterdns.connections import Connections

__all__ = ["Endpoints", "Respond", "serving"]

SHUTDOWN_SECONDS: Final = 1.0
"""How long requests get to be answered when the listener is closed, and then the answers to be read."""

TLS_SECONDS: Final = 5.0
"""How long a client may take to agree upon TLS, when its connection is not counted yet, and to end it."""

Respond = Callable[[web.BaseRequest], Awaitable[web.Response]]
Endpoints = tuple[tuple[str, int], ...]


@asynccontextmanager
async def serving(
    respond: Respond, host: str | None, port: int, *, connections: Connections, tls: ssl.SSLContext | None
) -> AsyncGenerator[Endpoints]:
    """Listen while the context is entered, which gives the addresses bound. What is being answered when it
    is left is finished; no connection is open then.

    Raises:
        OSError: the address cannot be listened on.
    """
    server = _Server(respond, connections)
    seconds = None if tls is None else TLS_SECONDS
    listening = await asyncio.get_running_loop().create_server(
        server, host, port, ssl=tls, ssl_handshake_timeout=seconds, ssl_shutdown_timeout=seconds
    )
    try:
        async with supervised(f"the web connections to port {port}", connections.run):
            yield tuple(opened.getsockname()[:2] for opened in listening.sockets)
    finally:
        listening.close()
        await asyncio.sleep(0)  # what has just been accepted begins to be answered
        try:
            await server.finish(SHUTDOWN_SECONDS)
        finally:
            connections.abort()  # whose client does not read would otherwise stay, and nobody sweep it


class _Connection:
    """One client, as those see it who count."""

    def __init__(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        self._handler = handler
        self._transport = transport

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
        super().__init__(self._answer, access_log=None, handler_cancellation=True)
        self._respond = respond
        self._bounded = connections
        self._known: dict[web.RequestHandler, _Connection] = {}
        self._is_over = False
        self._empty = asyncio.Event()

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
