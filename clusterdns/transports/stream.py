"""Messages in a stream (RFC 7766), over TCP or over TLS: between a connection and the responder, replies as
they are ready.

What a connection may cost is bounded: the octets it has sent that are not answered yet, the queries of
it in flight, the octets it has not read yet, and its time.
"""

import asyncio
from typing import Final

from clusterdns.connections.unread import has_unread
from clusterdns.plugin import Client, Transport
from clusterdns.transports.addresses import local_of, peer_of
from clusterdns.transports.connections import Connections
from clusterdns.transports.framing import Frames, framed
from clusterdns.transports.room import Room
from clusterdns.transports.service import ListenerService

__all__ = ["READ_OCTETS", "StreamConnection", "receive_buffer"]

READ_OCTETS: Final = 16 * 1024
"""Octets taken from a socket at once, some 300 queries, and the most that waits unanswered beside a partial
message. What a client that does not read can make the server hold is this, `WRITE_BUFFER` and a reply."""

MAX_IN_FLIGHT: Final = 128
"""Queries of one connection that are being answered; further ones are not read before one is done."""

MOST_AT_ONCE: Final = 64
"""Queries of one connection taken before the event loop may do something else, as for UDP."""

WRITE_BUFFER: Final = 16 * 1024
"""Octets of replies that wait for the client to read them before no more queries are taken, and no further
message of a reply that is a stream."""


def receive_buffer() -> memoryview:
    """A buffer to receive into. All connections of a loop share one, since it is emptied at once."""
    return memoryview(bytearray(READ_OCTETS))


class StreamConnection(asyncio.BufferedProtocol):
    """One client. Queries are answered as they come in, replies leave as they are ready.

    `transport` is what queries are said to have come by.
    """

    def __init__(
        self,
        service: ListenerService,
        connections: Connections,
        buffer: memoryview,
        *,
        transport: Transport = Transport.TCP,
    ) -> None:
        self._service = service
        self._connections = connections
        self._buffer = buffer
        self._by = transport
        self._frames = Frames()
        self._room = Room()
        self._in_flight = 0
        self._writable = True
        self._at_eof = False
        self._is_made = False
        self._advancing = False
        self._waits_for_turn = False
        self._has_begun = False
        self._transport: asyncio.Transport
        self._client: Client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to count this connection; its idle time starts."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(f"expected a stream transport, got {type(transport).__name__}")
        self._transport = transport
        transport.set_write_buffer_limits(high=WRITE_BUFFER)
        peer, local = peer_of(transport), local_of(transport)
        self._client = Client(
            address=peer.address,
            port=peer.port,
            transport=self._by,
            local_address=local.address,
            local_port=local.port,
        )
        self._connections.add(self)
        self._is_made = True
        if self._at_eof:
            self._advance()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting it. Replies still being made are thrown away by the closed transport."""
        self._connections.remove(self)
        self._room.give_up()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the event loop puts what it reads."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what was read and answer what is complete."""
        self._has_begun = True
        self._frames.feed(bytes(self._buffer[:nbytes]))
        self._advance()

    def eof_received(self) -> bool:
        """Keep the connection until everything asked before the end is answered; over TLS, whose end is one
        of both directions here, what can be answered at once."""
        self._at_eof = True
        self._advance()
        if self._by.is_encrypted:
            self._transport.close()
            return False
        return True

    def pause_writing(self) -> None:
        """The client does not read: take no more queries, and its time to read starts."""
        self._writable = False
        self._connections.stalled.arm(self)

    def resume_writing(self) -> None:
        """The client reads again."""
        self._writable = True
        self._connections.stalled.disarm(self)
        self._room.give()
        self._advance()

    @property
    def client(self) -> str:
        """The client's address."""
        return self._client.address

    @property
    def is_silent(self) -> bool:
        """Whether the client has not sent anything yet."""
        return not self._has_begun and not has_unread(self._transport.get_extra_info("socket"))

    @property
    def octets_held(self) -> int:
        """Octets that the client sent and that are unanswered, and octets that it has not read yet."""
        return len(self._frames) + self._transport.get_write_buffer_size()

    def close(self) -> None:
        """End the connection once what is written has left."""
        self._transport.close()

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def finish(self) -> None:
        """Take no more queries than have come, at once; close when those in flight are answered."""
        self._at_eof = True
        if not self._is_made:
            return
        while self._answer_some(in_turn=False):
            pass
        self._advance()

    def _advance(self) -> None:
        """Answer complete messages while the bounds allow, then set reading and time-outs accordingly."""
        is_turn_over = self._answer_some()
        if self._transport.is_closing():
            return
        if is_turn_over:
            self._transport.pause_reading()
            self._wait_for_turn()
            return
        if self._at_eof and not self._in_flight and self._may_take():
            self._connections.end(self)
            return
        self._set_reading()
        self._set_time_outs()

    def _answer_some(self, *, in_turn: bool = True) -> bool:
        """Answer messages; whether as many as may be at once, or as there is time for in this turn of the
        loop, so that there may be more."""
        self._advancing = True
        taken, is_turn_over = 0, self._connections.turn.is_over
        while taken < MOST_AT_ONCE and self._may_take():
            if in_turn and len(self._frames) and is_turn_over():
                taken = MOST_AT_ONCE
                break
            if (packet := self._frames.next()) is None:
                break
            taken += 1
            self._in_flight += 1
            self._end_time_outs()
            self._service.respond(packet, self._client, self._send)
        self._advancing = False
        return taken == MOST_AT_ONCE

    def _wait_for_turn(self) -> None:
        if not self._waits_for_turn:
            self._waits_for_turn = True
            asyncio.get_running_loop().call_soon(self._take_turn)

    def _take_turn(self) -> None:
        self._waits_for_turn = False
        self._advance()

    def _may_take(self) -> bool:
        return self._writable and self._in_flight < MAX_IN_FLIGHT and not self._transport.is_closing()

    def _send(self, reply: bytes | None, /, *, last: bool = True) -> asyncio.Future[None] | None:
        """Send a message of a reply: see `answering.sending.Send`."""
        if not last:
            return self._send_on(reply)
        was_full = self._in_flight == MAX_IN_FLIGHT
        self._in_flight -= 1
        if self._transport.is_closing():
            return None
        if reply is not None:
            self._transport.write(framed(reply))
        if self._room.is_wanted and self._writable:
            self._room.give()
        if not self._advancing and (was_full or not self._in_flight):
            self._advance()
        return None

    def _send_on(self, message: bytes | None) -> asyncio.Future[None] | None:
        """Send one of several messages; what to wait for before the next one is sent."""
        if self._transport.is_closing():
            raise ConnectionAbortedError("the client has gone")
        if message is not None:
            self._transport.write(framed(message))
        if self._writable and not self._room.is_wanted:
            return None
        turn = self._room.wait()
        if self._writable:
            self._room.give()
        return turn

    def _set_reading(self) -> None:
        if self._at_eof or not self._may_take():
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _set_time_outs(self) -> None:
        connections = self._connections
        if self._in_flight or not self._writable:
            self._end_time_outs()
        elif len(self._frames):
            connections.idle.disarm(self)
            connections.reading.arm_once(self)
        else:
            connections.reading.disarm(self)
            connections.idle.arm_once(self)

    def _end_time_outs(self) -> None:
        """A message was taken: what is next has its whole time."""
        self._connections.idle.disarm(self)
        self._connections.reading.disarm(self)
