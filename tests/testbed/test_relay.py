"""The relay passes octets on, holds them back and breaks connections, as it says."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from testbed.relay import Relay, relay


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """The port of a server that sends back what it gets."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while octets := await reader.read(100):
                writer.write(octets)
        except ConnectionError:
            pass
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield int(server.sockets[0].getsockname()[1])


async def connect(way: Relay) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", way.port)


async def test_octets_are_passed_on_both_ways(echo: int) -> None:
    with relay(echo) as way:
        reader, writer = await connect(way)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        writer.close()


async def test_what_is_stalled_comes_later(echo: int) -> None:
    with relay(echo) as way:
        reader, writer = await connect(way)
        way.stall()
        writer.write(b"hello")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(5), 0.1)
        way.flow()
        assert await reader.readexactly(5) == b"hello"
        writer.close()


async def test_a_cut_resets_connections_and_spares_later_ones(echo: int) -> None:
    with relay(echo) as way:
        reader, writer = await connect(way)
        writer.write(b"hello")
        await reader.readexactly(5)
        way.cut()
        with pytest.raises(ConnectionResetError):
            await reader.read(1)
        writer.close()
        reader, writer = await connect(way)
        writer.write(b"again")
        assert await reader.readexactly(5) == b"again"
        writer.close()


async def test_without_a_server_connections_end(unused_tcp_port: int) -> None:
    with relay(unused_tcp_port) as way:
        reader, writer = await connect(way)
        assert await reader.read() == b""
        writer.close()
