"""Everything is listed once, one way or another, and only then is the table synced."""

import asyncio
from collections.abc import Callable

import pytest

from clusterdns.cluster import Service
from clusterdns.cluster.reflector.listing.gathering import Gathering
from testbed.apiserver import ApiServer
from testbed.following import Scene

Break = Callable[[ApiServer], object]


async def test_a_streaming_list_goes_on_as_a_watch(scene: Scene) -> None:
    async with scene.following() as source:
        assert scene.differences(source) == []
        assert len(scene.server.requests) == 3
        scene.service("late", "10.96.0.2")
        await scene.until_right(source, 0.1)
        assert len(scene.server.requests) == 3


@pytest.mark.parametrize(
    ("fault", "within"),
    [
        pytest.param(ApiServer.refuse_streaming_list, 0.1, id="refused"),
        pytest.param(ApiServer.ignore_streaming_list, 30, id="ignored"),
        pytest.param(ApiServer.no_final_bookmark, 30, id="without its last bookmark"),
        pytest.param(lambda server: server.fail_next("watch", "services", status=500), 5, id="500"),
        pytest.param(lambda server: server.fail_next("watch", "services", status=403), 5, id="403"),
        pytest.param(lambda server: server.rapid_closes(1, "services"), 5, id="closed at once"),
        pytest.param(lambda server: server.cut_mid_json("watch"), 5, id="cut in the middle"),
    ],
)
async def test_a_streaming_list_that_does_not_work_is_replaced_by_pages(
    scene: Scene, fault: Break, within: float
) -> None:
    fault(scene.server)
    async with scene.following(synced=False) as source:
        await asyncio.wait_for(source.wait_synced(), within)
        assert scene.differences(source) == []
        assert scene.server.count("list") >= 1


async def test_the_first_list_may_come_from_a_cache_and_later_ones_are_not_older_than_what_is_known(
    scene: Scene,
) -> None:
    scene.server.refuse_streaming_list()
    async with scene.following(endpoints=False) as source:
        first = scene.server.asked("list", "services")
        assert [one.params.get("resourceVersion") for one in first] == ["0"]
        version = source.table.objects(Service)["shop", "web"].version
        scene.server.expire("services")
        await asyncio.sleep(2)
        (relist,) = scene.server.asked("list", "services")[1:]
        assert "resourceVersion" not in relist.params
        assert version


async def test_pages_are_followed_to_the_last(scene: Scene) -> None:
    scene.server.refuse_streaming_list()
    for number in range(1200):
        scene.service(f"s{number}", "10.96.1.1")
    async with scene.following() as source:
        scene.server.expire()
        scene.service("last", "10.96.1.2")
        await scene.until_right(source, 5)
        pages = [one for one in scene.server.asked("list", "services") if "resourceVersion" not in one.params]
        assert len(pages) == 3
        assert ["continue" in one.params for one in pages] == [False, True, True]


async def test_nothing_is_in_the_table_before_every_resource_is_listed(scene: Scene) -> None:
    scene.server.forbid("", "endpointslices")
    async with scene.following(synced=False) as source:
        await asyncio.sleep(20)
        assert not source.table.synced
        assert not source.table.objects(Service)
        scene.service("meanwhile", "10.96.0.3")
        scene.server.delete("Service", "shop", "web")
        scene.server.allow("", "endpointslices")
        await asyncio.wait_for(source.wait_synced(), 10)
        assert scene.differences(source) == []


async def test_a_start_that_takes_long_is_spoken_of_once(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.server.forbid("", "endpointslices")
    async with scene.following(synced=False):
        await asyncio.sleep(60)
    (line,) = [one for one in caplog.messages if one.startswith("not synced after 5 s")]
    assert 'no ClusterRole of ours has the verb "watch" on "endpointslices"' in line


async def test_a_table_that_takes_long_to_fill_is_spoken_of_too(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stuck(_: Gathering) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Gathering, "_flush", stuck)
    async with scene.following(synced=False):
        await asyncio.sleep(6)
    assert "not synced after 5 s: all was listed but is not in the table yet" in caplog.messages


async def test_entering_waits_for_nobody(scene: Scene) -> None:
    scene.server.hold()
    began = asyncio.get_running_loop().time()
    async with scene.following(synced=False) as source:
        assert asyncio.get_running_loop().time() == began
        assert not source.table.synced
    scene.server.release()
