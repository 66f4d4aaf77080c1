"""Streams of documents over a real connection, past the traps of the library below."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest

from clusterdns.cluster.api import (
    ApiClient,
    ApiProtocolError,
    ApiSettings,
    ApiUnreachable,
    Document,
    DocumentStream,
    Oversized,
    Unreachable,
)
from testbed.octets import Exchange, OctetServer

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]

WATCH = {"watch": "true"}
PATH = "/api/v1/services"
MIB = 1024 * 1024


def client_of(server: OctetServer) -> ApiClient:
    return ApiClient(ApiSettings(endpoints=(server.url,)))


async def all_of(stream: DocumentStream) -> list[Document]:
    return [document async for documents in stream for document in documents]


async def begin_and_wait(exchange: Exchange) -> None:
    await exchange.begin()
    await asyncio.Event().wait()


async def test_documents_come_as_they_are_sent(serve: Serve) -> None:
    more = asyncio.Event()

    async def answer(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.chunk(b'{"n":1}\n{"n":2}\n{"n"')
        await more.wait()
        await exchange.chunk(b":3}\n")
        await exchange.chunk(b"")

    async with client_of(await serve(answer)) as client, client.stream(PATH, WATCH) as stream:
        assert await anext(stream) == [b'{"n":1}', b'{"n":2}']
        more.set()
        assert await all_of(stream) == [b'{"n":3}']
        assert stream.octets == 24


async def test_the_end_between_two_documents_is_ordinary(serve: Serve) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.chunk(b"")

    async with client_of(await serve(answer)) as client, client.stream(PATH, WATCH) as stream:
        assert await all_of(stream) == []


@pytest.mark.parametrize("size", [MIB // 2 + 1, 3 * MIB // 2, 16 * MIB])
async def test_a_document_may_be_larger_than_the_librarys_lines(serve: Serve, size: int) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.chunk(b"x" * size + b"\n")
        await exchange.chunk(b"")

    async with client_of(await serve(answer)) as client, client.stream(PATH, WATCH) as stream:
        assert await all_of(stream) == [b"x" * size]


async def test_of_a_document_over_16_mib_the_beginning_comes_and_the_stream_goes_on(serve: Serve) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.chunk(b"x" * (16 * MIB + 1) + b'\n{"n":1}\n')
        await exchange.chunk(b"")

    async with client_of(await serve(answer)) as client, client.stream(PATH, WATCH) as stream:
        over, after = await all_of(stream)
    assert isinstance(over, Oversized)
    assert (over.size, after) == (16 * MIB + 1, b'{"n":1}')


@pytest.mark.parametrize(
    "politely", [pytest.param(True, id="ended"), pytest.param(False, id="connection-cut")]
)
async def test_the_end_within_a_document_breaks_the_protocol(serve: Serve, politely: bool) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.chunk(b'{"n":1}\n{"n":')
        if politely:
            await exchange.chunk(b"")
        else:
            await asyncio.sleep(0.02)
            exchange.cut()

    server = await serve(answer)
    async with client_of(server) as client, client.stream(PATH, WATCH) as stream:
        assert await anext(stream) == [b'{"n":1}']
        with pytest.raises(ApiProtocolError) as caught:
            await anext(stream)
    assert str(caught.value) == (
        f"the API server {server.url} ended a stream in the middle of a document, after 5 octets of it"
    )


@pytest.mark.parametrize("reset", [pytest.param(False, id="closed"), pytest.param(True, id="reset")])
async def test_a_connection_cut_between_two_documents_is_lost(serve: Serve, reset: bool) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.chunk(b"1\n")
        await asyncio.sleep(0.02)
        if reset:
            raw: socket.socket = exchange.writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        exchange.cut()

    server = await serve(answer)
    async with client_of(server) as client, client.stream(PATH, WATCH) as stream:
        assert await anext(stream) == [b"1"]
        with pytest.raises(ApiUnreachable) as caught:
            await anext(stream)
    assert caught.value.reason is Unreachable.LOST
    words = "broke off its answer: the connection was cut in the middle of it"
    assert str(caught.value) == f"the API server {server.url} {words}"
    assert isinstance(caught.value.__cause__, aiohttp.ClientPayloadError)


async def test_a_step_may_time_out_and_the_stream_be_read_on(serve: Serve) -> None:
    more = asyncio.Event()

    async def answer(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.chunk(b'{"half":')
        await more.wait()
        await exchange.chunk(b"1}\n")
        await exchange.chunk(b"")

    async with client_of(await serve(answer)) as client, client.stream(PATH, WATCH) as stream:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await anext(stream)
        more.set()
        assert await all_of(stream) == [b'{"half":1}']


async def test_no_time_out_cuts_a_stream(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library ends any request after 300 seconds unless told otherwise."""
    more = asyncio.Event()

    async def answer(exchange: Exchange) -> None:
        await exchange.begin()
        await more.wait()
        await exchange.chunk(b"1\n")
        await exchange.chunk(b"")

    loop = asyncio.get_running_loop()
    real = loop.time
    async with client_of(await serve(answer)) as client, client.stream(PATH, WATCH) as stream:
        reading = asyncio.ensure_future(all_of(stream))
        await asyncio.sleep(0)
        monkeypatch.setattr(loop, "time", lambda: real() + 100_000)
        await asyncio.sleep(0.05)
        assert not reading.done()
        more.set()
        assert await reading == [b"1"]


async def test_more_streams_than_the_librarys_pool_run_at_once(serve: Serve) -> None:
    """The library opens 100 connections at most unless told otherwise; 400 namespaces need 400."""
    count = 130
    async with client_of(await serve(begin_and_wait)) as client:
        open_now = 0
        all_open = asyncio.Event()

        async def watch() -> None:
            nonlocal open_now
            async with client.stream(PATH, WATCH) as stream:
                open_now += 1
                if open_now == count:
                    all_open.set()
                await all_of(stream)

        tasks = [asyncio.ensure_future(watch()) for _ in range(count)]
        async with asyncio.timeout(5):
            await all_open.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_cancelled_stream_closes_its_connection(serve: Serve) -> None:
    server = await serve(begin_and_read)
    async with client_of(server) as client:
        entered = asyncio.Event()

        async def watch() -> None:
            async with client.stream(PATH, WATCH) as stream:
                entered.set()
                await all_of(stream)

        task = asyncio.ensure_future(watch())
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(1):
            await server.gone.wait()


async def begin_and_read(exchange: Exchange) -> None:
    """Begin an answer and go back to reading, so that the end of the connection is noticed."""
    await exchange.begin()


async def test_a_stream_that_is_left_early_closes_its_connection(serve: Serve) -> None:
    server = await serve(begin_and_read)
    async with client_of(server) as client:
        async with client.stream(PATH, WATCH):
            pass
        async with asyncio.timeout(1):
            await server.gone.wait()


async def test_the_connection_of_a_stream_that_ended_is_used_again(serve: Serve) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.chunk(b"")

    server = await serve(answer)
    async with client_of(server) as client:
        for _ in range(3):
            async with client.stream(PATH, WATCH) as stream:
                await all_of(stream)
    assert len({id(exchange.writer) for exchange in server.exchanges}) == 1
