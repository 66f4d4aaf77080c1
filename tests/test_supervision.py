"""Tasks that must not end begin anew after a bug, which is logged, and end when they are cancelled."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from clusterdns import supervision
from clusterdns.answering.origin import Origin
from clusterdns.connections import bounded
from clusterdns.corefile import Position
from clusterdns.followed_file import FollowedFile
from clusterdns.server import background
from clusterdns.server.background import Background, BackgroundMetrics
from clusterdns.supervision import supervise, supervised
from clusterdns.telemetry.metrics import Metrics
from clusterdns.testing.serving import serving
from clusterdns_plugins.health.selfcheck import SelfCheck
from clusterdns_plugins.hosts.file import HostsFile
from clusterdns_plugins.loadbalance.config import Weighted
from clusterdns_plugins.loadbalance.weights import WeightFile

PATIENCE = 5.0


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(background, "FIRST_PAUSE", 0.0)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the condition is made true by tasks, and threads of theirs
            await asyncio.sleep(0)


async def test_a_bug_is_logged_and_told_and_what_it_ended_begins_anew(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs: list[str] = []
    told: list[str] = []

    async def run() -> NoReturn:
        runs.append("run")
        if len(runs) == 1:
            raise ZeroDivisionError("oops")
        await asyncio.get_running_loop().create_future()
        raise AssertionError("the future was never to end")

    task = asyncio.create_task(supervise("something", run, on_bug=told.append))
    await until(lambda: len(runs) == 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told == ["a bug ended it: ZeroDivisionError('oops')"]
    assert "a bug ended the following of something, which begins anew" in caplog.text
    assert "Traceback" in caplog.text


async def test_what_somebody_else_cancelled_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    runs: list[str] = []

    async def run() -> NoReturn:
        runs.append("run")
        awaited = asyncio.get_running_loop().create_future()
        if len(runs) == 1:
            awaited.cancel()
        await awaited
        raise AssertionError("the future was never to end")

    async with supervised("something", run):
        await until(lambda: len(runs) == 2)
    assert "which begins anew: CancelledError()" in caplog.text


async def test_what_is_supervised_runs_while_the_context_is_entered_and_has_ended_when_it_is_left() -> None:
    told: list[str] = []

    async def run() -> NoReturn:
        told.append("begins")
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0)
            told.append("ends")
        raise AssertionError("the future was never to end")

    async with supervised("something", run):
        await until(lambda: bool(told))
        assert told == ["begins"]
    assert told == ["begins", "ends"]


async def no_pause(_seconds: float) -> None:
    await asyncio.sleep(0)


@pytest.mark.parametrize("follower", ["hosts", "weights"])
async def test_a_bug_does_not_end_the_following_of_a_file(
    follower: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "followed"
    path.write_text("10.0.0.1 a\n" if follower == "hosts" else "a\n10.0.0.1 1\n")
    weighted = Weighted(file=path, reload=1.0, position=Position("Corefile", 2, 3))
    file = (
        HostsFile(path, 1.0, sleep=no_pause)
        if follower == "hosts"
        else WeightFile(path, weighted, sleep=no_pause)
    )
    looks: list[str] = []

    async def breaks_once(_file: object) -> None:
        looks.append("look")
        if len(looks) == 2:
            raise ZeroDivisionError("oops")

    async with (
        file,
        Background(Origin(follower), "the following", file.follow, metrics=BackgroundMetrics(Metrics())),
    ):
        monkeypatch.setattr(FollowedFile, "refresh", breaks_once)
        await until(lambda: len(looks) > 3)
    assert "which begins anew: ZeroDivisionError('oops')" in caplog.text


async def test_a_bug_does_not_end_the_time_outs_of_connections(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sweeps: list[str] = []

    def breaks_once(_connections: object) -> None:
        sweeps.append("sweep")
        if len(sweeps) == 1:
            raise ZeroDivisionError("oops")

    monkeypatch.setattr(bounded, "SWEEP_SECONDS", 0.0)
    monkeypatch.setattr(bounded.Connections, "sweep", breaks_once)
    async with serving(". {\n  whoami\n}\n"):
        await until(lambda: len(sweeps) > 1)
    assert "which begins anew: ZeroDivisionError('oops')" in caplog.text


async def test_a_bug_does_not_end_the_own_health_checks(caplog: pytest.LogCaptureFixture) -> None:
    probes: list[str] = []

    async def breaks_once() -> None:
        await asyncio.sleep(0)
        probes.append("probe")
        if len(probes) == 1:
            raise ZeroDivisionError("oops")

    async with SelfCheck(breaks_once, Metrics(), sleep=no_pause):
        await until(lambda: len(probes) > 1)
    assert "which begins anew: ZeroDivisionError('oops')" in caplog.text
