"""A file that is looked at again is read when it is another one, and what is wrong with it is said once."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clusterdns.followed_file import Fault, FollowedFile


class Reader:
    """Takes the text of a file over, and notes how often it was read and what was complained of."""

    def __init__(self, path: Path, most: int = 100) -> None:
        self.reads = 0
        self.taken: list[str] = []
        self.faults: list[str] = []
        self.file = FollowedFile(
            path, read=self.read, take=self.taken.append, complain=self.complain, most=most
        )

    def read(self, octets: bytes) -> str:
        self.reads += 1
        if octets == b"bad":
            raise ValueError("it is bad")
        return octets.decode()

    def complain(self, fault: Fault) -> None:
        self.faults.append(str(fault))


def write(path: Path, text: str, *, at: float | None = None) -> None:
    path.write_text(text)
    if at is not None:
        os.utime(path, (at, at))


async def test_only_another_file_is_read(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "f")
    for text, at in (("one", 1), ("two", 1), ("two", 2), ("two", 3), ("three", 3)):
        write(tmp_path / "f", text, at=at)
        await reader.file.look()
    assert reader.taken == ["one", "two", "three"]
    assert reader.reads == 3
    assert reader.file.modified == 3.0


async def test_a_file_written_twice_in_a_moment_is_read_twice(tmp_path: Path) -> None:
    """The clock of the file system may stand still meanwhile."""
    reader, at = Reader(tmp_path / "f"), time.time()
    for text in ("one", "two", "two"):
        write(tmp_path / "f", text, at=at)
        await reader.file.look()
    assert reader.taken == ["one", "two"]


def make_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(lambda path: path.unlink(), "No such file", id="gone"),
        pytest.param(lambda path: path.write_text("bad"), "it is bad", id="refused"),
        pytest.param(lambda path: path.write_text("x" * 101), "larger than 100 octets", id="too large"),
        pytest.param(make_a_pipe, "expected a regular file", id="a pipe"),
    ],
)
async def test_what_is_wrong_is_said_once_and_the_value_before_it_stays(
    spoil: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "f"
    reader = Reader(path)
    write(path, "one", at=1)
    await reader.file.refresh()
    spoil(path)
    for _ in range(3):
        await reader.file.refresh()
    assert [said in fault for fault in reader.faults] == [True]
    path.unlink(missing_ok=True)
    write(path, "two", at=2)
    await reader.file.refresh()
    assert reader.taken == ["one", "two"]
    spoil(path)
    await reader.file.refresh()
    assert len(reader.faults) == 2


async def test_what_was_raised_at_the_start_is_not_complained_of_again(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "f")
    with pytest.raises(FileNotFoundError):
        await reader.file.look()
    await reader.file.refresh()
    assert reader.faults == []


async def test_following_is_looking_again_and_again(tmp_path: Path) -> None:
    reader, slept = Reader(tmp_path / "f"), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 4:
            raise asyncio.CancelledError
        write(tmp_path / "f", str(len(slept)), at=len(slept))

    with pytest.raises(asyncio.CancelledError):
        await reader.file.follow(60.0, sleep=sleep)
    assert (reader.taken, slept) == (["1", "2", "3"], [60.0] * 4)


@pytest.mark.parametrize("where", ["read", "take"])
async def test_a_bug_is_no_fault_of_the_file_which_is_read_again(where: str, tmp_path: Path) -> None:
    taken: list[bytes] = []
    bugs = [ZeroDivisionError("a bug")]

    def breaks_once(octets: bytes, here: str) -> bytes:
        if here == where and bugs:
            raise bugs.pop()
        return octets

    faults: list[Fault] = []
    file = FollowedFile(
        tmp_path / "f",
        read=lambda octets: breaks_once(octets, "read"),
        take=lambda octets: taken.append(breaks_once(octets, "take")),
        complain=faults.append,
    )
    write(tmp_path / "f", "one", at=1)
    with pytest.raises(ZeroDivisionError):
        await file.refresh()
    await file.refresh()
    assert (taken, faults) == ([b"one"], [])
