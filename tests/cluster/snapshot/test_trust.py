"""Only a snapshot that nobody else can have written is used."""

import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from clusterdns.cluster.manifests.yielding import no_yield
from clusterdns.cluster.objects import Namespace
from clusterdns.cluster.snapshot import (
    Refusal,
    Snapshot,
    SnapshotError,
    SnapshotHeader,
    SnapshotSettings,
    read_snapshot,
    recall,
    trust,
    write_snapshot,
)

NOW = 1_700_000_000.0
OURS = Snapshot((Namespace(name="ours"),), NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good snapshot in a folder of ours."""
    path = tmp_path / "folder" / "table"
    write_snapshot(
        str(path), SnapshotHeader(fingerprint="ours", as_of=NOW), OURS.objects, yield_to_loop=no_yield
    )
    return path


def settings_of(path: Path) -> SnapshotSettings:
    return SnapshotSettings(path=str(path), max_age=3600.0, fingerprint="ours")


def read(path: Path) -> Snapshot | None:
    return read_snapshot(settings_of(path), now=NOW, yield_to_loop=no_yield)


def test_the_folder_is_made_for_us_only(path: Path) -> None:
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert read(path) == OURS


@pytest.mark.parametrize(
    ("file", "folder", "sentence"),
    [
        pytest.param(0o600, 0o755, None, id="readable-folder"),
        pytest.param(0o644, 0o700, None, id="readable-file"),
        pytest.param(0o600, 0o1777, None, id="folder-as-tmp"),
        pytest.param(0o606, 0o700, "it is writable for everybody", id="file-for-everybody"),
        pytest.param(0o622, 0o700, "it is writable for everybody", id="file-for-both"),
        pytest.param(0o660, 0o700, "it is writable for the group {group}", id="file-for-a-group"),
        pytest.param(0o600, 0o777, "its folder is writable for everybody", id="folder-for-everybody"),
        pytest.param(0o600, 0o770, "its folder is writable for the group {group}", id="folder-for-a-group"),
        pytest.param(0o606, 0o1777, "it is writable for everybody", id="file-in-a-sticky-folder"),
    ],
)
def test_who_else_may_write_decides(path: Path, file: int, folder: int, sentence: str | None) -> None:
    path.chmod(file)
    path.parent.chmod(folder)
    if sentence is None:
        assert read(path) == OURS
        return
    with pytest.raises(SnapshotError) as caught:
        read(path)
    assert caught.value.refusal is Refusal.UNTRUSTED
    assert str(caught.value) == "untrusted: " + sentence.format(group=path.stat().st_gid)


def test_a_group_that_was_given_to_us_may_write(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group = path.stat().st_gid
    monkeypatch.setattr(os, "getgroups", lambda: [group])
    monkeypatch.setattr(os, "getegid", lambda: group + 1)
    path.chmod(0o660)
    path.parent.chmod(0o2770)
    assert read(path) == OURS


def test_one_of_another_user_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    monkeypatch.setattr(trust, "ROOT", owner + 2)
    with pytest.raises(SnapshotError, match=f"^untrusted: its folder belongs to the user {owner}, expected"):
        read(path)
    monkeypatch.setattr(trust, "ROOT", owner)
    assert read(path) == OURS


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def a_terabyte(path: Path) -> None:
    path.touch(mode=0o600)
    os.truncate(path, 1 << 40)


def move(old: Path, new: Path) -> None:
    old.rename(new)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(lambda path: path.symlink_to("other"), "untrusted: it is a link", id="link"),
        pytest.param(
            lambda path: path.symlink_to("/dev/zero"),
            "unreadable: a device, expected a regular file",
            id="link-to-a-device",
        ),
        pytest.param(os.mkfifo, "unreadable: a FIFO, expected a regular file", id="fifo"),
        pytest.param(a_socket, "unreadable: a socket, expected a regular file", id="socket"),
        pytest.param(lambda path: path.mkdir(), "unreadable: Is a directory", id="folder"),
        pytest.param(lambda path: path.write_bytes(b""), "damaged: it is no snapshot at all", id="empty"),
        pytest.param(
            a_terabyte,
            "damaged: it is larger than 1024 MiB",
            id="terabyte",
        ),
    ],
)
async def test_the_start_goes_on_with_a_word(
    path: Path, make: Callable[[Path], object], sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    move(path, path.with_name("other"))
    make(path)
    assert await recall(settings_of(path), clock=lambda: NOW) is None
    assert caplog.messages == [f"the snapshot {path} is refused, {sentence}"]


async def test_one_on_a_dead_mount_is_not_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reading, writing = os.pipe()

    def hang(_path: Path) -> int:
        return os.read(reading, 1)[0]

    monkeypatch.setattr("clusterdns.cluster.snapshot.file.open_trusted", hang)
    assert await recall(settings_of(path), clock=lambda: NOW, longest_read=0.01) is None
    assert caplog.messages == [f"the snapshot {path} is refused, unreadable: it takes longer than 0.01 s"]
    os.close(writing)
