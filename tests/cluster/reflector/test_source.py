"""What others do with a source: figures, snapshots, repairs."""

import asyncio

import pytest

from clusterdns.cluster import EndpointSlice, Namespace, ObjectKey, Service
from clusterdns.cluster.api import ApiStatusError
from clusterdns.cluster.reflector.reflector import Reflector
from testbed.following import Scene, until


class Figures:
    def __init__(self) -> None:
        self.applications: list[tuple[str, str, float]] = []
        self.programmings: list[tuple[str, float]] = []

    def applied(self, resource: str, *, service_kind: str, seconds: float) -> None:
        self.applications.append((resource, service_kind, seconds))

    def programmed(self, service_kind: str, *, seconds: float) -> None:
        self.programmings.append((service_kind, seconds))


async def test_each_event_is_told_with_how_long_it_took(scene: Scene) -> None:
    figures = Figures()
    async with scene.following(observer=figures):
        assert figures.applications == []
        scene.service("new", "10.96.0.2")
        scene.server.delete("EndpointSlice", "shop", "web-1")
        await asyncio.sleep(0.1)
        told = [(resource, kind) for resource, kind, _ in figures.applications]
        assert told == [("services", "cluster_ip"), ("endpointslices", "cluster_ip")]
        assert all(0 <= seconds < 0.1 for *_, seconds in figures.applications)


async def test_an_event_is_told_with_the_kind_of_its_service(scene: Scene) -> None:
    figures = Figures()
    async with scene.following(observer=figures):
        scene.service("db")
        scene.external("out", "example.org")
        scene.server.delete("Service", "shop", "web")
        scene.server.put({"kind": "Namespace", "metadata": {"name": "more"}})
        await asyncio.sleep(0.1)
        scene.slice("db-1", "10.0.0.5")
        scene.slice("nobody-1", "10.0.0.7")
        await asyncio.sleep(0.1)
    assert sorted((resource, kind) for resource, kind, _ in figures.applications) == [
        ("endpointslices", ""),
        ("endpointslices", "headless"),
        ("namespaces", ""),
        ("services", "cluster_ip"),
        ("services", "external_name"),
        ("services", "headless"),
    ]


async def test_slices_of_known_services_tell_how_long_ago_they_were_triggered(scene: Scene) -> None:
    figures = Figures()
    notes = {"endpoints.kubernetes.io/last-change-trigger-time": "1970-01-01T00:16:35Z"}
    scene.service("db")
    async with scene.following(observer=figures):
        scene.slice("db-1", "10.0.0.5", **notes)
        scene.slice("web-1", "10.0.0.6", **notes)
        scene.slice("nobody-1", "10.0.0.7", **notes)
        scene.slice(
            "db-2", "10.0.0.8", **{**notes, "endpoints.kubernetes.io/last-change-trigger-time": "soon"}
        )
        await asyncio.sleep(0.1)
        kinds, seconds = zip(*figures.programmings, strict=True)
        assert kinds == ("headless_with_selector", "cluster_ip")
        assert seconds == pytest.approx((6.5, 6.5), abs=0.1)


async def test_counts_are_kept_by_resource(scene: Scene) -> None:
    async with scene.following() as source:
        services = next(one for one in source.freshness.resources if one.name == "services")
        assert (services.lists, services.relists, services.watches, services.restarts) == (1, 0, 1, 0)
        assert services.connected
        scene.server.expire("services")
        await asyncio.sleep(3)
        assert (services.lists, services.relists, services.watches, services.restarts) == (2, 1, 2, 1)
        await scene.server.stop()
        await asyncio.sleep(1)
        assert not services.connected
        assert services.failure


async def test_a_snapshot_is_served_until_the_lists_are_here_and_then_corrected(scene: Scene) -> None:
    source = scene.source()
    kept = Service(namespace="shop", name="web", cluster_ips=(b"\n`\0\1",), version="1")
    source.seed([Namespace(name="shop"), kept, Service(namespace="shop", name="gone")])
    assert source.table.synced
    assert source.freshness.from_snapshot
    await scene.server.stop()
    async with source:
        await asyncio.sleep(20)
        assert ("shop", "gone") in source.table.objects(Service)
        await scene.server.start()
        await asyncio.wait_for(source.wait_synced(), 10)
        assert scene.differences(source) == []
        assert not source.freshness.stale


async def test_the_table_has_the_versions_of_the_server(scene: Scene) -> None:
    async with scene.following() as source:
        held = source.table.objects(Service)
        assert {names: item.version for names, item in held.items()} == {("shop", "web"): "1002"}


async def test_what_a_watch_missed_is_put_right(scene: Scene) -> None:
    async with scene.following() as source:
        scene.server.drop_events(1.0)
        scene.service("missed", "10.96.0.2")
        scene.service("web", "10.96.0.3")
        scene.server.delete("EndpointSlice", "shop", "web-1")
        await asyncio.sleep(1)
        assert len(scene.differences(source)) == 3
        resources = {one.kind: one for one in source.resources}
        keys = [ObjectKey(Service, "shop", name) for name in ("missed", "web", "never")]
        assert await source.repair(resources[Service], keys) == 2
        assert await source.repair(resources[EndpointSlice], [ObjectKey(EndpointSlice, "shop", "web-1")]) == 1
        assert await source.repair(resources[EndpointSlice], [ObjectKey(EndpointSlice, "shop", "web-1")]) == 0
        assert scene.differences(source) == []
        assert [one.repairs for one in source.freshness.resources] == [0, 2, 1]


async def test_a_repair_that_cannot_be_made_says_so(scene: Scene) -> None:
    async with scene.following() as source:
        scene.server.fail_next("list", status=500)
        with pytest.raises(ApiStatusError):
            await source.repair(source.resources[1], [ObjectKey(Service, "shop", "web")])


async def test_a_watch_that_is_faster_than_a_repair_is_right(scene: Scene) -> None:
    async with scene.following() as source:
        scene.server.slow_chunks(size=20, verb="list")
        repairing = asyncio.create_task(
            source.repair(source.resources[1], [ObjectKey(Service, "shop", "web")])
        )
        await asyncio.sleep(0.05)
        scene.service("web", "10.96.0.9")
        await repairing
        await scene.until_right(source, 0.1)


async def test_a_resource_is_listed_anew_on_request(scene: Scene) -> None:
    async with scene.following() as source:
        scene.server.drop_events(1.0)
        scene.service("missed", "10.96.0.2")
        await asyncio.sleep(1)
        source.relist(source.resources[1])
        await scene.until_right(source, 1)


async def test_a_bug_is_logged_and_the_resource_followed_again(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene.following() as source:
        rounds = Reflector._round

        async def has_a_bug(self: Reflector) -> None:
            if self.state.resource.kind is Service:
                monkeypatch.setattr(Reflector, "_round", rounds)
                raise KeyError("a bug")
            await rounds(self)

        monkeypatch.setattr(Reflector, "_round", has_a_bug)
        scene.server.close_watches("services")
        await asyncio.sleep(1)
        assert "a bug ended the following of services" in caplog.text
        assert any("a bug ended it" in line for line in source.freshness.lines())
        scene.service("new", "10.96.0.2")
        await scene.until_right(source, 35)


async def test_leaving_ends_every_task_and_connection(scene: Scene) -> None:
    before = asyncio.all_tasks()
    async with scene.following():
        assert len(scene.server.watching()) == 3
    await until(lambda: scene.server.watching() == [], 1)
    assert {
        task.get_name() for task in asyncio.all_tasks() - before if "clusterdns" in str(task.get_coro())
    } == set()


async def test_two_sources_live_side_by_side(scene: Scene) -> None:
    async with scene.following() as one, scene.following(labels="no=one") as other:
        assert len(one.table.objects(Service)) == 1
        assert len(other.table.objects(Service)) == 0
