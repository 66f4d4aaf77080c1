"""A connection to a server over TLS, as a stub resolver has one (RFC 7858)."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from clusterdns.transports.framing import Frames, framed

__all__ = ["Talk", "connected"]

PATIENCE: Final = 10.0
"""Seconds that a test may take with a connection."""


class Talk:
    """A connection over TLS."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @property
    def tls(self) -> ssl.SSLObject:
        found: ssl.SSLObject = self.writer.get_extra_info("ssl_object")
        return found

    @property
    def serial(self) -> object:
        """The number of the server's certificate."""
        return (self.tls.getpeercert() or {})["serialNumber"]

    async def ask(self, *packets: bytes) -> list[bytes]:
        self.writer.write(b"".join(map(framed, packets)))
        frames, replies = Frames(), list[bytes]()
        while len(replies) < len(packets):
            octets = await self.reader.read(65536)
            if not octets:
                raise ConnectionError("closed")
            frames.feed(octets)
            replies += iter(frames.next, None)
        return replies


@asynccontextmanager
async def connected(port: int, context: ssl.SSLContext) -> AsyncGenerator[Talk]:
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname="127.0.0.1"
        )
        try:
            yield Talk(reader, writer)
        finally:
            writer.transport.abort()
