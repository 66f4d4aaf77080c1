"""Several endpoints: the next is asked when one fails, and kept while it serves."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from clusterdns.cluster.api import ApiClient, ApiSettings, ApiStatusError, ApiUnreachable, Timeouts
from clusterdns.cluster.api.endpoints import Endpoints
from testbed.octets import Exchange, OctetServer, empty

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]

PATH = "/api/v1/services"
REFUSING = "http://127.0.0.1:1"


def client_of(*urls: str, patience: float = 60.0) -> ApiClient:
    return ApiClient(ApiSettings(endpoints=urls), timeouts=Timeouts(headers=patience))


def failing(status: int) -> Callable[[Exchange], Awaitable[None]]:
    async def answer(exchange: Exchange) -> None:
        await exchange.reply(b"no", status=status)

    return answer


async def silent(exchange: Exchange) -> None:
    del exchange


async def cutting(exchange: Exchange) -> None:
    exchange.cut()


async def test_the_next_endpoint_is_asked_when_one_refuses_and_then_kept(serve: Serve) -> None:
    server = await serve(empty)
    async with client_of(REFUSING, server.url, REFUSING) as client:
        assert client.endpoint == REFUSING
        assert (await client.get(PATH)).endpoint == server.url
        assert client.endpoint == server.url
        assert (await client.get(PATH)).endpoint == server.url


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(failing(500), id="500"),
        pytest.param(failing(502), id="502"),
        pytest.param(failing(503), id="503"),
        pytest.param(cutting, id="cut"),
    ],
)
async def test_what_fails_is_passed_by(serve: Serve, answer: Callable[[Exchange], Awaitable[None]]) -> None:
    bad, good = await serve(answer), await serve(empty)
    async with client_of(bad.url, good.url) as client:
        assert (await client.get(PATH)).endpoint == good.url


async def test_who_takes_a_request_and_says_nothing_is_passed_by(serve: Serve) -> None:
    bad = await serve(silent)
    async with client_of(bad.url, REFUSING, patience=0.05) as client:
        with pytest.raises(ApiUnreachable, match="refuses connections"):
            await client.get(PATH)
    assert len(bad.exchanges) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 504])
async def test_an_answer_that_another_would_give_too_is_not(serve: Serve, status: int) -> None:
    first, second = await serve(failing(status)), await serve(empty)
    async with client_of(first.url, second.url) as client:
        with pytest.raises(ApiStatusError) as caught:
            await client.get(PATH)
        assert client.endpoint == first.url
    assert caught.value.code == status


async def test_each_is_asked_once_and_the_last_failure_told(serve: Serve) -> None:
    first, second = await serve(failing(503)), await serve(failing(500))
    async with client_of(first.url, REFUSING, second.url) as client:
        with pytest.raises(ApiStatusError) as caught:
            await client.get(PATH)
        assert client.endpoint == first.url
    assert caught.value.code == 500
    assert (len(first.exchanges), len(second.exchanges)) == (1, 1)


async def test_streams_fail_over_too(serve: Serve) -> None:
    server = await serve(empty)
    async with client_of(REFUSING, server.url) as client, client.stream(PATH, {"watch": "1"}) as stream:
        assert stream.endpoint == server.url


async def test_who_sees_an_endpoint_go_silent_can_leave_it(serve: Serve) -> None:
    first, second = await serve(empty), await serve(empty)
    async with client_of(first.url, second.url) as client:
        client.leave(first.url)
        assert (await client.get(PATH)).endpoint == second.url


async def test_a_lone_endpoint_is_asked_again_after_it_failed(serve: Serve) -> None:
    async with client_of(REFUSING) as client:
        for _ in range(2):
            with pytest.raises(ApiUnreachable):
                await client.get(PATH)


def test_only_the_first_to_notice_moves_on() -> None:
    endpoints = Endpoints(("a", "b", "c"))
    endpoints.leave("a")
    endpoints.leave("a")
    assert endpoints.current == "b"
