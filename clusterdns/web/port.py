"""A bound address for web pages, which passes from one configuration's pages to the next one's."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final, Protocol

from clusterdns.connections import Connections, TimeOuts
from clusterdns.connections.descriptors import most_page_connections
from clusterdns.corefile import CorefileError
from clusterdns.web.address import WebAddress

if TYPE_CHECKING:
    import ssl

    from aiohttp import web

__all__ = ["Shown", "WebPort"]

SECONDS: Final = TimeOuts(idle=5.0, reading=5.0, stalled=5.0)
"""A connection on which nothing whole is asked, or whose client does not read, is closed after this (CoreDNS:
the same for what is idle between requests, and no bound before the first)."""


class Shown(Protocol):
    """The pages of one configuration."""

    @property
    def tls(self) -> ssl.SSLContext | None:
        """The TLS context; None for HTTP."""
        ...

    async def respond(self, request: web.BaseRequest) -> web.Response:
        """Answer a request."""
        ...


class WebPort:
    """Bound and open while it shows pages. `endpoints` are the addresses bound; of `connections` the longest
    idle one is closed for one too many."""

    def __init__(self, address: WebAddress, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.endpoints: tuple[tuple[str, int], ...] = ()
        self.connections = Connections(most_page_connections(), monotonic, seconds=SECONDS)
        self._address = address
        self._shown: Shown | None = None
        self._listening = AsyncExitStack()

    async def open(self, pages: Shown) -> None:
        """Bind and show `pages`; if others are shown already, they stay until `show`.

        Raises:
            CorefileError: the address cannot be listened on.
        """
        if self._shown is not None:
            return
        from clusterdns.web.serving import serving  # noqa: PLC0415 - loads aiohttp

        self._shown = pages
        try:
            host = await _resolved(self._address)
            served = serving(
                self._respond, host, self._address.port, connections=self.connections, tls=self._tls
            )
            self.endpoints = await self._listening.enter_async_context(served)
        except OSError as error:
            self._shown = None
            text = f"{self._address} cannot be listened on: {_reason(error)}"
            raise CorefileError(self._address.position, text) from error

    def show(self, pages: Shown) -> None:
        """Show `pages` from the next request on; the connections stay."""
        self._shown = pages

    async def close(self, pages: Shown) -> None:
        """Finish what is being answered and close, unless others than `pages` are shown by now."""
        if self._shown is pages:
            self._shown = None
            await self._listening.aclose()

    def _tls(self) -> ssl.SSLContext | None:
        return None if self._shown is None else self._shown.tls

    async def _respond(self, request: web.BaseRequest) -> web.Response:
        from aiohttp import web  # noqa: PLC0415 - a server without pages does not load it

        if self._shown is None:  # it was closed while this request was read
            return web.Response(status=503)
        return await self._shown.respond(request)


async def _resolved(address: WebAddress) -> str | None:
    """The address to bind: None for every one; of a name's addresses one, of IPv4 if there is one, as in Go.

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
