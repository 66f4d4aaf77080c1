"""DNS over UDP: datagrams from the reader call-back of the event loop to the responder.

Where the C library is known to have calls for many datagrams at once, `udp_batches.py` is used instead of the
listener here, which costs twice as much a query and works everywhere.
"""

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any, Final

from clusterdns.plugin import Client, Transport
from clusterdns.telemetry.counters import Counters
from clusterdns.transports.addresses import WILDCARDS, plain
from clusterdns.transports.mmsg import MAX_DATAGRAM, find_calls
from clusterdns.transports.opener import Opener, Resources, SocketListener
from clusterdns.transports.packet_info import CONTROL_OCTETS, Control, ask_for, local_address, reply_control
from clusterdns.transports.service import ListenerService
from clusterdns.transports.turn import TURN_SECONDS
from clusterdns.transports.udp_batches import LAST_BATCHES, BatchListener

__all__ = ["UDP", "UdpListener"]

BATCH: Final = 64
"""Datagrams taken before the event loop may do something else: at 15 µs each, 1 ms."""


class UdpListener:
    """Takes datagrams from a bound socket and sends what the responder answers.

    `on_memory_error` is called for each datagram that is not answered for want of memory.
    """

    def __init__(
        self,
        udp: socket.socket,
        service: ListenerService,
        counters: Counters,
        *,
        on_memory_error: Callable[[], None],
    ) -> None:
        self._socket = udp
        self._service = service
        self._counters = counters
        self._on_memory_error = on_memory_error
        self._buffer = bytearray(MAX_DATAGRAM)
        address, port = udp.getsockname()[:2]
        self._port: int = port
        self._is_plain = udp.family == socket.AF_INET
        self._fixed = None if address in WILDCARDS else plain(address)

    def start(self) -> None:
        """Begin to read. The reader is a call-back of the running loop, no task."""
        if self._fixed is None:
            ask_for(self._socket)
        asyncio.get_running_loop().add_reader(self._socket, self._on_readable)

    def stop(self) -> None:
        """Answer what has arrived already and read no more. Replies can be sent until `close`."""
        asyncio.get_running_loop().remove_reader(self._socket)
        for _ in range(LAST_BATCHES):
            self._on_readable()

    def finish(self) -> None:
        """Nothing is left: there are no connections."""

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _on_readable(self) -> None:
        try:
            self._take_batch()
        except MemoryError:  # the event loop would have to write a text about it
            self._on_memory_error()

    def _take_batch(self) -> None:
        until = perf_counter() + TURN_SECONDS
        for _ in range(BATCH):
            try:
                size, control, _flags, peer = self._socket.recvmsg_into([self._buffer], CONTROL_OCTETS)
            except BlockingIOError:
                return
            except OSError:  # an earlier reply was refused by its receiver: not about this datagram
                continue
            packet = bytes(memoryview(self._buffer)[:size])
            client = self._client(peer, control)
            self._service.respond(packet, client, partial(self._send, peer, control))
            if perf_counter() >= until:
                return

    def _client(self, peer: Any, control: Control) -> Client:
        return Client(
            address=peer[0] if self._is_plain else plain(peer[0]),
            port=peer[1],
            transport=Transport.UDP,
            local_address=local_address(control) if self._fixed is None else self._fixed,
            local_port=self._port,
        )

    def _send(self, peer: Any, control: Control, reply: bytes | None, /, *, last: bool = True) -> None:
        """Send, or count why not: the client asks again. A full socket buffer is no reason to wait."""
        if not last:
            raise RuntimeError("a reply over UDP is one message")
        if reply is None:
            return
        try:
            if self._fixed is None:
                self._socket.sendmsg([reply], reply_control(control), 0, peer)
            else:
                self._socket.sendto(reply, peer)
        except OSError:  # port 0, no route, a full buffer, a socket closed meanwhile
            self._counters.unsendable += 1


def _open(bound: socket.socket, resources: Resources) -> SocketListener:
    service, counters, on_memory_error = resources.service, resources.counters, resources.on_memory_error
    calls = find_calls()
    if calls is None:
        return UdpListener(bound, service, counters, on_memory_error=on_memory_error)
    return BatchListener(bound, service, counters, calls=calls, on_memory_error=on_memory_error)


UDP: Final = Opener(Transport.UDP, socket.SOCK_DGRAM, _open)
