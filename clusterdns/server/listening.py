"""One address that is listened on: its sockets, and who answers there now."""

from __future__ import annotations

from weakref import WeakSet

from clusterdns.connections import Acceptor
from clusterdns.memory import Memory
from clusterdns.telemetry.counters import Counters
from clusterdns.transports.addresses import Endpoint
from clusterdns.transports.connections import Connections
from clusterdns.transports.service import Respond, Service
from clusterdns.transports.sockets import Sockets
from clusterdns.transports.tcp import TcpConnection, receive_buffer
from clusterdns.transports.udp import UdpListener

__all__ = ["Listening"]


class Listening:
    """Takes queries from `opened` and has them answered. `endpoint` is the address bound.

    Sockets and connections stay when somebody else answers from now on.
    """

    def __init__(
        self,
        opened: Sockets,
        respond: Respond,
        *,
        connections: Connections,
        counters: Counters,
        memory: Memory,
    ) -> None:
        self.endpoint: Endpoint = opened.endpoint
        self._service = Service(respond)
        self._udp = UdpListener(opened.udp, self._service, counters, on_memory_error=memory.failed)
        self._connections = connections
        self._buffer = receive_buffer()
        self._open: WeakSet[TcpConnection] = WeakSet()
        self._tcp = Acceptor(opened.tcp, self._connection, connections)

    def start(self) -> None:
        """Begin to take queries."""
        self._udp.start()
        self._tcp.start()

    def hand_over(self, respond: Respond) -> None:
        """From now on `respond` answers, on connections that are open too."""
        self._service.respond = respond

    def stop(self) -> None:
        """Take no more queries than have come; what is still being answered can be sent until `close`."""
        self._tcp.close()
        self._udp.stop()

    def finish(self) -> None:
        """Let connections to here end once what came over them is answered."""
        for connection in tuple(self._open):
            connection.finish()

    def close(self) -> None:
        """Close the sockets."""
        self._udp.close()

    def _connection(self) -> TcpConnection:
        connection = TcpConnection(self._service, self._connections, self._buffer)
        self._open.add(connection)
        return connection
