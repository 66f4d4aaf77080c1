"""TCP: replies as they are ready, messages cut anywhere, and what a connection may cost (RFC 7766)."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from clusterdns.connections import Connection
from clusterdns.dns.constants import RRType
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import TXT
from clusterdns.dns.writer import write_message
from clusterdns.plugin import Context, Next, Query, Reply
from clusterdns.testing.plugins import plugin_of
from clusterdns.testing.serving import Serving, serving
from clusterdns.transports.connections import WRITE_SECONDS, Connections
from clusterdns.transports.framing import Frames, framed
from clusterdns.transports.service import ListenerService
from clusterdns.transports.stream import (
    MAX_IN_FLIGHT,
    MOST_AT_ONCE,
    READ_OCTETS,
    WRITE_BUFFER,
    StreamConnection,
    receive_buffer,
)

BIG = (b"x" * 255,) * 200

PATIENCE = 10.0
"""Seconds before a test gives up."""


def packet(id: int, name: str) -> bytes:
    return write_message(Message(id=id, question=(Question(Name.from_text(name), RRType.TXT),)))


class Gate:
    """A plugin that answers `slow` names when it is opened, `big` ones with 50 kB, others at once."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.asked = 0

    async def __call__(self, query: Query, _next: Next, _context: Context) -> Reply:
        self.asked += 1
        if query.name.labels[0] == b"slow":
            await self.open.wait()
        strings = BIG if query.name.labels[0] == b"big" else (b"x",)
        return Reply(answer=(RRset(query.name, 5, (TXT(strings),)),))


@pytest.fixture
async def gate() -> Gate:
    return Gate()


@pytest.fixture
async def server(gate: Gate) -> AsyncIterator[Serving]:
    async with serving(". {\n  whoami\n}\n", plugins=[plugin_of(gate, inline=False)]) as running:
        yield running


async def opened(serves: Serving) -> tuple[Connection, ...]:
    """The connections, once there is one."""
    while not (found := serves.server.connections.all()):  # noqa: ASYNC110 - the kernel accepts it
        await asyncio.sleep(0)
    return found


class Talk:
    """A connection by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._frames = Frames()

    async def reply(self) -> bytes:
        async with asyncio.timeout(5):
            while (reply := self._frames.next()) is None:
                octets = await self.reader.read(65536)
                if not octets:
                    raise ConnectionError("closed")
                self._frames.feed(octets)
            return reply

    async def is_closed(self) -> bool:
        async with asyncio.timeout(5):
            return await self.reader.read(1) == b""


@pytest.fixture
async def talk(server: Serving) -> AsyncIterator[Talk]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.endpoint.port)
    yield Talk(reader, writer)
    writer.close()
    await writer.wait_closed()


async def test_a_slow_query_does_not_hold_up_the_ones_behind_it(talk: Talk, gate: Gate) -> None:
    talk.writer.write(framed(packet(1, "slow.")) + framed(packet(2, "fast.")) + framed(packet(3, "fast.")))
    assert [(await talk.reply())[:2] for _ in range(2)] == [b"\0\2", b"\0\3"]
    gate.open.set()
    assert (await talk.reply())[:2] == b"\0\1"


async def test_a_thousand_pipelined_queries_are_all_answered(server: Serving) -> None:
    replies = await server.tcp_replies([packet(id, "fast.") for id in range(1000)])
    assert sorted(int.from_bytes(reply[:2]) for reply in replies) == list(range(1000))


async def test_others_get_their_turn_between_the_queries_of_a_busy_client() -> None:
    asked, at_each_turn = 0, [0]

    async def counts(_query: Query, _next: Next, _context: Context) -> Reply:
        nonlocal asked
        asked += 1
        return Reply()

    async with serving(". {\n  whoami\n}\n", plugins=[plugin_of(counts)], packet_cache=False) as running:
        replies = asyncio.create_task(running.tcp_replies([packet(id, "fast.") for id in range(400)]))
        while not replies.done():
            await asyncio.sleep(0)
            at_each_turn.append(asked)
        assert len(await replies) == asked == 400
    assert max(after - before for before, after in pairwise(at_each_turn)) <= MOST_AT_ONCE


async def test_a_server_that_stops_answers_all_that_has_come() -> None:
    queries = MOST_AT_ONCE * 12
    async with serving(". {\n  whoami\n}\n", plugins=[plugin_of(Gate())], packet_cache=False) as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.endpoint.port)
        writer.write(b"".join(framed(packet(id, "a.")) for id in range(queries)))
        (connection,) = await opened(running)
        while not connection.octets_held:  # noqa: ASYNC110 - the octets are the kernel's to deliver
            await asyncio.sleep(0)
    frames = Frames()
    frames.feed(await reader.read())
    writer.close()
    assert sum(1 for _ in iter(frames.next, None)) == queries


async def test_a_message_may_come_octet_by_octet(talk: Talk) -> None:
    for octet in framed(packet(7, "fast.")):
        talk.writer.write(bytes([octet]))
        await talk.writer.drain()
    assert (await talk.reply())[:2] == b"\0\7"


async def test_queries_in_flight_are_bounded_and_the_rest_waits_unread(talk: Talk, gate: Gate) -> None:
    queries = MAX_IN_FLIGHT + 50
    talk.writer.write(b"".join(framed(packet(id, "slow.")) for id in range(queries)))
    await talk.writer.drain()
    for _ in range(20):
        await asyncio.sleep(0)
    assert gate.asked <= MAX_IN_FLIGHT
    gate.open.set()
    assert {(await talk.reply())[:2] for _ in range(queries)} == {id.to_bytes(2) for id in range(queries)}


async def test_what_was_asked_before_the_end_of_the_stream_is_answered(talk: Talk, gate: Gate) -> None:
    talk.writer.write(framed(packet(1, "slow.")))
    talk.writer.write_eof()
    for _ in range(20):
        await asyncio.sleep(0)
    gate.open.set()
    assert (await talk.reply())[:2] == b"\0\1"
    assert await talk.is_closed()


async def test_an_end_in_the_middle_of_a_message_closes(talk: Talk) -> None:
    talk.writer.write(framed(packet(1, "fast."))[:10])
    talk.writer.write_eof()
    assert await talk.is_closed()


async def test_a_packet_without_reply_leaves_the_connection_open(talk: Talk) -> None:
    talk.writer.write(framed(b"short") + framed(packet(2, "fast.")))
    assert (await talk.reply())[:2] == b"\0\2"


async def test_a_client_that_does_not_read_is_not_read_from(server: Serving, gate: Gate) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.endpoint.port, limit=1024)
    query = framed(packet(1, "big."))
    writer.write(query * 2000)
    connections = server.server.connections
    async with asyncio.timeout(PATIENCE):
        while connections.stalled.oldest() is None:  # noqa: ASYNC110 - the kernel's buffers fill in their time
            await asyncio.sleep(0)
    answered = gate.asked
    assert answered < 2000
    (connection,) = server.server.connections.all()
    assert connection.octets_held <= READ_OCTETS + WRITE_BUFFER + MAX_IN_FLIGHT * 65537
    assert server.server.connections.stalled.oldest() is connection
    writer.transport.abort()
    del reader


async def test_idle_reading_and_stalled_states_have_their_own_time_outs(talk: Talk, server: Serving) -> None:
    connections = server.server.connections
    talk.writer.write(framed(packet(1, "fast.")))
    await talk.reply()
    assert connections.idle.oldest() is not None
    assert connections.reading.oldest() is None
    talk.writer.write(b"\0")
    while connections.reading.oldest() is None:  # noqa: ASYNC110 - the state is the kernel's to deliver
        await asyncio.sleep(0)
    assert connections.idle.oldest() is None


async def test_a_client_that_stays_busy_keeps_its_whole_idle_time(talk: Talk, server: Serving) -> None:
    other = await asyncio.open_connection("127.0.0.1", server.endpoint.port)
    await asyncio.sleep(0.01)
    longest_idle = server.server.connections.idle.oldest()
    talk.writer.write(framed(packet(1, "fast.")))
    await talk.reply()
    assert server.server.connections.idle.oldest() is not longest_idle
    other[1].close()
    await other[1].wait_closed()


class UnreadTransport(asyncio.Transport):
    """A connection on which octets are left that the client does not read: closing it does not end it."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 53)})
        self.ended: list[str] = []

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def is_closing(self) -> bool:
        return bool(self.ended)

    def close(self) -> None:
        self.ended.append("close")

    def abort(self) -> None:
        self.ended.append("abort")


def test_a_client_that_asks_and_does_not_read_the_last_replies_is_cut_off() -> None:
    now = 1000.0
    connections = Connections(3, lambda: now)
    connection = StreamConnection(
        ListenerService(lambda _packet, _client, _send: None), connections, receive_buffer()
    )
    transport = UnreadTransport()
    connection.connection_made(transport)
    connection.eof_received()
    now += WRITE_SECONDS
    connections.sweep()
    assert transport.ended == ["close", "abort"]
