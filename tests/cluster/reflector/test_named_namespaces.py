"""With `namespaces`, a Role in each is enough."""

import asyncio

import pytest

from clusterdns.cluster import EndpointSlice, Namespace, Service
from testbed.following import Scene, now, until


@pytest.fixture
def two(scene: Scene) -> Scene:
    scene.server.put({"kind": "Namespace", "metadata": {"name": "other"}})
    scene.service("db", "10.96.0.2", namespace="other")
    scene.service("hidden", "10.96.0.3", namespace="hidden")
    return scene


NAMES = frozenset({"shop", "other"})


async def test_only_what_is_in_them_is_asked_for(two: Scene) -> None:
    two.server.forbid("list", "services", namespace="")
    two.server.forbid("watch", "namespaces")
    two.server.forbid("list", "namespaces")
    async with two.following(namespaces=NAMES) as source:
        assert set(source.table.objects(Service)) == {("shop", "web"), ("other", "db")}
        assert set(source.table.objects(EndpointSlice)) == {("shop", "web-1")}
        assert set(source.table.objects(Namespace)) == {("", "shop"), ("", "other")}
        assert {one.namespace for one in two.server.asked("watch")} == NAMES
        assert {one.name for one in two.server.asked("get", "namespaces")} == NAMES


async def test_a_relist_of_one_leaves_the_others_alone(two: Scene) -> None:
    async with two.following(namespaces=NAMES) as source:
        before = now()
        two.server.fail_next("watch", "services", status=410)
        two.server.close_watches("services")
        two.server.delete("Service", "shop", "web")
        await asyncio.sleep(5)
        assert set(source.table.objects(Service)) == {("other", "db")}
        assert len([one for one in two.lists("services") if one.time >= before]) == 1


async def test_whether_they_exist_is_looked_up_every_half_minute(two: Scene) -> None:
    async with two.following(namespaces=NAMES) as source:
        two.server.delete("Namespace", "", "other")
        await until(lambda: ("", "other") not in source.table.objects(Namespace), 31)
        two.server.put({"kind": "Namespace", "metadata": {"name": "other"}})
        await until(lambda: ("", "other") in source.table.objects(Namespace), 31)
        before = now()
        await asyncio.sleep(300)
        assert len([one for one in two.since(before) if one.verb == "get"]) == pytest.approx(20, abs=2)


async def test_one_that_does_not_exist_yet_does_not_hold_the_start_up(scene: Scene) -> None:
    async with scene.following(namespaces=frozenset({"shop", "future"})) as source:
        assert set(source.table.objects(Namespace)) == {("", "shop")}


async def test_where_looking_up_is_forbidden_they_are_assumed_to_exist_and_that_is_said_once(
    two: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    two.server.forbid("get", "namespaces")
    async with two.following(namespaces=NAMES) as source:
        await asyncio.sleep(590)
        assert set(source.table.objects(Namespace)) == {("", "shop"), ("", "other")}
        assert source.freshness.lines() == ()
    (line,) = [one for one in caplog.messages if "assumed to exist" in one]
    assert 'has the verb "get" on "namespaces"' in line
    assert two.server.count("get", "namespaces") == 2


async def test_while_they_cannot_be_looked_up_what_is_known_of_them_stays(two: Scene) -> None:
    async with two.following(namespaces=NAMES) as source:
        two.server.fail_next("get", status=500, times=None)
        await asyncio.sleep(40)
        assert set(source.table.objects(Namespace)) == {("", "shop"), ("", "other")}
        (line,) = source.freshness.lines()
        assert line.startswith("namespaces: not fresh since")
        two.server.heal()
        await asyncio.sleep(60)
        assert source.freshness.lines() == ()
