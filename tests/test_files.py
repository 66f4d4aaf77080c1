"""Reading regular files only, and at most so many octets of them."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from clusterdns.files import open_regular, read_regular

MOST = 10


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def a_folder(path: Path) -> None:
    path.mkdir()


def a_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def a_circle_of_links(path: Path) -> None:
    path.with_name("other").symlink_to(path)
    path.symlink_to("other")


def a_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_link_to_a_fifo(path: Path) -> None:
    os.mkfifo(path.with_name("fifo"))
    path.symlink_to("fifo")


def a_sparse_file_of_a_terabyte(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(os.mkfifo, "a FIFO, expected a regular file", id="fifo"),
        pytest.param(a_link_to_a_fifo, "a FIFO, expected a regular file", id="link-to-a-fifo"),
        pytest.param(a_link_to_a_device, "a device, expected a regular file", id="link-to-a-device"),
        pytest.param(a_socket, "a socket, expected a regular file", id="socket"),
        pytest.param(a_folder, "Is a directory", id="folder"),
        pytest.param(a_dangling_link, "No such file or directory", id="dangling-link"),
        pytest.param(a_circle_of_links, "Too many levels of symbolic links", id="circle-of-links"),
        pytest.param(a_sparse_file_of_a_terabyte, "larger than 10 octets", id="terabyte"),
    ],
)
def test_what_is_no_small_regular_file_is_refused_at_once(
    make: Callable[[Path], None], sentence: str, tmp_path: Path
) -> None:
    make(tmp_path / "file")
    with pytest.raises(OSError, match=r".") as caught:
        read_regular(tmp_path / "file", most=MOST)
    assert caught.value.strerror == sentence


def test_a_file_that_becomes_a_fifo_between_look_and_opening_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.touch()
    regular = os.stat(path)
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(os, "stat", lambda _path: regular)
    before = os.listdir("/proc/self/fd")
    with pytest.raises(OSError, match="a FIFO, expected a regular file"):
        open_regular(path)
    assert os.listdir("/proc/self/fd") == before


def test_a_file_that_grows_while_it_is_read_is_cut_off_at_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    read = os.read
    asked: list[int] = []

    def growing(descriptor: int, size: int) -> bytes:
        asked.append(size)
        with path.open("ab") as file:
            file.write(b"more")
        return read(descriptor, size)

    monkeypatch.setattr(os, "read", growing)
    with pytest.raises(OSError, match="larger than 10 octets"):
        read_regular(path, most=MOST)
    assert sum(asked) <= 3 * (MOST + 1)


@pytest.mark.parametrize("size", [0, 1, MOST])
def test_a_regular_file_is_read_whole(size: int, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)
    path.with_name("link").symlink_to(path)
    assert read_regular(path.with_name("link"), most=MOST) == b"x" * size


def test_a_file_without_a_size_is_read(tmp_path: Path) -> None:
    assert read_regular("/proc/self/status", most=1 << 20).startswith(b"Name:")


@pytest.mark.parametrize("name", ["a\0b", "a\udc80\ud800b"], ids=["zero-octet", "half-a-pair"])
def test_what_no_file_can_be_called_is_an_error_of_the_system(name: str) -> None:
    with pytest.raises(OSError, match=r"^\[Errno 22\]"):
        read_regular(name, most=MOST)
