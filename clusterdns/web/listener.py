"""An HTTP listener with a few pages; what is asked for is in no query's way.

aiohttp is imported when a listener starts, so a server without one does not pay for it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, Self, TypeVar

from clusterdns.connections import Connections, TimeOuts
from clusterdns.connections.descriptors import most_page_connections
from clusterdns.corefile import CorefileError
from clusterdns.web.address import WebAddress

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

    from aiohttp import web

__all__ = ["Answer", "Page", "WebListener", "shared_listener"]

SERVER: Final = "clusterdns"
"""What replies call it; which versions of which libraries is nobody's business."""

SECONDS: Final = TimeOuts(idle=5.0, reading=5.0, stalled=5.0)
"""A connection on which nothing whole is asked, or whose client does not read, is closed after this (CoreDNS:
the same for what is idle between requests, and no bound before the first)."""

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
    `endpoints` are the addresses bound; of `connections` the longest idle one is closed for one too many.
    """

    def __init__(self, address: WebAddress, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.endpoints: tuple[tuple[str, int], ...] = ()
        self.connections = Connections(most_page_connections(), monotonic, seconds=SECONDS)
        self._address = address
        self._tls: Callable[[], ssl.SSLContext | None] = lambda: None
        self._pages: dict[str, Answer] = {}
        self._listening = AsyncExitStack()

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
            await self._listening.aclose()

    async def __aenter__(self) -> Self:
        """Bind and begin to answer.

        Raises:
            CorefileError: the address cannot be listened on; or what `encrypt` was given raises.
        """
        from clusterdns.web.serving import serving  # noqa: PLC0415 - see above

        tls = self._tls()
        port = self._address.port
        try:
            host = await _resolved(self._address)
            self.endpoints = await self._listening.enter_async_context(
                serving(self._respond, host, port, connections=self.connections, tls=tls)
            )
        except OSError as error:
            text = f"{self._address} cannot be listened on: {_reason(error)}"
            raise CorefileError(self._address.position, text) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish what is being answered and close."""
        await self._listening.aclose()

    async def _respond(self, request: web.BaseRequest) -> web.Response:
        from aiohttp import web  # noqa: PLC0415 - see above

        answer = self._pages.get(request.path)
        page = NOT_FOUND if answer is None else await answer(request.headers)
        return web.Response(body=page.body, status=page.status, headers={**page.headers, "Server": SERVER})


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
