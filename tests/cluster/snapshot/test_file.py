"""The file: atomic, private, and used only if it is whole, ours and young."""

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from clusterdns.cluster.manifests.yielding import no_yield
from clusterdns.cluster.objects import ClusterObject, Namespace
from clusterdns.cluster.serials import SERIALS, Serials
from clusterdns.cluster.snapshot import (
    Refusal,
    SnapshotError,
    SnapshotHeader,
    SnapshotSettings,
    StreamWriter,
    fingerprint,
    read_snapshot,
    write_snapshot,
)
from clusterdns.cluster.snapshot.file import Snapshot
from clusterdns.cluster.snapshot.frames import write_frame
from clusterdns.cluster.snapshot.records import COMMIT, HEADER, encode
from clusterdns.cluster.snapshot.stream import NAME, VERSION

NOW = 1_700_000_000.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table"


def write(path: Path, *objects: ClusterObject, age: float = 0.0, mark: str = "ours") -> int:
    header = SnapshotHeader(fingerprint=mark, as_of=NOW - age)
    return write_snapshot(str(path), header, objects, yield_to_loop=no_yield)


def read(path: Path) -> Snapshot | None:
    settings = SnapshotSettings(path=str(path), max_age=3600.0, fingerprint="ours")
    return read_snapshot(settings, now=NOW, yield_to_loop=no_yield)


def test_what_is_written_is_read(path: Path, objects: tuple[ClusterObject, ...]) -> None:
    size = write(path, *objects, age=7)
    assert read(path) == Snapshot(objects, NOW - 7)
    assert path.stat().st_size == size


def test_serials_are_kept(path: Path) -> None:
    serials = Serials(cluster=SERIALS - 1, multicluster=7)
    header = SnapshotHeader(fingerprint="ours", as_of=NOW, serials=serials)
    write_snapshot(str(path), header, (), yield_to_loop=no_yield)
    assert read(path) == Snapshot((), NOW, serials)


def put(path: Path, header: dict[str, object]) -> None:
    commit = write_frame(COMMIT, encode({"number": 0, "put": 0}))
    path.write_bytes(NAME + bytes((VERSION,)) + write_frame(HEADER, encode(header)) + commit)
    path.chmod(0o600)


def test_a_file_from_before_serials_were_kept_is_read(path: Path) -> None:
    put(path, {"fingerprint": "ours", "as_of": NOW})
    assert read(path) == Snapshot((), NOW, Serials())


@pytest.mark.parametrize("serial", [-1, SERIALS, "7"])
def test_serials_that_are_none_are_damage(path: Path, serial: object) -> None:
    put(path, {"fingerprint": "ours", "as_of": NOW, "serials": {"cluster": serial}})
    with pytest.raises(SnapshotError, match="cannot be read") as caught:
        read(path)
    assert caught.value.refusal is Refusal.DAMAGED


def test_only_the_owner_may_read_it(path: Path) -> None:
    write(path)
    assert S_IMODE(path.stat().st_mode) == 0o600


def test_it_takes_the_place_of_the_old_one_and_leaves_nothing_else(path: Path) -> None:
    write(path, Namespace(name="old"))
    write(path, Namespace(name="new"))
    assert read(path) == Snapshot((Namespace(name="new"),), NOW)
    assert os.listdir(path.parent) == ["table"]


def test_a_writing_that_fails_leaves_the_old_one(path: Path) -> None:
    def failing() -> Iterator[ClusterObject]:
        yield Namespace(name="new")
        raise OSError(28, "No space left on device")

    write(path, Namespace(name="old"))
    with pytest.raises(OSError, match="No space left"):
        write_snapshot(
            str(path), SnapshotHeader(fingerprint="ours", as_of=NOW), failing(), yield_to_loop=no_yield
        )
    assert read(path) == Snapshot((Namespace(name="old"),), NOW)
    assert os.listdir(path.parent) == ["table"]


def test_it_is_on_the_disk_before_it_has_the_name(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[int, bool]] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append((os.fstat(handle).st_size, path.exists()))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    size = write(path, Namespace(name="a"))
    assert synced[0] == (size, False)
    assert [named for _, named in synced] == [False, True]


def test_none_is_no_fault(path: Path) -> None:
    assert read(path) is None


@pytest.mark.parametrize(
    ("age", "refusal"),
    [
        pytest.param(3600, None, id="just-young-enough"),
        pytest.param(3601, Refusal.OLD, id="too-old"),
        pytest.param(-300, None, id="the-clock-was-a-little-ahead"),
        pytest.param(-301, Refusal.OLD, id="from-the-future"),
    ],
)
def test_its_age_counts_not_that_of_the_file(path: Path, age: float, refusal: Refusal | None) -> None:
    write(path, age=age)
    os.utime(path, (NOW, NOW))
    if refusal is None:
        assert read(path) is not None
        return
    with pytest.raises(SnapshotError) as caught:
        read(path)
    assert caught.value.refusal is refusal


def test_one_of_another_cluster_is_refused(path: Path) -> None:
    write(path, mark="theirs")
    with pytest.raises(SnapshotError, match="foreign: ") as caught:
        read(path)
    assert caught.value.refusal is Refusal.FOREIGN


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        pytest.param(b"", "it has no end", id="no-end"),
        pytest.param(b"".join(StreamWriter(no_yield).change(0, ())) * 2, "something follows", id="two-ends"),
    ],
)
def test_it_must_hold_one_snapshot(path: Path, octets: bytes, sentence: str) -> None:
    path.write_bytes(StreamWriter(no_yield).header(SnapshotHeader(fingerprint="ours", as_of=NOW)) + octets)
    with pytest.raises(SnapshotError, match=sentence):
        read(path)


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="unreadable: ") as caught:
        read(tmp_path)
    assert caught.value.refusal is Refusal.UNREADABLE


def test_fingerprints_tell_settings_apart() -> None:
    assert fingerprint("a", ("b",)) == fingerprint("a", ("b",))
    assert fingerprint("a", "b") != fingerprint("ab")
