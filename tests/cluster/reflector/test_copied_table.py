"""A table that follows an API server is copied by what it publishes, whatever happens to it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from clusterdns.cluster import Table
from clusterdns.cluster.api import ApiSettings
from clusterdns.cluster.cluster_follower import STATE_SECONDS, ClusterFollower, FollowerSettings
from clusterdns.cluster.copying import TableCopy
from clusterdns.cluster.objects import key_of
from clusterdns.cluster.reflector import SourceSettings
from clusterdns.cluster.serials import Serials
from testbed.apiserver import ApiServer
from testbed.following import Scene, now

EPOCH = 1_700_000_000.0

FAULTS: tuple[Callable[[ApiServer], Any], ...] = (
    lambda server: server.expire(),
    lambda server: server.close_watches(reset=True),
    lambda server: server.replay_events(20),
    lambda server: server.fail_next("list", status=500),
    lambda server: server.forget_history(),
)


def whole(table: Table) -> object:
    """Objects, serials and state."""
    _, objects, serials, state = table.snapshot()
    return {key_of(item): item for item in objects}, serials, state


class Kept:
    """A source, and a copy of its table that was begun while it was empty."""

    def __init__(self, source: ClusterFollower) -> None:
        self.source = source
        self.copy = TableCopy(source.table.snapshot())
        source.table.subscribe(self.copy.take, name="a copy")

    def check(self) -> None:
        """To look at the table publishes complaints that are new since the last look."""
        expected = whole(self.source.table)
        assert whole(self.copy.table) == expected


@asynccontextmanager
async def keeping(
    scene: Scene, *, epoch: float = EPOCH, synced: bool = True, **options: Any
) -> AsyncGenerator[Kept]:
    """`epoch` is Unix time when the event loop began: another one is a clock that was set."""
    settings = FollowerSettings(
        source=SourceSettings(api=ApiSettings(endpoints=(scene.server.url,))), **options
    )
    source = ClusterFollower(settings, random=Random(1), clock=now, now=lambda: epoch + now())
    kept = Kept(source)
    async with source:
        if synced:
            await source.source.wait_synced()
            await asyncio.sleep(1.5)
        yield kept


def changes(scene: Scene, random: Random, count: int) -> Iterator[None]:
    for _ in range(count):
        name = f"s{random.randrange(20)}"
        match random.randrange(4):
            case 0:
                scene.server.delete("Service", "shop", name)
            case 1:
                scene.service(name, random.choice(("None", "10.96.0.7", "10.96.0.8")))
            case _:
                scene.slice(f"{name}-1", *(f"10.0.0.{random.randrange(9)}" for _ in range(3)))
        yield


async def test_after_random_changes_relists_and_faults_the_copy_is_as_the_table(scene: Scene) -> None:
    random = Random(5)
    for _ in changes(scene, random, 300):
        pass
    async with keeping(scene) as kept:
        assert len(kept.source.table.snapshot().objects) > 20
        kept.check()
        for number, _ in enumerate(changes(scene, random, 200)):
            if number % 20 == 19:
                random.choice(FAULTS)(scene.server)
            await asyncio.sleep(random.expovariate(20))
            kept.check()
        assert sum(one.relists for one in kept.source.freshness.resources) > 0
        scene.server.heal()
        await scene.until_right(kept.source.source, 60)
        kept.check()


async def test_repairs_by_an_audit_are_published(scene: Scene) -> None:
    for index in range(50):
        scene.service(f"s-{index}", "10.96.1.1")
    async with keeping(scene, audit_seconds=120.0) as kept:
        scene.server.drop_events()
        scene.service("s-1", "10.96.2.2")
        scene.server.delete("Service", "shop", "s-2")
        scene.server.heal()
        await asyncio.sleep(200)
        assert scene.differences(kept.source.source) == []
        kept.check()


async def test_complaints_and_age_reach_the_copy(scene: Scene) -> None:
    async with keeping(scene) as kept:
        state = kept.copy.table.state
        assert (state.synced, state.stale, state.complaints) == (True, False, ())
        await scene.server.stop()
        await asyncio.sleep(60)
        assert "services: not fresh since" in "\n".join(kept.copy.table.state.complaints)
        assert not kept.copy.table.state.stale
        await asyncio.sleep(180)
        assert kept.copy.table.state.stale
        await scene.server.start()
        await scene.until_right(kept.source.source, 60)
        await asyncio.sleep(STATE_SECONDS + 60)
        assert kept.copy.table.state == state


class TestRestart:
    @pytest.fixture
    def snapshot(self, tmp_path: Path) -> str:
        return str(tmp_path / "table")

    async def test_what_a_snapshot_brings_is_published_and_so_is_its_age(
        self, scene: Scene, snapshot: str
    ) -> None:
        async with keeping(scene, snapshot=snapshot):
            pass
        await scene.server.stop()
        async with keeping(scene, snapshot=snapshot, synced=False) as kept:
            kept.check()
            state = kept.copy.table.state
            assert (state.synced, state.stale, state.from_snapshot) == (True, True, True)
            scene.service("newer", "10.96.0.10")
            scene.server.delete("Service", "shop", "web")
            await scene.server.start()
            await kept.source.source.wait_synced()
            await scene.until_right(kept.source.source, 5)
            kept.check()
            assert not kept.copy.table.state.from_snapshot

    @pytest.mark.parametrize(
        "set_back",
        [
            pytest.param(0.0, id="the-clock-goes-on"),
            pytest.param(200.0, id="set-back-a-little"),
            pytest.param(100_000.0, id="set-back-so-far-that-the-snapshot-is-refused"),
        ],
    )
    async def test_serials_do_not_go_back(self, scene: Scene, snapshot: str, set_back: float) -> None:
        async with keeping(scene, snapshot=snapshot) as kept:
            await asyncio.sleep(20)
            scene.service("late", "10.96.0.10")
            await asyncio.sleep(1)
            before = kept.source.table.serials
        assert before.cluster > EPOCH + 20
        async with keeping(scene, epoch=EPOCH - set_back, snapshot=snapshot) as kept:
            assert kept.source.table.serial >= before.cluster
            scene.service("later", "10.96.0.11")
            await asyncio.sleep(1)
            assert kept.source.table.serial >= before.cluster
            kept.check()

    async def test_without_a_snapshot_they_are_unix_time(self, scene: Scene) -> None:
        async with keeping(scene) as kept:
            assert EPOCH <= kept.source.table.serial <= EPOCH + now()
            assert kept.copy.table.serials == Serials(cluster=kept.source.table.serial)
