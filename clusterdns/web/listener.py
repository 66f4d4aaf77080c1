"""An HTTP listener with a few pages; what is asked for is in no query's way.

aiohttp is imported when a listener starts, so a server without one does not pay for it.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, Self, TypeVar

from clusterdns.corefile import CorefileError
from clusterdns.web.address import WebAddress

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

    from aiohttp import web

__all__ = ["Answer", "Page", "WebListener", "shared_listener"]

SHUTDOWN_SECONDS: Final = 1.0
"""How long requests get to be answered when the listener is closed."""

SERVER: Final = "clusterdns"
"""What replies call it; which versions of which libraries is nobody's business."""

IDLE_SECONDS: Final = 5.0
"""A connection on which nothing is asked is closed after this (CoreDNS: the same)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is answered to one request."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/plain; charset=utf-8"})


NOT_FOUND: Final = Page(body=b"404 page not found\n", status=404)

Answer = Callable[[Mapping[str, str]], Awaitable[Page]]
"""From a request's headers, whose names are compared without case, to a page."""


class Shares(Protocol):
    """What is needed of a plugin's context to find the server's listeners."""

    def shared(self, key: Hashable, make: Callable[[], T], /) -> T:
        """What the server has made for `key`, made now if nobody asked before."""
        ...


class WebListener:
    """Pages by their path, on one address, while it is entered; it closes with its last page.

    A request for anything else is 404, whatever the method: probes need not know which one is right.
    `endpoints` are the addresses bound.
    """

    def __init__(self, address: WebAddress) -> None:
        self.endpoints: tuple[tuple[str, int], ...] = ()
        self._address = address
        self._tls: Callable[[], ssl.SSLContext | None] = lambda: None
        self._pages: dict[str, Answer] = {}
        self._runner: web.ServerRunner | None = None

    def add(self, path: str, answer: Answer) -> None:
        """Answer requests for `path`. Whoever says so first is asked."""
        self._pages.setdefault(path, answer)

    def encrypt(self, load: Callable[[], ssl.SSLContext]) -> None:
        """Speak HTTPS with what `load` gives at the start."""
        self._tls = load

    def check(self) -> None:
        """Read what HTTPS needs and start nothing.

        Raises:
            CorefileError: as what `encrypt` was given raises it.
        """
        self._tls()

    async def remove(self, path: str) -> None:
        """Answer `path` no more; if it was the last one, refuse connections. It need not be there."""
        self._pages.pop(path, None)
        if not self._pages:
            await self._close()

    async def __aenter__(self) -> Self:
        """Bind and begin to answer.

        Raises:
            CorefileError: the address cannot be listened on; or what `encrypt` was given raises.
        """
        from aiohttp import web  # noqa: PLC0415 - see above

        tls = self._tls()
        server = web.Server(self._respond, keepalive_timeout=IDLE_SECONDS, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        try:
            host = await _resolved(self._address)
            await web.TCPSite(self._runner, host, self._address.port, ssl_context=tls).start()
        except OSError as error:
            await self._close()
            text = f"{self._address} cannot be listened on: {_reason(error)}"
            raise CorefileError(self._address.position, text) from error
        self.endpoints = tuple((name[0], name[1]) for name in self._runner.addresses)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish what is being answered and close."""
        await self._close()

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        from aiohttp import web  # noqa: PLC0415 - see above

        answer = self._pages.get(request.path)
        page = NOT_FOUND if answer is None else await answer(request.headers)
        return web.Response(body=page.body, status=page.status, headers={**page.headers, "Server": SERVER})

    async def _close(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()


def shared_listener(context: Shares, address: WebAddress) -> WebListener:
    """The listener on `address`: one for all plugins of all blocks that name it."""
    return context.shared(address, lambda: WebListener(address))


async def _resolved(address: WebAddress) -> str | None:
    """What to bind: None for every address; of a name's addresses one, of IPv4 if there is one, as in Go.

    Raises:
        OSError: the name has no address.
    """
    if not address.host:
        return None
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    chosen = min(found, key=lambda candidate: candidate[0] != socket.AF_INET)
    return str(chosen[4][0])


def _reason(error: OSError) -> str:
    if error.errno is None or isinstance(error, socket.gaierror):
        return error.strerror or str(error)
    return os.strerror(error.errno).lower()
