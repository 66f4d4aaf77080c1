"""A socket from which connections are accepted that carry messages."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from weakref import WeakSet

from clusterdns.connections import Acceptor
from clusterdns.plugin import Transport
from clusterdns.transports.opener import Resources
from clusterdns.transports.stream import StreamConnection, receive_buffer

if TYPE_CHECKING:
    import ssl

__all__ = ["StreamListener"]


class StreamListener:
    """Accepts connections from `bound`, encrypted if the service says with what; each counts before that."""

    def __init__(self, bound: socket.socket, resources: Resources, *, transport: Transport) -> None:
        self._service = resources.service
        self._connections = resources.connections
        self._transport = transport
        self._buffer = receive_buffer()
        self._open: WeakSet[StreamConnection] = WeakSet()
        self._acceptor = Acceptor(bound, self._connection, self._connections, tls=self._tls)

    def start(self) -> None:
        """Begin to accept."""
        self._acceptor.start()

    def stop(self) -> None:
        """Accept no more and close the socket; connections go on."""
        self._acceptor.close()

    def finish(self) -> None:
        """Let connections end once what came over them is answered."""
        for connection in tuple(self._open):
            connection.finish()

    def close(self) -> None:
        """Nothing is left: the socket is closed by `stop`."""

    def _tls(self) -> ssl.SSLContext | None:
        return self._service.tls()

    def _connection(self) -> StreamConnection:
        connection = StreamConnection(
            self._service, self._connections, self._buffer, transport=self._transport
        )
        self._open.add(connection)
        return connection
