"""TLS on accepted connections, with little memory for those that have not sent anything yet."""

import asyncio
import socket
import ssl
from asyncio.sslproto import SSLProtocol
from typing import Final

__all__ = ["TLS_SECONDS", "begun", "encrypted"]

TLS_SECONDS: Final = 5
"""How long a client may take to agree upon TLS once it has begun, and to end it."""

READ_OCTETS: Final = 16 * 1024
"""What is read from a connection at once: the longest record of TLS (RFC 8446 section 5.1)."""


async def begun(accepted: socket.socket) -> None:
    """Wait until the client has sent something, or has gone: until then, nothing need be held for it."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    descriptor = accepted.fileno()
    loop.add_reader(descriptor, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)


async def encrypted(accepted: socket.socket, protocol: asyncio.BaseProtocol, context: ssl.SSLContext) -> None:
    """Agree upon TLS on `accepted`, and connect `protocol` when that is done.

    Raises:
        OSError: the client has gone, or wants what `context` does not allow.
    """
    loop = asyncio.get_running_loop()
    agreed: asyncio.Future[None] = loop.create_future()
    tls = _SmallTls(protocol, context, agreed)
    transport, _ = await loop.connect_accepted_socket(lambda: tls, accepted)
    try:
        await agreed
    except BaseException:
        transport.abort()
        raise


class _SmallTls(SSLProtocol):
    """The standard library's TLS for a server, with a buffer of `READ_OCTETS` instead of 256 KiB."""

    max_size = READ_OCTETS

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Have no more wait below TLS than above it, if the client does not read."""
        if isinstance(transport, asyncio.WriteTransport):
            transport.set_write_buffer_limits(high=READ_OCTETS)
        super().connection_made(transport)

    def __init__(
        self, protocol: asyncio.BaseProtocol, context: ssl.SSLContext, agreed: asyncio.Future[None]
    ) -> None:
        super().__init__(
            agreed.get_loop(),
            protocol,
            context,
            agreed,
            server_side=True,
            ssl_handshake_timeout=TLS_SECONDS,
            ssl_shutdown_timeout=TLS_SECONDS,
        )
