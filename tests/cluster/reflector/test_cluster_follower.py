"""A source with audits and a snapshot: what a watch loses is found, what a restart forgets is kept."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from clusterdns.cluster import Service
from clusterdns.cluster.api import ApiSettings, ProcessEnvironment
from clusterdns.cluster.cluster_follower import ClusterFollower, FollowerSettings
from clusterdns.cluster.reflector import Selection, SourceSettings
from testbed.following import Scene, now

HOUR = 3600.0


def settings_of(scene: Scene, **options: Any) -> FollowerSettings:
    api = ApiSettings(endpoints=(scene.server.url,))
    return FollowerSettings(source=SourceSettings(api=api), **options)


@asynccontextmanager
async def keeping(settings: FollowerSettings, *, synced: bool = True) -> AsyncGenerator[ClusterFollower]:
    clock = asyncio.get_running_loop().time
    async with ClusterFollower(settings, random=Random(1), clock=clock, now=clock) as kept:
        if synced:
            await kept.source.wait_synced()
            await asyncio.sleep(1.5)
        yield kept


class TestAudit:
    async def test_whatever_was_lost_is_right_after_one_and_counted(self, scene: Scene) -> None:
        for index in range(50):
            scene.service(f"s-{index}", "10.96.1.1")
        async with keeping(settings_of(scene, audit_seconds=120.0)) as kept:
            scene.server.drop_events()
            for index in range(5):
                scene.service(f"s-{index}", "10.96.2.2")
                scene.server.delete("Service", "shop", f"s-{index + 10}")
                scene.service(f"new-{index}", "10.96.3.3")
            scene.server.heal()
            await asyncio.sleep(50)
            assert len(scene.differences(kept.source)) == 15
            await asyncio.sleep(1.5 * 120 - 50 + 15)
            assert scene.differences(kept.source) == []
            assert kept.auditor is not None
            assert kept.auditor.figures["services"].missed == 15
            (services,) = (one for one in kept.freshness.resources if one.name == "services")
            assert services.repairs == 15

    @pytest.mark.parametrize("lost", [100, 150])
    async def test_one_percent_lost_is_right_after_one(self, scene: Scene, lost: int) -> None:
        async with keeping(settings_of(scene, audit_seconds=120.0)) as kept:
            scene.server.drop_events()
            for index in range(lost):
                scene.slice(f"lost-{index}", "10.0.0.9")
            scene.server.heal()
            await asyncio.sleep(1.5 * 120 + 15)
            assert scene.differences(kept.source) == []
            assert kept.auditor is not None
            assert kept.auditor.figures["endpointslices"].missed == lost
            (slices,) = (one for one in kept.freshness.resources if one.name == "endpointslices")
            assert slices.repairs == lost

    async def test_changes_all_the_time_do_not_count(self, scene: Scene) -> None:
        async with keeping(settings_of(scene, audit_seconds=20.0)) as kept:
            for index in range(300):
                scene.service(f"s-{index % 40}", f"10.96.0.{index % 250}")
                await asyncio.sleep(0.3)
            await scene.until_right(kept.source, 1)
            assert kept.auditor is not None
            figures = kept.auditor.figures["services"]
            assert figures.done >= 2
            assert figures.missed == 0

    async def test_too_many_requests_puts_it_off(self, scene: Scene) -> None:
        async with keeping(settings_of(scene, audit_seconds=60.0)) as kept:
            scene.server.throttle(verb="list", retry_after=500, times=1)
            began = now()
            await asyncio.sleep(500)
            lists = [one for one in scene.since(began) if one.verb == "list"]
            assert len(lists) == 1
            assert kept.auditor is not None
            assert kept.auditor.figures["namespaces"].suspended == 1
            await asyncio.sleep(200)
            assert kept.auditor.figures["namespaces"].done >= 1

    async def test_off_asks_nothing(self, scene: Scene) -> None:
        async with keeping(settings_of(scene, audit_seconds=None)) as kept:
            began = now()
            await asyncio.sleep(HOUR)
            assert kept.auditor is None
            assert [one for one in scene.since(began) if one.verb == "list"] == []


class TestSnapshot:
    @pytest.fixture
    def settings(self, scene: Scene, tmp_path: Path) -> FollowerSettings:
        return settings_of(scene, snapshot=str(tmp_path / "table"))

    async def test_a_restart_without_the_api_server_serves_what_was_known(
        self, scene: Scene, settings: FollowerSettings
    ) -> None:
        async with keeping(settings):
            scene.service("late", "10.96.0.9")
            await asyncio.sleep(1)
        await scene.server.stop()
        async with keeping(settings, synced=False) as kept:
            assert kept.table.synced
            assert kept.freshness.stale
            assert kept.freshness.lines()[0].startswith("all objects: from a snapshot")
            assert {"web", "late"} == {name for _, name in kept.table.objects(Service)}
            scene.service("newer", "10.96.0.10")
            scene.server.delete("Service", "shop", "late")
            await scene.server.start()
            await kept.source.wait_synced()
            await scene.until_right(kept.source, 5)
            assert not kept.freshness.stale

    async def test_what_the_api_server_has_not_confirmed_is_not_written_again(
        self, scene: Scene, settings: FollowerSettings
    ) -> None:
        async with keeping(settings):
            pass
        await scene.server.stop()
        written = _written_at(settings)
        for _ in range(3):
            async with keeping(settings, synced=False):
                await asyncio.sleep(100)
        assert _written_at(settings) == written
        settings = replace(settings, snapshot_max_age=290.0)
        async with keeping(settings, synced=False) as kept:
            assert not kept.table.synced

    async def test_while_the_api_server_is_away_its_age_is_that_of_the_last_news(
        self, scene: Scene, settings: FollowerSettings
    ) -> None:
        settings = replace(settings, snapshot_max_age=200.0)
        async with keeping(settings):
            await scene.server.stop()
            await asyncio.sleep(250)
        async with keeping(settings, synced=False) as kept:
            assert not kept.table.synced

    async def test_other_settings_refuse_it(
        self, scene: Scene, settings: FollowerSettings, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with keeping(settings):
            pass
        other = replace(settings.source, selection=Selection(pods=True))
        async with keeping(replace(settings, source=other), synced=False) as kept:
            assert not kept.table.synced
        assert "is refused, foreign: " in caplog.text


def _written_at(settings: FollowerSettings) -> int:
    return Path(settings.snapshot).stat().st_mtime_ns


def test_clusters_that_look_alike_from_inside_are_told_apart(tmp_path: Path) -> None:
    marks = set[str]()
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "ca.crt").write_text(name)
        process = ProcessEnvironment(environment={}, service_account=folder)
        kept = ClusterFollower(FollowerSettings(source=SourceSettings()), process=process)
        marks.add(kept.fingerprint())
    assert len(marks) == 2
