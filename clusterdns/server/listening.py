"""One address that is listened on: its sockets, and the service that answers there now."""

from __future__ import annotations

import socket

from clusterdns.memory import Memory
from clusterdns.telemetry.counters import Counters
from clusterdns.transports.addresses import Endpoint
from clusterdns.transports.connections import Connections
from clusterdns.transports.opener import Opener, Resources
from clusterdns.transports.receive_buffer import Drops, log_size
from clusterdns.transports.service import ListenerService
from clusterdns.transports.sockets import Sockets

__all__ = ["Listening"]


class Listening:
    """Takes queries from `opened`, by `openers`, and has them answered. `endpoint` is the address bound.

    Sockets and connections stay when another service is handed over.
    """

    def __init__(
        self,
        opened: Sockets,
        openers: tuple[Opener, ...],
        service: ListenerService,
        *,
        connections: Connections,
        counters: Counters,
        memory: Memory,
    ) -> None:
        self.endpoint: Endpoint = opened.endpoint
        self._service = service
        resources = Resources(
            service=service, connections=connections, counters=counters, on_memory_error=memory.failed
        )
        self._datagrams = tuple(bound for bound in opened.bound if bound.type is socket.SOCK_DGRAM)
        self._listeners = tuple(
            opener.open(bound, resources) for opener, bound in zip(openers, opened.bound, strict=True)
        )

    @property
    def drops(self) -> tuple[Drops, ...]:
        """The counts of datagrams that were dropped, for each of its sockets that takes such."""
        return tuple(map(Drops, self._datagrams))

    def start(self) -> None:
        """Begin to take queries."""
        for bound in self._datagrams:
            log_size(bound)
        for listener in self._listeners:
            listener.start()

    def hand_over(self, service: ListenerService) -> None:
        """From now on `service` answers, on connections that are open too; it encrypts new ones."""
        self._service.respond, self._service.recall = service.respond, service.recall
        self._service.tls = service.tls

    def stop(self) -> None:
        """Take no more queries than have come; what is still being answered can be sent until `close`."""
        for listener in self._listeners:
            listener.stop()

    def finish(self) -> None:
        """Let connections to here end once what came over them is answered."""
        for listener in self._listeners:
            listener.finish()

    def close(self) -> None:
        """Close the sockets."""
        for listener in self._listeners:
            listener.close()
