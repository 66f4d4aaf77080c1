"""What is watched, and what happens where that is not possible."""

import asyncio
import logging
import threading
from pathlib import Path

import pytest

from clusterdns.cluster.manifests import watch as watch_module
from clusterdns.cluster.manifests.watch import Watched, watch, watched_folders


def test_a_folder_is_watched_with_all_below_and_for_its_own_return(tmp_path: Path) -> None:
    assert watched_folders((str(tmp_path),)) == [
        Watched(folder=tmp_path),
        Watched(folder=tmp_path.parent, names=frozenset({tmp_path.name})),
    ]


def test_a_file_is_watched_through_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.touch()
    (watched,) = watched_folders((str(path),))
    assert watched == Watched(folder=tmp_path, names=frozenset({"a.yaml"}))
    assert watched.concerns(f"{tmp_path}/a.yaml")
    assert watched.concerns(f"{tmp_path}/..data")
    assert not watched.concerns(f"{tmp_path}/b.yaml")


def test_a_glob_is_watched_from_its_base(tmp_path: Path) -> None:
    (watched,) = watched_folders((f"{tmp_path}/*/x.yaml",))
    assert watched == Watched(folder=tmp_path)
    assert watched.concerns("anything")


async def test_a_folder_that_cannot_be_watched_is_said_once_and_looked_at_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "RETRY_SECONDS", 0.01)
    looks = asyncio.Semaphore(0)
    caplog.set_level(logging.WARNING)
    watching = asyncio.create_task(
        watch((str(tmp_path / "none" / "a.yaml"),), looks.release, poll_seconds=None)
    )
    async with asyncio.timeout(5):
        for _ in range(3):
            await looks.acquire()
    watching.cancel()
    await asyncio.wait([watching])
    assert [record.message.split(":")[0] for record in caplog.records] == [
        f"cannot watch {tmp_path / 'none'} for changes"
    ]


async def test_without_threads_the_library_that_would_abort_is_not_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(watch_module, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr(watch_module, "_watch_once", None)
    looks = asyncio.Semaphore(0)
    watching = asyncio.create_task(watch((str(tmp_path),), looks.release, poll_seconds=None))
    async with asyncio.timeout(5):
        for _ in range(3):
            await looks.acquire()
    watching.cancel()
    await asyncio.wait([watching])
    assert sum("can't start new thread" in message for message in caplog.messages) == 2  # its parent, too
