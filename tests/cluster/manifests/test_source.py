"""The source on real files that are edited while it watches."""

import asyncio
import logging
import os
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from clusterdns import supervision
from clusterdns.cluster.manifests import ManifestErrors, ManifestSettings, ManifestSource, check_manifests
from clusterdns.cluster.manifests.pipeline import Pipeline, Reading
from clusterdns.cluster.objects import Namespace, Service
from clusterdns.cluster.publishing import Published, PublishedState, TableState
from clusterdns.cluster.table import Table

pytestmark = pytest.mark.filterwarnings("ignore:.*watchfiles.*:DeprecationWarning")

PATIENCE = 10.0


def service(name: str, port: int | str = 80) -> str:
    head = f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\n"
    return f"{head}spec: {{clusterIP: None, ports: [{{port: {port}}}]}}\n"


def names(table: Table) -> list[str]:
    return sorted(name for _, name in table.objects(Service))


class Watched:
    """A table that is fed, and waiting for what happens to it."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._happened = asyncio.Event()
        table.rows.subscribe(lambda *_: self._happened.set())

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._happened.clear()
                await self._happened.wait()


@asynccontextmanager
async def watching(*paths: Path, poll_seconds: float | None = None) -> AsyncGenerator[Watched]:
    table = Table()
    settings = ManifestSettings(paths=tuple(map(str, paths)), poll_seconds=poll_seconds)
    async with ManifestSource(table, settings):
        await started(poll_seconds)
        yield Watched(table)


async def started(poll_seconds: float | None) -> None:
    """Wait until the watcher's thread holds its inotify descriptor."""
    if poll_seconds is not None:
        return
    async with asyncio.timeout(PATIENCE):
        while not any("inotify" in descriptor for descriptor in descriptors()):  # noqa: ASYNC110 (a thread's)
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.02)


def move(old: Path, new: Path) -> None:
    old.rename(new)


def descriptors() -> list[str]:
    found: list[str] = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.append(os.readlink(entry))
        except OSError:
            continue
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "manifests"
    path.mkdir()
    (path / "ns.yaml").write_text("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}")
    (path / "web.yaml").write_text(service("web"))
    return path


async def test_loading_fills_the_table_and_syncs_it(folder: Path) -> None:
    table = Table()
    source = ManifestSource(table, ManifestSettings(paths=(str(folder),)))
    assert not table.synced
    await source.load()
    assert table.synced
    assert names(table) == ["web"]
    assert list(table.objects(Namespace)) == [("", "shop")]


async def test_all_errors_are_raised_at_the_start(folder: Path, tmp_path: Path) -> None:
    (folder / "bad.yaml").write_text(service("bad", "x"))
    table = Table()
    source = ManifestSource(table, ManifestSettings(paths=(str(folder), str(tmp_path / "none"))))
    with pytest.raises(ManifestErrors) as caught:
        await source.load()
    assert str(caught.value).splitlines() == [
        f"{tmp_path}/none: there is no such file or folder",
        f'{folder}/bad.yaml:5: Service shop/bad: spec.ports[0].port: expected an integer, found "x"',
    ]
    assert not table.synced


def test_checking_reads_and_does_nothing_else(folder: Path) -> None:
    settings = ManifestSettings(paths=(str(folder),))
    assert check_manifests(settings) == ()
    (folder / "doublet.yaml").write_text(service("web"))
    (warning,) = check_manifests(settings)
    assert warning.startswith("Service shop/web is declared in")
    (folder / "bad.yaml").write_text("a: [")
    with pytest.raises(ManifestErrors):
        check_manifests(settings)


async def test_an_edit_is_followed(folder: Path) -> None:
    async with watching(folder) as watched:
        (folder / "web.yaml").write_text(service("web") + service("db"))
        await watched.until(lambda: names(watched.table) == ["db", "web"])


async def test_an_edit_is_one_step(folder: Path) -> None:
    async with watching(folder) as watched:
        generation = watched.table.rows.generation
        (folder / "web.yaml").write_text(service("db") + service("cache"))
        await watched.until(lambda: watched.table.rows.generation > generation)
        assert names(watched.table) == ["cache", "db"]
        assert watched.table.rows.generation == generation + 1


async def test_new_files_and_folders_are_found(folder: Path) -> None:
    async with watching(folder) as watched:
        (folder / "sub").mkdir()
        (folder / "sub" / "db.yaml").write_text(service("db"))
        await watched.until(lambda: "db" in names(watched.table))
        (folder / "sub" / "db.yaml").unlink()
        await watched.until(lambda: names(watched.table) == ["web"])


async def test_an_editor_that_renames_is_followed(folder: Path) -> None:
    async with watching(folder / "web.yaml") as watched:
        for name in ("one", "two"):
            (folder / "web.yaml~").write_text(service(name))
            (folder / "web.yaml~").rename(folder / "web.yaml")
            await watched.until(lambda name=name: names(watched.table) == [name])  # type: ignore[misc]


async def test_a_mounted_config_map_is_followed(tmp_path: Path) -> None:
    mount = tmp_path / "mount"
    for version in ("one", "two"):
        (mount / f"..{version}").mkdir(parents=True)
        (mount / f"..{version}" / "web.yaml").write_text(service(version))
    (mount / "..data").symlink_to("..one")
    (mount / "web.yaml").symlink_to("..data/web.yaml")
    async with watching(mount) as watched:
        assert names(watched.table) == ["one"]
        (mount / "..new").symlink_to("..two")
        (mount / "..new").rename(mount / "..data")
        await watched.until(lambda: names(watched.table) == ["two"])


async def test_a_glob_is_followed(folder: Path) -> None:
    async with watching(folder / "*.yaml") as watched:
        (folder / "db.yaml").write_text(service("db"))
        await watched.until(lambda: names(watched.table) == ["db", "web"])


async def test_files_can_be_polled(folder: Path) -> None:
    async with watching(folder, poll_seconds=0.02) as watched:
        (folder / "web.yaml").write_text(service("db"))
        await watched.until(lambda: names(watched.table) == ["db"])


async def test_a_broken_file_is_named_once_and_the_last_good_state_stays(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="clusterdns")
    async with watching(folder, poll_seconds=0.01) as watched:
        (folder / "web.yaml").write_text(service("web", "x"))
        (folder / "mark.yaml").write_text(service("mark"))
        await watched.until(lambda: "mark" in names(watched.table))
        (folder / "mark.yaml").write_text(service("more"))
        await watched.until(lambda: "more" in names(watched.table))
        assert names(watched.table) == ["more", "web"]
        errors = [record.message for record in caplog.records if record.levelno == logging.ERROR]
        fault = 'Service shop/web: spec.ports[0].port: expected an integer, found "x"'
        assert errors == [f"{folder}/web.yaml:5: {fault} (its last good state is served on)"]
        (folder / "web.yaml").write_text(service("mended"))
        await watched.until(lambda: "mended" in names(watched.table))
        assert any(record.message.startswith(f"{folder}/web.yaml is good again") for record in caplog.records)


async def test_what_is_no_regular_file_is_named_once_and_the_others_are_followed(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table = Table()
    async with ManifestSource(table, ManifestSettings(paths=(str(folder),), poll_seconds=0.01)) as source:
        watched = Watched(table)
        (folder / "web.yaml").unlink()
        os.mkfifo(folder / "web.yaml")
        (folder / "zero.yaml").symlink_to("/dev/zero")
        for name in ("first", "second"):
            (folder / "more.yaml").write_text(service(name))
            await watched.until(lambda name=name: name in names(table))  # type: ignore[misc]
        assert names(table) == ["second", "web"]
        assert source.complaints() == (
            f"manifests: {folder}/web.yaml: cannot be read: a FIFO, expected a regular file",
            f"manifests: {folder}/zero.yaml: cannot be read: a device, expected a regular file",
        )
    assert sum("a FIFO" in message for message in caplog.messages) == 1


async def test_a_look_that_does_not_come_back_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hung, read = threading.Event(), Pipeline.read

    def hanging(pipeline: Pipeline) -> Reading:
        assert hung.wait(PATIENCE)
        return read(pipeline)

    source = ManifestSource(Table(), ManifestSettings(paths=(str(folder),)), slow_seconds=0.01)
    monkeypatch.setattr(Pipeline, "read", hanging)
    loading = asyncio.create_task(source.load())
    async with asyncio.timeout(PATIENCE):
        while not source.complaints():  # noqa: ASYNC110 (a thread's)
            await asyncio.sleep(0.005)
    assert source.complaints() == ("manifests: looking at the files takes longer than 0.01 s",)
    hung.set()
    await loading
    assert source.complaints() == ()


def refuse(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system refuse to list `folder`, which it would not do for root."""
    scandir = os.scandir

    def refusing(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)


async def test_the_last_good_state_of_a_folder_that_cannot_be_read_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="clusterdns")
    below = folder / "below"
    below.mkdir()
    (below / "db.yaml").write_text(service("db"))
    async with watching(folder, poll_seconds=0.01) as watched:
        with monkeypatch.context() as patching:
            refuse(below, patching)
            (folder / "web.yaml").write_text(service("seen"))
            await watched.until(lambda: names(watched.table) == ["db", "seen"])
            errors = [record.message for record in caplog.records if record.levelno == logging.ERROR]
            reason = "cannot be looked through: Permission denied"
            assert errors == [f"{below}: {reason} (its last good state is served on)"]
        (below / "db.yaml").unlink()
        await watched.until(lambda: names(watched.table) == ["seen"])
    assert f"{below} is good again" in caplog.messages


async def test_a_folder_that_cannot_be_read_is_an_error_at_the_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = folder / "below"
    below.mkdir()
    refuse(below, monkeypatch)
    table = Table()
    with pytest.raises(ManifestErrors) as caught:
        await ManifestSource(table, ManifestSettings(paths=(str(folder),))).load()
    assert str(caught.value) == f"{below}: cannot be looked through: Permission denied"
    assert not table.synced


async def test_a_folder_that_disappears_is_logged_and_found_again(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = folder.parent / "other.yaml"
    other.write_text(service("other"))
    async with watching(folder, other, poll_seconds=0.01) as watched:
        move(folder, folder.with_name("away"))
        other.write_text(service("seen"))
        await watched.until(lambda: names(watched.table) == ["seen", "web"])
        assert f"{folder}: there is no such file or folder" in caplog.text
        (folder.with_name("away") / "web.yaml").write_text(service("db"))
        move(folder.with_name("away"), folder)
        await watched.until(lambda: names(watched.table) == ["db", "seen"])


async def test_nothing_runs_after_the_end(folder: Path) -> None:
    async with watching(folder):
        pass
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_a_bug_of_ours_is_logged_and_the_following_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reads: list[str] = []
    read = Pipeline.read

    def breaks_once(pipeline: Pipeline) -> Reading:
        reads.append("read")
        if len(reads) == 2:
            raise ZeroDivisionError("a bug")
        return read(pipeline)

    monkeypatch.setattr(Pipeline, "read", breaks_once)
    monkeypatch.setattr(supervision, "AGAIN_SECONDS", 0.0)
    async with watching(folder) as watched:
        folder.joinpath("new.yaml").write_text(service("first"))
        async with asyncio.timeout(PATIENCE):
            while "ZeroDivisionError" not in caplog.text:  # noqa: ASYNC110 (a thread's)
                await asyncio.sleep(0.005)
        await started(None)
        folder.joinpath("newer.yaml").write_text(service("second"))
        await watched.until(lambda: {"first", "second"} <= set(names(watched.table)))


async def test_the_state_of_the_table_names_what_is_wrong_with_the_files(folder: Path) -> None:
    table = Table()
    published: list[Published] = []
    table.subscribe(published.append, name="a test")
    async with ManifestSource(table, ManifestSettings(paths=(str(folder),), poll_seconds=0.01)) as source:
        watched = Watched(table)
        (folder / "zero.yaml").symlink_to("/dev/zero")
        (folder / "more.yaml").write_text(service("more"))
        await watched.until(lambda: names(table) == ["more", "web"])
        (complaint,) = source.complaints()
        (folder / "zero.yaml").unlink()
        (folder / "more.yaml").write_text(service("most"))
        await watched.until(lambda: names(table) == ["most", "web"])
        await asyncio.sleep(0)
    states = [one.state for one in published if isinstance(one, PublishedState)]
    fine = TableState(synced=True)
    assert states == [fine, fine._replace(complaints=(complaint,)), fine]
