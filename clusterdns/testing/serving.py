"""A real server on loopback for the time of a test, with plugins that need not be installed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from clusterdns.answering.cookies import Cookies
from clusterdns.configuration.registry import Registry, discover, shipped_order
from clusterdns.configuration.settings import Configuration, load
from clusterdns.plugin import AnyPlugin
from clusterdns.server import Server
from clusterdns.transports.addresses import Endpoint
from clusterdns.transports.connections import Connections
from clusterdns.transports.framing import Frames, framed

__all__ = ["PluginSet", "Serving", "configured", "serving"]

REPLY_SECONDS: Final = 5.0
"""How long a reply is waited for before the test fails."""


class PluginSet(Registry):
    """A registry of the plugins given, and, unless `installed` is false, of those installed."""

    def __init__(self, plugins: Iterable[AnyPlugin] = (), *, installed: bool = True) -> None:
        self._given = {plugin.name: plugin for plugin in plugins}
        found = discover() if installed else Registry({}, shipped_order())
        super().__init__(found.points, shipped_order(), found.rivals)

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, sorted."""
        return tuple(sorted({*super().names, *self._given}))

    def load(self, name: str) -> AnyPlugin:
        """The plugin given, else the installed one."""
        return self._given[name] if name in self._given else super().load(name)


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that runs, and ways to send packets to it: UDP and TCP, to its first listener by default."""

    server: Server

    @property
    def endpoint(self) -> Endpoint:
        """The first listener's address and port; the port is the one that port 0 became."""
        return self.server.endpoints[0]

    async def udp(self, packet: bytes, *, host: str = "127.0.0.1", port: int | None = None) -> bytes:
        """Send one datagram and wait for its reply."""
        replies = await self.udp_replies([packet], host=host, port=port)
        return replies[0]

    async def udp_replies(
        self, packets: Sequence[bytes], *, host: str = "127.0.0.1", port: int | None = None
    ) -> list[bytes]:
        """Send datagrams from one socket and wait for as many replies, in the order in which they come."""
        loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            client.connect((host, port or self.endpoint.port))
            for packet in packets:
                await loop.sock_sendall(client, packet)
            async with asyncio.timeout(REPLY_SECONDS):
                return [await loop.sock_recv(client, 65535) for _ in packets]

    async def tcp(self, packet: bytes, *, host: str = "127.0.0.1") -> bytes:
        """Send one message on a connection of its own and wait for its reply."""
        replies = await self.tcp_replies([packet], host=host)
        return replies[0]

    async def tcp_replies(self, packets: Sequence[bytes], *, host: str = "127.0.0.1") -> list[bytes]:
        """Send messages at once on one connection and wait for as many replies, in the order they come."""
        reader, writer = await asyncio.open_connection(host, self.endpoint.port)
        frames, replies = Frames(), list[bytes]()
        try:
            writer.write(b"".join(map(framed, packets)))
            async with asyncio.timeout(REPLY_SECONDS):
                while len(replies) < len(packets):
                    octets = await reader.read(65536)
                    if not octets:
                        raise ConnectionError(f"closed after {len(replies)} of {len(packets)} replies")
                    frames.feed(octets)
                    while (reply := frames.next()) is not None:
                        replies.append(reply)
        finally:
            writer.close()
            await writer.wait_closed()
        return replies


def configured(corefile: str, *, plugins: Iterable[AnyPlugin] = (), file: str = "Corefile") -> Configuration:
    """The configuration that `corefile` says, with `plugins` beside the installed ones."""
    return load(corefile, file=file, registry=PluginSet(plugins), environ={}, dns_port=0)


@asynccontextmanager
async def serving(
    corefile: str,
    *,
    plugins: Iterable[AnyPlugin] = (),
    packet_cache: bool = True,
    cookies: Cookies | None = None,
    connections: Connections | None = None,
    file: str = "Corefile",
) -> AsyncGenerator[Serving]:
    """Serve `corefile` while the context is entered. Keys without a port get a free one.

    Raises:
        CorefileErrors, StartError: as a real server at start.
    """
    configuration = configured(corefile, plugins=plugins, file=file)
    async with Server(
        configuration, packet_cache=packet_cache, cookies=cookies, connections=connections
    ) as server:
        yield Serving(server)
