"""When a snapshot is written."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest
from msgspec import structs

from clusterdns.cluster import ChangeSet, Service
from clusterdns.cluster.manifests.yielding import no_yield
from clusterdns.cluster.snapshot import SnapshotKeeper, SnapshotSettings, read_snapshot
from clusterdns.cluster.snapshot import keeper as keeper_module
from clusterdns.cluster.snapshot.keeper import LOOK_SECONDS
from clusterdns.testing.cluster import Cluster

EPOCH = 1_700_000_000.0


class Kept:
    """A keeper that is driven by a clock which only `pass_time` moves."""

    def __init__(self, cluster: Cluster, path: Path) -> None:
        self.seconds = 0.0
        self.path = path
        self.known: Callable[[], float | None] = lambda: EPOCH + self.seconds
        self.settings = SnapshotSettings(path=str(path), max_age=3600.0, fingerprint="ours")
        self.keeper = SnapshotKeeper(
            cluster.table,
            self.settings,
            as_of=self.as_of,
            clock=lambda: self.seconds,
            sleep=self.sleep,
        )
        self._asleep = asyncio.Event()
        self._wake = asyncio.Event()

    def as_of(self) -> float | None:
        return self.known()

    async def sleep(self, seconds: float) -> None:
        assert seconds == LOOK_SECONDS
        self._asleep.set()
        await self._wake.wait()
        self._wake.clear()

    async def pass_time(self, seconds: float) -> int:
        """How often it has been written after so much time."""
        end = self.seconds + seconds
        while self.seconds < end:
            await self._asleep.wait()
            self.seconds += LOOK_SECONDS
            self._asleep.clear()
            self._wake.set()
        await self._asleep.wait()
        return self.keeper.figures.written

    def names(self) -> set[str]:
        found = read_snapshot(self.settings, now=EPOCH + self.seconds, yield_to_loop=no_yield)
        assert found is not None
        return {item.name for item in found.objects}


@contextlib.asynccontextmanager
async def running(kept: Kept) -> AsyncGenerator[Kept]:
    task = asyncio.create_task(kept.keeper.run())
    try:
        yield kept
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await kept.keeper.end()


@pytest.fixture
def kept(cluster: Cluster, tmp_path: Path) -> Kept:
    return Kept(cluster, tmp_path / "table")


async def test_it_is_written_as_soon_as_the_table_is_true(kept: Kept) -> None:
    async with running(kept):
        assert await kept.pass_time(5) == 1
        assert "web" in kept.names()


async def test_changes_are_collected_for_a_minute(kept: Kept, cluster: Cluster) -> None:
    async with running(kept):
        await kept.pass_time(5)
        for index in range(10):
            cluster.service(f"shop/new-{index}", "10.96.1.1")
            assert await kept.pass_time(5) == 1
        assert await kept.pass_time(10) == 2
        assert "new-9" in kept.names()
        assert await kept.pass_time(300) == 2


async def test_new_versions_that_say_nothing_new_are_not_worth_a_writing(
    kept: Kept, cluster: Cluster
) -> None:
    async with running(kept):
        await kept.pass_time(5)
        web = cluster.table.objects(Service)["shop", "web"]
        cluster.table.apply(ChangeSet(put=(structs.replace(web, version="another"),)))
        assert await kept.pass_time(120) == 1


async def test_the_serials_are_kept(kept: Kept, cluster: Cluster) -> None:
    async with running(kept):
        await kept.pass_time(5)
        cluster.now += 100
        cluster.service("shop/new", "10.96.1.1")
    found = read_snapshot(kept.settings, now=EPOCH + kept.seconds, yield_to_loop=no_yield)
    assert found is not None
    assert found.serials == cluster.table.serials
    assert found.serials.cluster == EPOCH + 100


async def test_after_its_run_it_listens_no_more(kept: Kept, cluster: Cluster) -> None:
    async with running(kept):
        await kept.pass_time(5)
        cluster.service("shop/new", "10.96.1.1")
        numbered = cluster.table.snapshot().number
        assert numbered > 0
    cluster.service("shop/newer", "10.96.1.2")
    assert cluster.table.snapshot().number == numbered


async def test_without_changes_it_stays_young(kept: Kept) -> None:
    async with running(kept):
        await kept.pass_time(5)
        assert await kept.pass_time(895) == 1
        assert await kept.pass_time(10) == 2
        assert kept.keeper.figures.as_of >= EPOCH + 900


async def test_what_is_not_confirmed_is_not_written(kept: Kept) -> None:
    kept.known = lambda: None
    async with running(kept):
        assert await kept.pass_time(3600) == 0
    assert not kept.path.exists()


async def test_it_does_not_grow_younger_than_what_is_known(kept: Kept, cluster: Cluster) -> None:
    kept.known = lambda: EPOCH - 500
    async with running(kept):
        assert await kept.pass_time(5) == 1
        assert await kept.pass_time(1800) == 1
    assert kept.keeper.figures.as_of == EPOCH - 500


async def test_at_the_end_the_last_changes_are_written(kept: Kept, cluster: Cluster) -> None:
    async with running(kept):
        await kept.pass_time(5)
        cluster.service("shop/last", "10.96.1.1")
    assert "last" in kept.names()
    assert kept.keeper.figures.written == 2


async def test_at_the_end_nothing_is_written_in_vain(kept: Kept) -> None:
    async with running(kept):
        await kept.pass_time(5)
    assert kept.keeper.figures.written == 1


async def test_a_full_disk_is_said_once_and_tried_again(
    kept: Kept, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.INFO, "clusterdns")
    kept.path.mkdir()
    async with running(kept):
        assert await kept.pass_time(200) == 0
        assert kept.keeper.figures.failed >= 3
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        assert "cannot be written: Is a directory" in caplog.text
        kept.path.rmdir()
        assert await kept.pass_time(60) == 1
    assert "can be written again" in caplog.text


async def test_the_end_does_not_wait_for_a_dead_mount(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    dead = threading.Event()

    def hang(*_args: object, **_more: object) -> int:
        dead.wait()
        return 0

    monkeypatch.setattr(keeper_module, "LONGEST_END", 0.01)
    monkeypatch.setattr(keeper_module, "write_snapshot", hang)
    await kept.keeper.end()
    assert f"the snapshot {kept.path} is not written a last time: that hangs" in caplog.messages
    dead.set()
