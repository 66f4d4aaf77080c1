"""Whatever happens to a list or a watch, the table is right again soon and with few requests."""

import asyncio
from collections.abc import Callable

import pytest

from clusterdns.cluster import Service
from testbed.apiserver import ApiServer
from testbed.following import Scene, now

Break = Callable[[ApiServer], object]


@pytest.mark.parametrize(
    ("fault", "lists"),
    [
        pytest.param(lambda server: server.expire(), 1, id="410 in a watch"),
        pytest.param(lambda server: (server.fail_next("watch", status=410), server.close_watches()), 1,
                     id="410 as the status of a watch"),
        pytest.param(lambda server: (server.expire(), server.fail_next("watch", status=410)), 2,
                     id="410 in a watch and as the status of the list"),
        pytest.param(lambda server: server.error_watches(500), 0, id="500 in a watch"),
        pytest.param(lambda server: (server.fail_next("watch", status=500), server.close_watches()), 0,
                     id="500 as the status of a watch"),
        pytest.param(lambda server: (server.throttle(times=3), server.close_watches()), 0, id="429"),
        pytest.param(lambda server: (server.too_large_version("watch"), server.close_watches()), 1,
                     id="a version that is too large, in a watch"),
        pytest.param(lambda server: (server.reset("watch"), server.close_watches()), 0, id="reset"),
        pytest.param(lambda server: server.close_watches(reset=True), 0, id="reset in a watch"),
        pytest.param(lambda server: server.close_watches(), 0, id="closed in good order"),
        pytest.param(lambda server: server.cut_mid_json(), 0, id="cut in the middle of an event"),
        pytest.param(lambda server: (server.empty_200("watch"), server.close_watches()), 0,
                     id="200 and nothing"),
        pytest.param(lambda server: server.replay_events(20), 0, id="events once more"),
        pytest.param(lambda server: server.duplicate_events(), 0, id="each event twice"),
        pytest.param(lambda server: server.delete_unknown("Service", "shop", name="nobody"), 0,
                     id="what nobody knows is deleted"),
    ],
)  # fmt: skip
async def test_after_a_fault_the_table_is_right_within_five_seconds(
    scene: Scene, fault: Break, lists: int
) -> None:
    async with scene.following() as source:
        before = len(scene.lists("services"))
        fault(scene.server)
        scene.service("after", "10.96.0.2")
        scene.slice("after-1", "10.0.0.2")
        scene.server.delete("Service", "shop", "web")
        await scene.until_right(source, 5)
        assert len(scene.lists("services")) - before <= lists
        await asyncio.sleep(10)
        assert source.freshness.lines() == ()
        scene.service("later", "10.96.0.3")
        await scene.until_right(source, 0.1)


async def test_each_of_many_410s_is_over_in_three_seconds(scene: Scene) -> None:
    async with scene.following() as source:
        for number in range(5):
            await asyncio.sleep(3)
            scene.server.expire()
            scene.service(f"new-{number}", "10.96.0.2")
            await scene.until_right(source, 3)


async def test_a_page_that_has_expired_is_asked_for_from_the_start(scene: Scene) -> None:
    scene.server.refuse_streaming_list()
    for number in range(1200):
        scene.service(f"s{number}", "10.96.1.1")
    async with scene.following() as source:
        scene.server.fail_next("list", "services", status=410, after=1)
        scene.server.expire("services")
        scene.service("new", "10.96.1.2")
        await scene.until_right(source, 5)
        tokens = ["continue" in one.params for one in scene.server.asked("list", "services")]
        assert tokens[-5:] == [False, True, False, True, True]


async def test_watches_that_end_every_five_seconds_cost_no_list_and_no_event(scene: Scene) -> None:
    async with scene.following() as source:
        before = len(scene.lists())
        for number in range(12):
            scene.service(f"before-{number}", "10.96.0.2")
            scene.server.close_watches()
            scene.service(f"between-{number}", "10.96.0.2")
            await scene.until_right(source, 0.2)
            await asyncio.sleep(5)
        assert len(scene.lists()) == before


async def test_a_thousand_watches_that_close_at_once_are_asked_for_slowly(scene: Scene) -> None:
    async with scene.following() as source:
        scene.server.rapid_closes(1000)
        began = now()
        scene.server.close_watches()
        await asyncio.sleep(120)
        assert len(scene.since(began)) <= 0.5 * 120
        scene.server.heal()
        scene.service("after", "10.96.0.2")
        await scene.until_right(source, 15)


async def test_a_watch_that_is_forbidden_says_which_rule_is_missing(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene.following() as source:
        scene.server.forbid("watch", "services")
        scene.server.close_watches()
        await asyncio.sleep(100)
        (line,) = source.freshness.lines()
        assert line.startswith("services: not fresh since 1970-01-01T00:16:4")
        assert 'no ClusterRole of ours has the verb "watch" on "services" of apiGroup ""' in line
        assert len([one for one in caplog.messages if "are not followed" in one]) == 1
        scene.server.allow("watch", "services")
        scene.service("after", "10.96.0.2")
        await scene.until_right(source, 60)
        await asyncio.sleep(1.5)
        assert source.freshness.lines() == ()
        assert caplog.messages[-1] == "services are followed again"


async def test_an_object_without_a_version_is_taken_and_the_position_kept(scene: Scene) -> None:
    async with scene.following() as source:
        send(scene.server, b'{"type":"ADDED","object":{"metadata":{"name":"odd","namespace":"shop"}}}')
        await asyncio.sleep(0.1)
        assert ("shop", "odd") in source.table.objects(Service)
        scene.server.close_watches()
        await asyncio.sleep(0.1)
        assert scene.server.asked("watch", "services")[-1].params["resourceVersion"] == "1003"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b'{"type":"ADDED","object":{"metadata":{"name":["web"],"namespace":"shop"}}}',
                     id="odd name"),
        pytest.param(b'{"type":"MODIFIED","object":{"metadata":{"name":"web","namespace":"shop"},"x":NaN}}',
                     id="no JSON"),
        pytest.param(b'{"type":"MODIFIED","object":7}', id="no object"),
        pytest.param(b'{"type":"MODIFIED","object":NaN}', id="nothing at all"),
        pytest.param(b'{"type":"BOOKMARK","object":{}}', id="odd bookmark"),
        pytest.param(b'{"type":"DELETED","object":{}}', id="nothing is deleted"),
        pytest.param(b'{"type":"TELEPORTED","object":{}}', id="odd type"),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_leaves_what_is_known_and_the_watch(scene: Scene, line: bytes) -> None:
    async with scene.following() as source:
        send(scene.server, line)
        scene.service("next", "10.96.0.2")
        await scene.until_right(source, 0.1)
        assert len(scene.server.requests) == 3


async def test_a_line_that_is_no_event_ends_the_watch_after_what_came_before(scene: Scene) -> None:
    async with scene.following() as source:
        scene.service("before", "10.96.0.2")
        send(scene.server, b"<html>")
        scene.service("after", "10.96.0.3")
        await scene.until_right(source, 5)
        assert scene.server.asked("watch", "services")[-1].params["resourceVersion"] == "1004"


def send(server: ApiServer, line: bytes) -> None:
    """A line in every watch of Services."""
    for watcher in server._engine.watchers.select("services"):
        watcher.send(line + b"\n")
