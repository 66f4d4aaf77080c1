"""A cancelled call closes its connection and leaves nothing that the collector would complain of."""

import asyncio
import gc
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeAlias

import pytest
import trustme

from clusterdns.cluster.api import ApiClient, ApiSettings
from testbed.octets import Exchange, OctetServer

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]
Kubeconfig: TypeAlias = Callable[..., ApiSettings]
Answer: TypeAlias = Callable[[Exchange], Awaitable[None]]

PATH = "/api/v1/services"


async def nothing(exchange: Exchange) -> None:
    del exchange


async def half_the_headers(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-")


async def half_a_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")


async def half_a_refusal(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 403 No\r\nContent-Length: 99\r\n\r\n{")


async def half_a_stream(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.chunk(b'1\n{"a":')


async def read(client: ApiClient) -> None:
    await client.get(PATH)


async def watch(client: ApiClient) -> None:
    async with client.stream(PATH, {"watch": "true"}) as stream:
        async for _ in stream:
            pass


@pytest.fixture(params=[False, True], ids=["http", "https"])
def shown(request: pytest.FixtureRequest, certificate: trustme.LeafCert) -> trustme.LeafCert | None:
    """The server's certificate, if it has one."""
    return certificate if request.param else None


@pytest.mark.parametrize("call", [pytest.param(read, id="get"), pytest.param(watch, id="stream")])
@pytest.mark.parametrize("answer", [nothing, half_the_headers, half_a_body, half_a_refusal, half_a_stream])
async def test_a_cancelled_call_leaves_nothing(
    serve: Serve,
    shown: trustme.LeafCert | None,
    kubeconfig: Kubeconfig,
    answer: Answer,
    call: Callable[[ApiClient], Coroutine[Any, Any, None]],
) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    asked = asyncio.Event()

    async def noted(exchange: Exchange) -> None:
        await answer(exchange)
        asked.set()

    server = await serve(noted, certificate=shown)
    settings = kubeconfig(server=server.url, cluster="insecure-skip-tls-verify: true")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        async with ApiClient(settings) as client:
            calling = asyncio.ensure_future(call(client))
            await asked.wait()
            await asyncio.sleep(0.01)
            calling.cancel()
            await asyncio.gather(calling, return_exceptions=True)
            async with asyncio.timeout(1):
                await server.gone.wait()
        del calling
        await asyncio.sleep(0)
        gc.collect()
    assert [str(warning.message) for warning in caught] == []
    assert complaints == []
