"""Replies of several messages: sent over a stream as their client reads, refused over UDP."""

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest
import trustme

from clusterdns.answering.sending import Send
from clusterdns.plugin import Client
from clusterdns.telemetry.counters import Counters
from clusterdns.transports.connections import WRITE_SECONDS, Connections
from clusterdns.transports.framing import Frames, framed
from clusterdns.transports.opener import Opener, Resources
from clusterdns.transports.room import Room
from clusterdns.transports.service import ListenerService
from clusterdns.transports.stream import MAX_IN_FLIGHT, WRITE_BUFFER
from clusterdns.transports.tcp import TCP
from clusterdns.transports.tls import TLS
from clusterdns.transports.udp import UDP
from testbed.certificates import trusting

QUERY = b"\0\1" + bytes(10)
LONG = b"x" * 65535
PATIENCE = 10.0


class Streamer:
    """A responder that answers every packet with `messages`, one after the other, and waits when told to."""

    def __init__(self, *messages: bytes) -> None:
        self.messages = messages
        self.sent = 0
        self.gone = 0
        self.waits = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def respond(self, packet: bytes, _client: Client, send: Send) -> None:
        task = asyncio.create_task(self._stream(packet[:2], send))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stream(self, id: bytes, send: Send) -> None:
        try:
            for message in self.messages[:-1]:
                room = send(id + message, last=False)
                self.sent += 1
                if room is not None:
                    self.waits += 1
                    await room
        except ConnectionAbortedError:
            self.gone += 1
        send(id + self.messages[-1])
        self.sent += 1


class Way(NamedTuple):
    """A transport that can carry several messages, and both ends' contexts if it is encrypted."""

    opener: Opener
    server: ssl.SSLContext | None = None
    client: ssl.SSLContext | None = None


OVER_TCP = Way(TCP)


@pytest.fixture(scope="module")
def over_tls() -> Way:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return Way(TLS, context, trusting(authority))


@pytest.fixture(params=["tcp", "tls"])
def way(request: pytest.FixtureRequest, over_tls: Way) -> Way:
    return over_tls if request.param == "tls" else OVER_TCP


class Listening(NamedTuple):
    streamer: Streamer
    connections: Connections
    port: int
    way: Way


@asynccontextmanager
async def listening(
    streamer: Streamer, *, way: Way = OVER_TCP, now: list[float] | None = None
) -> AsyncGenerator[Listening]:
    clock = now or [0.0]
    connections = Connections(10, lambda: clock[0])
    bound = socket.create_server(("127.0.0.1", 0))
    bound.setblocking(False)
    resources = Resources(
        service=ListenerService(streamer.respond, lambda: way.server),
        connections=connections,
        counters=Counters(),
        on_memory_error=pytest.fail,
    )
    listener = way.opener.open(bound, resources)
    listener.start()
    try:
        yield Listening(streamer, connections, bound.getsockname()[1], way)
    finally:
        listener.stop()
        connections.abort()
        async with asyncio.timeout(PATIENCE):
            while len(connections):  # noqa: ASYNC110 - transports tell nobody but their protocol
                await asyncio.sleep(0)


@asynccontextmanager
async def connected(served: Listening) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    tls = served.way.client
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port, ssl=tls)
    try:
        async with asyncio.timeout(PATIENCE):
            yield reader, writer
    finally:
        writer.close()


async def receive(reader: asyncio.StreamReader, count: int) -> list[bytes]:
    frames, received = Frames(), list[bytes]()
    while len(received) < count:
        octets = await reader.read(65536)
        assert octets, f"closed after {len(received)} of {count} messages"
        frames.feed(octets)
        while (message := frames.next()) is not None:
            received.append(message)
    return received


async def until_still(streamer: Streamer) -> int:
    """How many messages were sent when no more are, for as long as sockets need to fill."""
    before, rounds = -1, 0
    while rounds < 50:
        rounds = rounds + 1 if streamer.sent == before else 0
        before = streamer.sent
        await asyncio.sleep(0.001)
    return before


async def test_a_reply_of_three_messages_arrives_whole_and_in_order(way: Way) -> None:
    async with (
        listening(Streamer(b"one", b"two", b"three"), way=way) as served,
        connected(served) as (reader, writer),
    ):
        writer.write(framed(QUERY))
        assert await receive(reader, 3) == [QUERY[:2] + text for text in (b"one", b"two", b"three")]


async def test_a_query_is_in_flight_until_the_last_message() -> None:
    async with (
        listening(Streamer(b"one", b"two", b"three")) as served,
        connected(served) as (reader, writer),
    ):
        writer.write(framed(QUERY))
        writer.write_eof()
        assert len(await receive(reader, 3)) == 3
        assert await reader.read() == b""


async def test_a_client_that_does_not_read_makes_the_sender_wait_and_gets_all_of_it_later(way: Way) -> None:
    messages = (LONG[2:],) * 300
    async with listening(Streamer(*messages), way=way) as served, connected(served) as (reader, writer):
        writer.write(framed(QUERY))
        sent = await until_still(served.streamer)
        assert 0 < sent < 300
        (connection,) = served.connections.all()
        assert connection.octets_held <= WRITE_BUFFER + len(framed(LONG))
        assert len(await receive(reader, 300)) == 300
        assert served.streamer.waits


async def test_many_replies_at_once_hold_one_message_more_not_one_each() -> None:
    async with listening(Streamer(*(LONG[2:],) * 3)) as served, connected(served) as (reader, writer):
        writer.write(framed(QUERY) * MAX_IN_FLIGHT)
        await until_still(served.streamer)
        (connection,) = served.connections.all()
        most = connection.octets_held
        received, frames = 0, Frames()
        while received < 3 * MAX_IN_FLIGHT:
            frames.feed(await reader.read(1 << 20))
            received += sum(1 for _ in iter(frames.next, None))
            most = max(most, connection.octets_held)
        first = MAX_IN_FLIGHT * len(framed(LONG))
        assert most <= WRITE_BUFFER + first


async def test_a_client_that_reads_nothing_is_cut_off_and_its_sender_learns_it(way: Way) -> None:
    now = [0.0]
    async with (
        listening(Streamer(*(LONG[2:],) * 300), way=way, now=now) as served,
        connected(served) as (_, writer),
    ):
        writer.write(framed(QUERY))
        await until_still(served.streamer)
        now[0] += WRITE_SECONDS
        served.connections.sweep()
        while not served.streamer.gone:  # noqa: ASYNC110 - the loop closes the connection
            await asyncio.sleep(0)
        assert len(served.connections) == 0


async def test_over_udp_a_second_message_is_a_bug() -> None:
    refused: list[str] = []

    def respond(packet: bytes, _client: Client, send: Send) -> None:
        with pytest.raises(RuntimeError) as raised:
            send(packet, last=False)
        refused.append(str(raised.value))
        send(packet)

    with socket.socket(type=socket.SOCK_DGRAM) as client:
        bound = socket.socket(type=socket.SOCK_DGRAM)
        for each in (bound, client):
            each.bind(("127.0.0.1", 0))
            each.setblocking(False)
        resources = Resources(
            service=ListenerService(respond),
            connections=Connections(1, lambda: 0.0),
            counters=Counters(),
            on_memory_error=pytest.fail,
        )
        listener = UDP.open(bound, resources)
        listener.start()
        loop = asyncio.get_running_loop()
        await loop.sock_sendto(client, QUERY, bound.getsockname())
        assert await loop.sock_recv(client, 100) == QUERY
        assert refused == ["a reply over UDP is one message"]
        listener.stop()
        listener.close()


async def test_a_sender_that_was_cancelled_takes_nobody_s_turn() -> None:
    room = Room()
    first, second = room.wait(), room.wait()
    first.cancel()
    room.give()
    assert second.done()
    assert not room.is_wanted
