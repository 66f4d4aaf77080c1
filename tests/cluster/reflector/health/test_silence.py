"""Silence that is no quiet is noticed, and quiet that is no silence is left alone."""

import asyncio
from itertools import pairwise

import pytest

from clusterdns.cluster import EndpointSlice, Service
from clusterdns.cluster.reflector import ApiSource
from clusterdns.cluster.reflector.health.silence import Silence
from testbed.following import Scene


async def test_a_quiet_healthy_watch_is_never_cut(scene: Scene) -> None:
    async with scene.following() as source:
        await asyncio.sleep(1800)
        watches = scene.server.asked("watch")
        assert len(scene.lists()) == 3
        # Each watch lives until the server ends it.
        for resource in ("namespaces", "services", "endpointslices"):
            mine = [one for one in watches if one.resource == resource]
            for before, after in pairwise(mine):
                assert after.time - before.time == pytest.approx(
                    float(before.params["timeoutSeconds"]), abs=0.5
                )
        assert source.freshness.lines() == ()
        assert all(one.restarts == 0 for one in source.freshness.resources)


async def test_an_hour_of_bookmarks_moves_the_version_on_and_lists_nothing(scene: Scene) -> None:
    async with scene.following():
        for _ in range(60):
            scene.server.pass_versions(10)
            await asyncio.sleep(60)
        assert len(scene.lists()) == 3
        assert int(scene.server.asked("watch")[-1].params["resourceVersion"]) > 1500


@pytest.mark.parametrize("after", [pytest.param(5, id="at once"), pytest.param(400, id="after bookmarks")])
async def test_a_connection_that_is_acknowledged_and_silent_is_given_up_in_150_seconds(
    scene: Scene, after: int
) -> None:
    async with scene.following() as source:
        await asyncio.sleep(after)
        scene.server.go_silent()
        scene.service("new", "10.96.0.2")
        await scene.until_right(source, 150)
        services = next(one for one in source.freshness.resources if one.name == "services")
        assert services.restarts >= 1
        assert services.relists == 1


async def test_one_silent_watch_does_not_disturb_others_that_are_heard_of(scene: Scene) -> None:
    async with scene.following() as source:
        await asyncio.sleep(130)
        scene.server.go_silent("services")
        for _ in range(20):
            await asyncio.sleep(10)
            scene.slice("web-1", "10.0.0.1", f"10.0.1.{_}")
            scene.server.put({"kind": "Namespace", "metadata": {"name": f"n{_}"}})
        assert [one.relists for one in source.freshness.resources] == [0, 1, 0]


async def test_after_etcd_was_emptied_old_names_go_and_new_ones_come_together(scene: Scene) -> None:
    async with scene.following() as source:
        await asyncio.sleep(200)
        scene.server.empty_etcd()
        scene.server.put({"kind": "Namespace", "metadata": {"name": "shop"}})
        scene.service("fresh", "10.96.0.9")
        scene.slice("fresh-1", "10.0.0.9")
        seen = states(source)
        await scene.until_right(source, 180)
    # Lists of Services and of slices arrived at different times, and yet there is no state but these.
    assert seen == [{"service web", "slice web-1"}, {"service fresh", "slice fresh-1"}]


def states(source: ApiSource) -> list[set[str]]:
    """What is in the table now, and after each change of it from now on; states alike are one."""
    services, slices = source.table.objects(Service), source.table.objects(EndpointSlice)

    def look(*_: object) -> None:
        now_there = {f"service {name}" for _, name in services} | {f"slice {name}" for _, name in slices}
        if not seen or seen[-1] != now_there:
            seen.append(now_there)

    seen: list[set[str]] = []
    look()
    source.table.rows.subscribe(look)
    return seen


async def test_a_restored_backup_is_noticed_though_a_name_has_the_version_of_another_content(
    scene: Scene,
) -> None:
    async with scene.following() as source:
        backup = scene.server.version
        scene.service("web", "10.96.0.7")
        scene.service("more", "10.96.0.8")
        scene.server.pass_versions(1000)
        await asyncio.sleep(130)
        scene.server.restore_backup(backup)
        scene.service("web", "10.96.0.5")  # in the version that the table has for another address
        scene.service("more", "10.96.0.6")
        await scene.until_right(source, 180)


async def test_while_etcd_is_down_the_last_state_stays_and_afterwards_it_is_right(scene: Scene) -> None:
    async with scene.following() as source:
        await asyncio.sleep(130)
        scene.server.etcd_down()
        await asyncio.sleep(300)
        assert ("shop", "web") in source.table.objects(Service)
        scene.server.etcd_up()
        scene.service("new", "10.96.0.2")
        await scene.until_right(source, 60)


def test_the_limit_follows_the_bookmarks_observed() -> None:
    silence = Silence()
    silence.opened(0)
    assert silence.limit == 140
    for moment in (10, 70, 130):
        silence.bookmark(moment)
    assert silence.limit == 125
    silence.opened(200)
    for moment in (201, 202, 203, 204, 205):
        silence.bookmark(moment)
    assert silence.limit == 75
    silence.bookmark(400)
    assert silence.limit == 140


@pytest.mark.parametrize("verb", ["watch", "list"])
async def test_a_request_that_is_never_answered_is_made_again_in_a_minute(scene: Scene, verb: str) -> None:
    async with scene.following() as source:
        if verb == "list":
            scene.server.refuse_streaming_list()
            scene.server.expire("services")
        scene.server.no_headers(verb, "services")
        scene.server.close_watches("services")
        scene.service("new", "10.96.0.2")
        await scene.until_right(source, 60)
