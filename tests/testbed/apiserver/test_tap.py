"""The TCP proxy that can stop forwarding."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import aiohttp
import pytest

from testbed.apiserver import ApiServer, Tap
from testbed.apiserver.client import RawClient


async def soon(condition: Callable[[], bool]) -> bool:
    """Whether a condition holds within a second."""
    for _ in range(1000):
        if condition():
            return True
        await asyncio.sleep(0.001)
    return False


@pytest.fixture
async def tap(shops: ApiServer) -> AsyncGenerator[Tap, None]:
    async with Tap(shops.port) as tap:
        yield tap


@pytest.fixture
async def tapped(tap: Tap) -> AsyncGenerator[RawClient, None]:
    async with RawClient(tap.url) as client:
        yield client


async def test_it_forwards(shops: ApiServer, tapped: RawClient) -> None:
    shops.put_huge("Service", "shop", name="huge")
    assert len((await tapped.list("services")).names) == 6


async def test_frozen_connections_stay_and_are_silent(
    shops: ApiServer, tap: Tap, tapped: RawClient, service: Callable[..., dict[str, Any]]
) -> None:
    stream = await tapped.watch("services", resourceVersion=1005)
    tap.freeze()
    shops.put(service("shop/new"))
    asking = asyncio.create_task(tapped.list("pods"))
    assert await stream.is_silent()
    assert not asking.done()
    assert (tap.connections, shops.count("list")) == (2, 0)
    tap.thaw()
    assert await stream.told() == ("ADDED", "new")
    assert (await asking).code == 200


async def test_connections_are_reset(tap: Tap, tapped: RawClient) -> None:
    stream = await tapped.watch("services", resourceVersion=1005)
    tap.cut()
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await stream.next()


async def test_a_server_that_is_away(shops: ApiServer, tapped: RawClient) -> None:
    await shops.stop()
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await tapped.list("services")


async def test_the_end_of_a_connection_is_passed_on(tap: Tap, tapped: RawClient, shops: ApiServer) -> None:
    stream = await tapped.watch("services", resourceVersion=1005)
    stream.close()
    await shops.until(lambda: not shops.watching())
    assert await soon(lambda: tap.connections == 0)
