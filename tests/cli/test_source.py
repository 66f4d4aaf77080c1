"""Which Corefile is read, and which port is the default."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterdns.cli.source import CorefileText, Fault, port_of, read_source


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def stdin(folder: Path) -> Iterator[Path]:
    """A file that is this process' standard input while the test runs."""
    path = folder / "input"
    path.touch()
    before = os.dup(0)
    with path.open("rb") as file:
        os.dup2(file.fileno(), 0)
    yield path
    os.dup2(before, 0)
    os.close(before)


def test_the_corefile_of_the_working_directory_is_the_default(folder: Path) -> None:
    (folder / "Corefile").write_text(". {\n}\n")
    assert read_source(None) == CorefileText("Corefile", ". {\n}\n")
    assert read_source("") == CorefileText("Corefile", ". {\n}\n")


def test_a_missing_one_there_means_the_built_in_one() -> None:
    assert read_source(None) == CorefileText("Corefile", "")


def test_a_named_file_is_read_and_called_as_it_was_named(folder: Path) -> None:
    (folder / "Other").write_text("text")
    assert read_source("./Other") == CorefileText("./Other", "text")


def test_octets_that_are_no_text_are_replaced(folder: Path) -> None:
    (folder / "Corefile").write_bytes(b". \xff")
    assert read_source(None).text == ". \ufffd"


def test_stdin_is_read_from_its_descriptor(stdin: Path) -> None:
    stdin.write_text(". {\n}\n")
    assert read_source("stdin") == CorefileText("stdin", ". {\n}\n")


def test_a_missing_named_file_is_a_fault() -> None:
    with pytest.raises(Fault, match=r'^the Corefile "gone" cannot be read: No such file or directory$'):
        read_source("gone")


@pytest.mark.parametrize("conf", ["Corefile", None])
def test_a_folder_is_a_fault_also_where_the_default_is_looked_for(folder: Path, conf: str | None) -> None:
    (folder / "Corefile").mkdir()
    with pytest.raises(Fault, match=r'^the Corefile "Corefile" cannot be read: Is a directory$'):
        read_source(conf)


def test_a_fifo_is_a_fault(folder: Path) -> None:
    os.mkfifo(folder / "Corefile")
    with pytest.raises(Fault, match=r"cannot be read: a FIFO, expected a regular file$"):
        read_source(None)


def test_what_a_shell_puts_in_the_place_of_a_process_is_read() -> None:
    reading, writing = os.pipe()
    os.write(writing, b". {\n}\n")
    os.close(writing)
    assert read_source(f"/dev/fd/{reading}").text == ". {\n}\n"
    os.close(reading)


def test_a_device_without_end_is_read_to_the_bound() -> None:
    with pytest.raises(Fault, match=r'^the Corefile "/dev/zero" cannot be read: larger than 16 MiB$'):
        read_source("/dev/zero")


@pytest.mark.parametrize(("text", "port"), [("", 0), ("0", 0), ("53", 53), ("65535", 65535), ("00053", 53)])
def test_a_port_is_a_number(text: str, port: int) -> None:
    assert port_of({"dns.port": text}) == port


def test_without_a_port_it_is_53() -> None:
    assert port_of({}) == 53


@pytest.mark.parametrize("text", ["abc", "-1", "65536", "1:2", "+53", " 53", "٥٣", "9" * 30])
def test_what_is_no_port_is_a_fault(text: str) -> None:
    with pytest.raises(Fault, match="is not a port; a number from 0 to 65535 is expected"):
        port_of({"dns.port": text})
