"""`apiserver_qps`, `apiserver_burst` and `apiserver_max_inflight` hold."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeAlias

import pytest

from clusterdns.cluster.api import ApiClient, ApiSettings
from clusterdns.cluster.api.limits import Limits, TokenBucket
from testbed.octets import Clock, Exchange, OctetServer

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]

PATH = "/api/v1/services"


class Sleeps:
    """Sleeping that takes no time and is written down."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.asked.append(round(seconds, 9))


async def test_a_burst_is_free_and_then_the_rate_holds(clock: Clock) -> None:
    sleeps = Sleeps()
    bucket = TokenBucket(2.0, 3, clock=clock, sleep=sleeps)
    for _ in range(6):
        await bucket.take()
    assert sleeps.asked == [0.5, 1.0, 1.5]


async def test_quiet_time_fills_the_bucket_up_to_the_burst(clock: Clock) -> None:
    sleeps = Sleeps()
    bucket = TokenBucket(2.0, 3, clock=clock, sleep=sleeps)
    for _ in range(3):
        await bucket.take()
    clock.seconds += 1_000
    for _ in range(4):
        await bucket.take()
    assert sleeps.asked == [0.5]


async def test_who_gives_up_waiting_leaves_the_token(clock: Clock) -> None:
    async def forever(seconds: float) -> None:
        del seconds
        await asyncio.Event().wait()

    bucket = TokenBucket(1.0, 1, clock=clock, sleep=forever)
    await bucket.take()
    waiting = asyncio.ensure_future(bucket.take())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    clock.seconds += 1.0
    async with asyncio.timeout(1):
        await bucket.take()


@pytest.mark.parametrize(
    ("settings", "free"),
    [
        pytest.param(ApiSettings(qps=1.0), 10, id="burst-of-client-go"),
        pytest.param(ApiSettings(qps=1.0, burst=2), 2, id="burst"),
        pytest.param(ApiSettings(burst=2), 50, id="no-limit-without-qps"),
        pytest.param(ApiSettings(), 50, id="no-limit"),
    ],
)
async def test_settings_say_how_many_go_at_once(clock: Clock, settings: ApiSettings, free: int) -> None:
    sleeps = Sleeps()
    limits = Limits(settings, clock=clock, sleep=sleeps)
    for _ in range(free):
        async with limits.place() as waited:
            assert waited == 0.0
    assert sleeps.asked == []
    async with limits.place():
        pass
    assert bool(sleeps.asked) == bool(settings.qps)


async def test_only_so_many_answers_are_waited_for_at_once(serve: Serve) -> None:
    now, most = 0, 0

    async def answer(exchange: Exchange) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        await exchange.reply()

    server = await serve(answer)
    async with ApiClient(ApiSettings(endpoints=(server.url,), max_inflight=2)) as client:
        await asyncio.gather(*(client.get(PATH) for _ in range(8)))
    assert most == 2


async def test_a_running_watch_holds_no_place(serve: Serve) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.begin()
        await asyncio.Event().wait()

    server = await serve(answer)
    async with (
        ApiClient(ApiSettings(endpoints=(server.url,), max_inflight=1)) as client,
        AsyncExitStack() as watches,
        asyncio.timeout(2),
    ):
        for _ in range(5):
            await watches.enter_async_context(client.stream(PATH, {"watch": "true"}))


async def test_a_failed_request_gives_its_place_back() -> None:
    async with ApiClient(ApiSettings(endpoints=("http://127.0.0.1:1",), max_inflight=1)) as client:
        for _ in range(3):
            with pytest.raises(Exception, match="refuses connections"):
                async with asyncio.timeout(2):
                    await client.get(PATH)


@pytest.mark.parametrize(
    ("qps", "burst", "max_inflight"),
    [
        pytest.param(-0.5, 0, 0, id="qps"),
        pytest.param(0.0, -1, 0, id="burst"),
        pytest.param(0.0, 0, -1, id="max-inflight"),
    ],
)
def test_negative_limits_are_refused(qps: float, burst: int, max_inflight: int) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        ApiSettings(qps=qps, burst=burst, max_inflight=max_inflight)


def test_equal_settings_share_a_client() -> None:
    first, second = (ApiSettings(endpoints=("a", "b"), qps=2.0) for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
    assert first != ApiSettings(endpoints=("a",), qps=2.0)
