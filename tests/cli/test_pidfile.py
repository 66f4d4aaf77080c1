"""The pid file lives as long as the server."""

import os
from pathlib import Path

import pytest

from clusterdns.cli.pidfile import PidFile


def test_it_holds_the_process_id_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with PidFile(str(path)) as pidfile:
        assert not path.exists()
        pidfile.write()
        assert path.read_text() == f"{os.getpid()}\n"
    assert not path.exists()


def test_one_that_is_just_being_written_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with PidFile(str(path)):
        path.touch()
    assert not path.exists()


def test_another_process_keeps_what_it_wrote_there(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with PidFile(str(path)) as pidfile:
        pidfile.write()
        path.write_text("1\n")
    assert path.read_text() == "1\n"


def test_one_that_somebody_removed_is_no_matter(tmp_path: Path) -> None:
    with PidFile(str(tmp_path / "pid")) as pidfile:
        pidfile.write()
        (tmp_path / "pid").unlink()


def test_a_server_goes_on_without_one_but_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with PidFile(str(tmp_path / "gone" / "pid")) as pidfile:
        pidfile.write()
    assert caplog.messages == [
        f"the pid file {tmp_path}/gone/pid cannot be written: No such file or directory"
    ]


def test_without_a_path_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with PidFile(None) as pidfile:
        pidfile.write()
        assert list(tmp_path.iterdir()) == []


def test_a_fifo_in_its_place_holds_nothing_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    os.mkfifo(tmp_path / "pid")
    with PidFile(str(tmp_path / "pid")) as pidfile:
        pidfile.write()
    assert caplog.messages == [
        f"the pid file {tmp_path}/pid cannot be {done}: a FIFO, expected a regular file"
        for done in ("written", "removed")
    ]
