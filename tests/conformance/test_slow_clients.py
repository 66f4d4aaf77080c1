"""Clients that cost a server without asking: idle ones, half messages, an octet now and then, no reading.

The clock of the connections is the test's; the sweep that closes them runs once a second and is called.
"""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from clusterdns.testing.contexts import Clock
from clusterdns.testing.serving import Serving, serving
from clusterdns.transports.connections import IDLE_SECONDS, READ_SECONDS, WRITE_SECONDS, Connections
from clusterdns.transports.framing import framed
from clusterdns.transports.stream import READ_OCTETS, WRITE_BUFFER
from testbed.wire import query

MOST = 50
MOST_FRAME = 65537
QUERY = framed(query("web.shop.svc.cluster.local"))
LARGE = framed(query("n4092.big.svc.cluster.local"))

Talk = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Clients:
    """A server with room for few connections, and connections to it."""

    def __init__(self, server: Serving, clock: Clock) -> None:
        self.server, self.clock = server, clock
        self.connections = server.server.connections
        self._writers: list[asyncio.StreamWriter] = []

    async def connect(self, host: str = "127.0.0.1", *, limit: int = 65536) -> Talk:
        reader, writer = await asyncio.open_connection(host, self.server.endpoint.port, limit=limit)
        self._writers.append(writer)
        return reader, writer

    async def until(self, count: int) -> None:
        """Wait until the server has seen as many connections."""
        async with asyncio.timeout(5):
            while len(self.connections) != count:  # noqa: ASYNC110 - the kernel tells nobody
                await asyncio.sleep(0.001)

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.connections.sweep()

    async def close(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)


@pytest.fixture
async def clients(corefile: str) -> AsyncIterator[Clients]:
    clock = Clock()
    connections = Connections(MOST, lambda: clock.now)
    async with serving(corefile, connections=connections) as server:
        clients = Clients(server, clock)
        yield clients
        await clients.close()


async def is_closed(reader: asyncio.StreamReader) -> bool:
    async with asyncio.timeout(5):
        try:
            return await reader.read(1) == b""
        except ConnectionResetError:
            return True


async def reply_size(reader: asyncio.StreamReader) -> int:
    async with asyncio.timeout(5):
        size = int.from_bytes(await reader.readexactly(2))
        await reader.readexactly(size)
        return size


async def test_an_idle_connection_is_closed_after_ten_seconds(clients: Clients) -> None:
    reader, writer = await clients.connect()
    writer.write(QUERY)
    await reply_size(reader)
    clients.pass_time(IDLE_SECONDS - 0.1)
    writer.write(QUERY)
    await reply_size(reader)
    clients.pass_time(IDLE_SECONDS)
    assert await is_closed(reader)
    await clients.until(0)


async def test_a_connection_that_never_asks_is_closed(clients: Clients) -> None:
    reader, _ = await clients.connect()
    await clients.until(1)
    clients.pass_time(IDLE_SECONDS)
    assert await is_closed(reader)


@pytest.mark.parametrize("octets", [1, 2, 3, len(QUERY) - 1])
async def test_a_half_message_is_waited_for_three_seconds(clients: Clients, octets: int) -> None:
    reader, writer = await clients.connect()
    writer.write(QUERY[:octets])
    async with asyncio.timeout(5):
        while clients.connections.reading.oldest() is None:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    clients.pass_time(READ_SECONDS)
    assert await is_closed(reader)


async def test_an_octet_a_second_does_not_prolong_a_message(clients: Clients) -> None:
    reader, writer = await clients.connect()
    for octet in QUERY[:4]:
        writer.write(bytes((octet,)))
        await asyncio.sleep(0.005)
        clients.pass_time(READ_SECONDS / 3)
    assert await is_closed(reader)


async def test_a_client_that_does_not_read_is_cut_off(clients: Clients) -> None:
    """Ten of them, each asking for as much as it can: little is held of each, others are answered."""
    for _ in range(10):
        _, writer = await clients.connect(limit=1024)
        raw: socket.socket = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        writer.write(LARGE * 2000)
    await clients.until(10)
    assert len(await clients.server.udp(QUERY[2:])) < 512
    held = [connection.octets_held for connection in clients.connections.all()]
    assert max(held) <= READ_OCTETS + WRITE_BUFFER + MOST_FRAME
    assert len(await clients.server.udp(QUERY[2:])) < 512
    assert len(await clients.server.tcp(QUERY[2:])) < 512
    clients.pass_time(WRITE_SECONDS)
    await clients.until(0)


async def test_idle_connections_make_room_for_new_ones(clients: Clients) -> None:
    idle = [await clients.connect() for _ in range(MOST)]
    await clients.until(MOST)
    for _ in range(5):
        reader, writer = await clients.connect()
        writer.write(QUERY)
        assert await reply_size(reader) < 512
    assert [await is_closed(reader) for reader, _ in idle[:5]] == [True] * 5
    assert len(clients.connections) == MOST
    assert clients.connections.evicted == 5


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_udp_is_answered_while_tcp_is_full(clients: Clients, host: str) -> None:
    for _ in range(MOST + 5):
        _, writer = await clients.connect(host)
        writer.write(QUERY[:3])
    assert len(await clients.server.udp(QUERY[2:], host=host)) < 512
    assert len(clients.connections) <= MOST
