"""One object can only hurt itself: what comes before and after it is applied, and it is named."""

import asyncio
import logging
from collections.abc import Callable
from random import Random

import pytest

from clusterdns.cluster import Service
from clusterdns.cluster.api import ApiSettings, framing
from clusterdns.cluster.cluster_follower import ClusterFollower, FollowerSettings
from clusterdns.cluster.reflector import ApiSource, SourceSettings
from clusterdns.cluster.reflector.listing import items
from testbed.following import Scene

DEEP = '"managedFields":[{"fieldsV1":' + '{"f:a":' * 10_000 + "{}" + "}" * 10_000 + "}]"
HALF = r'"managedFields":[{"fieldsV1":{"f:\ud800":{}}}]'
NO_JSON = '"managedFields":NaN'
LARGE = ',"x":"' + "x" * 200_000 + '"'
HOSTILE = {
    "kind": "Service",
    "metadata": {"namespace": "shop", "name": "hostile"},
    "spec": {"clusterIP": "10.96.6.6"},
}
NAMES = ("shop", "hostile")
KEPT = "Service shop/hostile: not readable, what was known of it is served on: "

Begin = Callable[[Scene], object]
WAYS = pytest.mark.parametrize(
    "begin",
    [
        pytest.param(lambda scene: None, id="streaming list"),
        pytest.param(lambda scene: scene.server.refuse_streaming_list(), id="pages"),
    ],
)


def put(scene: Scene, *, metadata: str = "", own: str = "", ip: str = "10.96.6.6") -> None:
    """Create or change the object, with more members in its metadata or beside it."""
    rest = f'{{"spec":{{"clusterIP":"{ip}"}}{own}}}'
    scene.server.put_raw("Service", "shop", name="hostile", metadata=metadata, rest=rest)


def ip_of(source: ApiSource) -> bytes | None:
    item = source.table.objects(Service).get(NAMES)
    return item.cluster_ips[0] if isinstance(item, Service) else None


@pytest.mark.parametrize("metadata", [DEEP, HALF])
@WAYS
async def test_a_field_that_is_not_read_is_no_reason_to_leave_an_object_out(
    scene: Scene, begin: Begin, metadata: str
) -> None:
    begin(scene)
    put(scene, metadata=metadata)
    async with scene.following() as source:
        assert scene.differences(source) == []
        for number in range(3):
            put(scene, metadata=metadata)
            scene.service(f"after-{number}", "10.96.0.2")
            await scene.until_right(source, 0.2)
        scene.server.expire()
        await asyncio.sleep(5)
        scene.server.delete("Service", *NAMES)
        await scene.until_right(source, 1)
        assert source.left_out.lines() == ()


@WAYS
async def test_what_is_no_json_is_named_and_its_last_state_kept(scene: Scene, begin: Begin) -> None:
    begin(scene)
    put(scene)
    async with scene.following() as source:
        before = len(scene.server.requests)
        put(scene, metadata=NO_JSON)
        scene.service("after", "10.96.0.2")
        await asyncio.sleep(0.2)
        assert ("shop", "after") in source.table.objects(Service)
        assert ip_of(source) == bytes((10, 96, 6, 6))
        (line,) = source.left_out.lines()
        assert line.startswith(KEPT)
        assert len(scene.server.requests) == before
        put(scene)
        await scene.until_right(source, 0.2)
        assert source.left_out.lines() == ()


@pytest.fixture
def small_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound of 100,000 octets for streams and lists."""
    lines, taken = framing.Lines.__init__, items.Items.__init__
    monkeypatch.setattr(framing.Lines, "__init__", lambda self, **_: lines(self, largest=100_000))
    monkeypatch.setattr(items.Items, "__init__", lambda self, **_: taken(self, largest=100_000))


@pytest.mark.usefixtures("small_bound")
class TestOversized:
    async def test_the_stream_goes_on_and_does_not_come_back_to_it(self, scene: Scene) -> None:
        put(scene)
        async with scene.following() as source:
            before = len(scene.server.requests)
            put(scene, own=LARGE)
            version = scene.server.version
            await asyncio.sleep(0.2)
            assert ip_of(source) == bytes((10, 96, 6, 6))
            (line,) = source.left_out.lines()
            assert line.startswith(f"{KEPT}the document has 200")
            assert len(scene.server.requests) == before
            scene.server.close_watches()
            scene.service("after", "10.96.0.2")
            await asyncio.sleep(1)
            assert ("shop", "after") in source.table.objects(Service)
            assert scene.server.asked("watch", "services")[-1].params["resourceVersion"] == str(version)
            scene.server.delete("Service", *NAMES)
            await scene.until_right(source, 1)
            assert source.left_out.lines() == ()

    @WAYS
    async def test_it_may_be_in_a_list(self, scene: Scene, begin: Begin) -> None:
        begin(scene)
        put(scene, own=LARGE)
        async with scene.following() as source:
            assert ip_of(source) is None
            assert len(source.left_out.lines()) == 1
            put(scene)
            await scene.until_right(source, 0.2)
            assert source.left_out.lines() == ()

    @WAYS
    async def test_a_list_keeps_what_is_known_of_it(self, scene: Scene, begin: Begin) -> None:
        put(scene)
        async with scene.following() as source:
            begin(scene)
            put(scene, own=LARGE)
            scene.server.expire()
            scene.service("after", "10.96.0.2")
            await asyncio.sleep(5)
            assert ("shop", "after") in source.table.objects(Service)
            assert ip_of(source) == bytes((10, 96, 6, 6))
            assert len(source.left_out.lines()) == 1

    async def test_one_that_is_deleted_is_gone(self, scene: Scene) -> None:
        put(scene)
        async with scene.following() as source:
            put(scene, own=LARGE)
            scene.server.delete("Service", *NAMES)
            await scene.until_right(source, 0.2)

    async def test_one_whose_name_comes_late_is_counted(self, scene: Scene) -> None:
        async with scene.following() as source:
            filling = b'{"type":"MODIFIED","object":{"x":"' + b"x" * 200_000
            for watcher in scene.server._engine.watchers.select("services"):
                watcher.send(filling + b'","metadata":{"namespace":"shop","name":"web"}}}\n')
            scene.service("after", "10.96.0.2")
            await scene.until_right(source, 0.2)
            (line,) = source.left_out.lines()
            assert line.startswith("Service without a readable name: ")
            scene.server.expire()
            await asyncio.sleep(5)
            assert source.left_out.lines() == ()


async def test_an_update_moves_the_state_on(scene: Scene) -> None:
    put(scene)
    async with scene.following() as source:
        scene.server.put(HOSTILE | {"spec": {"clusterIP": "10.96.7.7", "ports": [{"port": 0}, {"port": 80}]}})
        await asyncio.sleep(0.2)
        assert ip_of(source) == bytes((10, 96, 7, 7))
        (line,) = source.left_out.lines()
        assert line == ("Service shop/hostile: served without a part: spec.ports[0].port: expected int >= 1")


async def test_an_object_is_named_once(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    async with scene.following() as source:
        for number in range(50):
            spec = {"clusterIPs": ["ten", f"10.96.6.{number}"]}
            scene.server.put(HOSTILE | {"spec": spec})
            await asyncio.sleep(0.05)
        assert ip_of(source) == bytes((10, 96, 6, 49))
        lines = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
        assert lines == [*source.left_out.lines()]
        assert source.left_out.documents == {"Service": 50}


@pytest.mark.parametrize("own", ["", ',"x":NaN'])
async def test_an_audit_calls_nothing_of_it_missed(scene: Scene, own: str) -> None:
    put(scene)
    settings = FollowerSettings(
        source=SourceSettings(api=ApiSettings(endpoints=(scene.server.url,))), audit_seconds=60.0
    )
    clock = asyncio.get_running_loop().time
    async with ClusterFollower(settings, random=Random(1), clock=clock, now=clock) as kept:
        await kept.source.wait_synced()
        put(scene, own=own, ip="ten")
        await asyncio.sleep(300)
        assert kept.auditor is not None
        figures = kept.auditor.figures["services"]
        assert (figures.missed, figures.failed) == (0, 0)
        assert figures.done >= 3
        assert len(kept.left_out.lines()) == 1


async def test_pages_get_smaller_when_objects_are_large(scene: Scene) -> None:
    scene.server.refuse_streaming_list()
    for number in range(12):
        scene.server.put_huge("Service", "shop", name=f"huge-{number}", octets=4_000_000)
    async with scene.following() as source:
        assert scene.differences(source) == []
        scene.server.expire()
        scene.server.fail_next("list", "services", status=410)
        await asyncio.sleep(10)
        limits = [int(one.params["limit"]) for one in scene.server.asked("list", "services")]
        assert limits[0] == 500
        assert limits[-4:] == [4, 4, 4, 4]
        assert scene.differences(source) == []
