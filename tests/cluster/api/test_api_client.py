"""Whole answers, the headers of requests, bounds, time-outs, and what an observer is told."""

import asyncio
import gzip
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeAlias

import pytest

from clusterdns import __version__
from clusterdns.cluster.api import (
    ApiClient,
    ApiProtocolError,
    ApiSettings,
    ApiUnreachable,
    StreamedResponse,
    Timeouts,
    Unreachable,
)
from testbed.octets import Exchange, OctetServer, empty

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]

PATH = "/api/v1/services"


class Notes:
    """An observer that writes down what it is told, without the seconds."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def waited(self, verb: str, host: str, *, seconds: float) -> None:
        assert seconds >= 0
        self.said.append(f"waited {verb} {host}")

    def answered(self, verb: str, host: str, *, code: str, seconds: float) -> None:
        assert seconds >= 0
        self.said.append(f"answered {verb} {host} {code}")

    def received(self, host: str, *, octets: int) -> None:
        self.said.append(f"received {host} {octets}")


async def test_a_request_says_what_it_wants_and_who_asks(serve: Serve) -> None:
    server = await serve(empty)
    async with ApiClient(ApiSettings(endpoints=(server.url,))) as client:
        response = await client.get(PATH, {"labelSelector": "a in (b,c)", "limit": "500"})
    assert (response.body, response.endpoint) == (b"{}", server.url)
    request = server.exchanges[0]
    assert request.target == f"{PATH}?labelSelector=a+in+%28b%2Cc%29&limit=500"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Accept-Encoding"] == "identity"
    assert request.headers["User-Agent"].startswith(f"clusterdns/{__version__} (")
    assert "Authorization" not in request.headers


async def test_the_endpoint_may_have_a_path(serve: Serve) -> None:
    server = await serve(empty)
    async with ApiClient(ApiSettings(endpoints=(f"{server.url}/k8s/clusters/c-1/",))) as client:
        await client.get(PATH)
    assert server.exchanges[0].target == f"/k8s/clusters/c-1{PATH}"


async def all_of(answer: StreamedResponse) -> AsyncGenerator[bytes]:
    while piece := await answer.read():
        yield piece


async def test_media_types_and_gzip_can_be_asked_for(serve: Serve) -> None:
    body = b'{"items":[' + b"1," * 500_000 + b"1]}"

    async def answer(exchange: Exchange) -> None:
        await exchange.reply(gzip.compress(body), headers="Content-Encoding: gzip\r\n")

    server = await serve(answer)
    notes = Notes()
    async with (
        ApiClient(ApiSettings(endpoints=(server.url,)), observer=notes) as client,
        client.answer(PATH, accept="text/x", compressed=True) as response,
    ):
        pieces = [piece async for piece in all_of(response)]
        assert response.octets == len(gzip.compress(body))
    assert b"".join(pieces) == body
    assert max(map(len, pieces)) <= 256 * 1024
    assert server.exchanges[0].headers["Accept"] == "text/x"
    assert server.exchanges[0].headers["Accept-Encoding"] == "gzip"
    received = sum(int(line.split()[-1]) for line in notes.said if line.startswith("received"))
    assert received == len(gzip.compress(body))


@pytest.mark.parametrize(
    "body",
    [pytest.param(b"no gzip", id="other"), pytest.param(gzip.compress(b"x" * 99)[:-9], id="cut")],
)
async def test_bad_gzip_breaks_the_protocol(serve: Serve, body: bytes) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.reply(body, headers="Content-Encoding: gzip\r\n")

    server = await serve(answer)
    async with ApiClient(ApiSettings(endpoints=(server.url,))) as client:
        with pytest.raises(ApiProtocolError, match="gzip"):
            await client.get(PATH)


async def test_an_answer_is_bounded_also_when_it_was_small_as_gzip(serve: Serve) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.reply(gzip.compress(bytes(3_000_000)), headers="Content-Encoding: gzip\r\n")

    server = await serve(answer)
    async with ApiClient(ApiSettings(endpoints=(server.url,))) as client:
        with pytest.raises(ApiProtocolError, match="more than 1000000 octets"):
            await client.get(PATH, largest=1_000_000)


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        pytest.param(b"", Unreachable.NO_HEADERS, id="no-headers"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123", Unreachable.NO_BODY, id="half-a-body"
        ),
    ],
)
async def test_a_silent_server_is_left_after_a_while(
    serve: Serve, octets: bytes, reason: Unreachable
) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.send(octets)

    server = await serve(answer)
    timeouts = Timeouts(headers=0.05, body=0.05)
    async with ApiClient(ApiSettings(endpoints=(server.url,)), timeouts=timeouts) as client:
        with pytest.raises(ApiUnreachable) as caught:
            await client.get(PATH)
        async with asyncio.timeout(1):
            await server.gone.wait()
    assert caught.value.reason is reason


async def test_a_stream_waits_for_its_headers_only_so_long(serve: Serve) -> None:
    async def answer(exchange: Exchange) -> None:
        del exchange

    server = await serve(answer)
    settings = ApiSettings(endpoints=(server.url,))
    async with ApiClient(settings, timeouts=Timeouts(headers=0.05)) as client:
        with pytest.raises(ApiUnreachable) as caught:
            async with client.stream(PATH, {"watch": "true"}):
                pass
    assert str(caught.value) == (
        f"the API server {server.url} took the request and did not begin to answer within 0.05 s"
    )


async def test_an_observer_is_told_of_every_request(serve: Serve) -> None:
    server = await serve(empty)
    host = f"127.0.0.1:{server.port}"
    notes = Notes()
    async with ApiClient(ApiSettings(endpoints=(server.url,)), observer=notes) as client:
        await client.get(PATH)
        await server.__aexit__(None, None, None)
        with pytest.raises(ApiUnreachable):
            await client.get(PATH)
    assert notes.said == [
        f"waited GET {host}",
        f"answered GET {host} 200",
        f"received {host} 2",
        f"waited GET {host}",
        f"answered GET {host} <error>",
    ]


async def test_redirects_are_not_followed(serve: Serve) -> None:
    """The credentials would go along."""

    async def answer(exchange: Exchange) -> None:
        await exchange.reply(status=302, headers="Location: /elsewhere\r\n")

    server = await serve(answer)
    async with ApiClient(ApiSettings(endpoints=(server.url,))) as client:
        with pytest.raises(Exception, match="answered 302 when asked to list services"):
            await client.get(PATH)
    assert len(server.exchanges) == 1


async def test_a_client_is_entered_before_it_is_used() -> None:
    with pytest.raises(RuntimeError, match="before it is entered"):
        await ApiClient(ApiSettings(endpoints=("http://127.0.0.1:1",))).get(PATH)
