"""A server that is down is asked seldom, and found soon when it is back."""

import asyncio
from itertools import pairwise

import pytest

from testbed.apiserver import ApiServer
from testbed.following import Scene, now

SEEDS = range(3)
REPLICAS = 12


@pytest.mark.parametrize("seed", SEEDS)
async def test_twenty_seconds_down_are_over_five_seconds_later(scene: Scene, seed: int) -> None:
    async with scene.following(seed=seed) as source:
        await scene.server.stop()
        await asyncio.sleep(20)
        await scene.server.start()
        scene.service("new", "10.96.0.2")
        scene.slice("new-1", "10.0.0.2")
        await scene.until_right(source, 5)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_start_that_is_refused_for_thirty_seconds_is_right_ten_seconds_later(
    scene: Scene, seed: int
) -> None:
    await scene.server.stop()
    async with scene.following(seed=seed, synced=False) as source:
        await asyncio.sleep(30)
        assert not source.table.synced
        await scene.server.start()
        await asyncio.wait_for(source.wait_synced(), 10)
        assert scene.differences(source) == []


@pytest.mark.parametrize(
    ("status", "was_synced"),
    [
        pytest.param(500, True, id="500 later"),
        pytest.param(503, False, id="503 at the start"),
        pytest.param(403, False, id="403 at the start"),
        pytest.param(401, True, id="401 later"),
    ],
)
async def test_a_steady_failure_costs_at_most_a_request_in_two_seconds(
    scene: Scene, status: int, was_synced: bool
) -> None:
    if not was_synced:
        scene.server.status(status, times=None)
    async with scene.following(synced=was_synced, pods=True):
        scene.server.status(status, times=None)
        began = now()
        scene.server.close_watches()
        await asyncio.sleep(60)
        assert 3 <= len(scene.since(began)) <= 0.5 * 60
        await asyncio.sleep(540)
        assert len(scene.since(began + 300)) <= 0.2 * 300


async def test_attempts_have_no_fixed_beat(scene: Scene) -> None:
    async with scene.following():
        scene.server.status(500, times=None)
        began = now()
        scene.server.close_watches()
        await asyncio.sleep(600)
        times = sorted(one.time for one in scene.since(began) if one.resource == "services")
        gaps = [round(after - before, 1) for before, after in pairwise(times)]
        assert len(set(gaps)) > 0.7 * len(gaps)
        assert 30 <= max(gaps) <= 70


async def test_what_the_server_asks_us_to_wait_is_waited_and_the_version_kept(scene: Scene) -> None:
    async with scene.following() as source:
        scene.server.throttle(retry_after=20, times=None, verb="watch", resource="services")
        began = now()
        scene.server.close_watches("services")
        await asyncio.sleep(100)
        asked = [one for one in scene.since(began) if one.resource == "services"]
        assert 2 <= len(asked) <= 5
        assert all(after.time - before.time >= 20 for before, after in pairwise(asked))
        assert {one.params["resourceVersion"] for one in asked} == {"1003"}
        scene.server.heal()
        scene.service("new", "10.96.0.2")
        await scene.until_right(source, 60)


async def test_the_last_known_state_is_served_on_and_is_stale_after_three_minutes(scene: Scene) -> None:
    async with scene.following() as source:
        generation = source.table.rows.generation
        await scene.server.stop()
        await asyncio.sleep(170)
        assert source.table.synced
        assert not source.freshness.stale
        assert len(source.freshness.lines()) == 3
        assert source.table.rows.generation == generation
        await asyncio.sleep(15)
        assert source.freshness.stale
        assert source.table.rows.generation == generation + 1
        await scene.server.start()
        await asyncio.sleep(90)
        assert not source.freshness.stale
        assert source.table.rows.generation == generation + 2


async def test_an_outage_is_logged_once_and_so_is_its_end(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene.following():
        caplog.clear()
        await scene.server.stop()
        await asyncio.sleep(300)
        await scene.server.start()
        await asyncio.sleep(90)
    warnings = [one for one in caplog.messages if "are not followed" in one]
    assert len(warnings) <= 6
    assert len([one for one in caplog.messages if "followed again" in one]) == 3


async def test_many_replicas_do_not_come_back_together() -> None:
    async with ApiServer(clock=asyncio.get_running_loop().time) as server:
        scene = Scene(server)
        sources = [scene.source(seed=seed) for seed in range(REPLICAS)]
        for source in sources:
            await source.__aenter__()
        for source in sources:
            await source.wait_synced()
        await asyncio.sleep(2)
        await server.stop()
        await asyncio.sleep(20)
        began = now()
        await server.start()
        await asyncio.sleep(10)
        times = sorted(one.time - began for one in scene.since(began))
        for source in sources:
            await source.__aexit__(None, None, None)
    for second in range(4):
        share = len([one for one in times if second <= one < second + 1]) / len(times)
        assert share < 0.6, (second, share)
    assert times[-1] < 6
