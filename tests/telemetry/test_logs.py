"""The log reaches its descriptor whole, and never holds up or ends the server."""

import fcntl
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from clusterdns.telemetry.logs import logging_to
from clusterdns.telemetry.writer import BATCH, LogWriter

LOGGER = logging.getLogger("clusterdns.test")


@dataclass(frozen=True)
class Pipe:
    """Both ends of a pipe, which may be closed more than once."""

    reading: BinaryIO
    writing: BinaryIO

    @property
    def fd(self) -> int:
        return self.writing.fileno()

    def shrink(self) -> None:
        fcntl.fcntl(self.fd, fcntl.F_SETPIPE_SZ, 4096)

    def lines(self) -> list[str]:
        """All that was written; nothing more can be."""
        self.writing.close()
        return self.reading.read().decode().splitlines()


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb", buffering=0) as sink:
        yield Pipe(source, cast("BinaryIO", sink))


def message(record: logging.LogRecord) -> str:
    return record.getMessage()


def test_lines_and_records_arrive_in_order(pipe: Pipe) -> None:
    with logging_to(pipe.fd) as writer:
        writer.put(".:1053")
        LOGGER.info("first %d", 1)
        LOGGER.error("second")
        logging.getLogger("clusterdns.plugin.hosts").warning("third")
    assert pipe.lines() == [
        ".:1053",
        "[INFO] first 1",
        "[ERROR] second",
        "[WARNING] plugin/hosts: third",
    ]


def test_more_lines_than_one_write_takes_all_arrive(pipe: Pipe) -> None:
    with logging_to(pipe.fd):
        for number in range(3 * BATCH):
            LOGGER.info("%d", number)
    assert pipe.lines() == [f"[INFO] {number}" for number in range(3 * BATCH)]


def test_libraries_are_heard_from_warning_on_and_debug_is_off(pipe: Pipe) -> None:
    with logging_to(pipe.fd):
        LOGGER.debug("quiet")
        logging.getLogger("elsewhere").info("quiet")
        logging.getLogger("elsewhere").warning("loud")
    assert pipe.lines() == ["[WARNING] elsewhere: loud"]


def test_afterwards_logging_is_as_it_was(pipe: Pipe) -> None:
    before = logging.getLogger().handlers[:], logging.getLogger("clusterdns").level
    with logging_to(pipe.fd):
        pass
    assert (logging.getLogger().handlers, logging.getLogger("clusterdns").level) == before


def test_a_reader_that_does_not_read_costs_lines_and_no_time(pipe: Pipe) -> None:
    pipe.shrink()
    writer = LogWriter(pipe.fd, message, capacity=10)
    writer.start()
    for _ in range(10_000):
        writer.put("x" * 1000)
    writer.close(0)
    assert writer.dropped > 9_000
    assert writer._thread.is_alive()
    pipe.reading.close()  # lets the thread end
    writer.close(5)
    assert not writer._thread.is_alive()


def test_dropped_lines_are_counted_and_said(pipe: Pipe) -> None:
    writer = LogWriter(pipe.fd, message, capacity=3)
    for number in range(5):
        writer.put(str(number))
    writer.start()
    writer.close(5)
    assert writer.dropped == 2
    assert pipe.lines() == [
        "0",
        "1",
        "2",
        "[WARNING] 2 lines of the log were dropped: nobody took them in time",
    ]


def test_a_closed_pipe_costs_lines_only(pipe: Pipe) -> None:
    pipe.reading.close()
    writer = LogWriter(pipe.fd, message)
    writer.start()
    writer.put("lost")
    writer.close(5)
    assert writer.dropped == 1
    assert not writer._thread.is_alive()


def test_a_full_disk_is_recovered_from(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full, (tmp_path / "log").open("wb") as file:
        fd = os.dup(full.fileno())
        writer = LogWriter(fd, message)
        writer._write(["lost"])
        os.dup2(file.fileno(), fd)
        writer._write(["kept"])
        writer._tell_dropped()
        os.close(fd)
    assert (tmp_path / "log").read_text().splitlines() == [
        "kept",
        "[WARNING] 1 lines of the log were dropped: nobody took them in time",
    ]


def test_a_pipe_that_somebody_made_non_blocking_gets_every_line(pipe: Pipe) -> None:
    os.set_blocking(pipe.fd, False)
    pipe.shrink()
    writer = LogWriter(pipe.fd, message)
    writer.start()
    for number in range(500):
        writer.put(f"{number:0100}")
    writer.put("end")
    received = b""
    while not received.endswith(b"end\n"):
        received += os.read(pipe.reading.fileno(), 65536)
    writer.close(5)
    assert len(received.splitlines()) == 501


def test_a_log_call_with_a_bug_is_named_and_the_next_line_follows(pipe: Pipe) -> None:
    with logging_to(pipe.fd) as writer:
        broken_call = logging.LogRecord("clusterdns", logging.INFO, __file__, 7, "%d", ("text",), None)
        writer.put(broken_call)
        LOGGER.info("next")
    broken, following = pipe.lines()
    assert broken.startswith("[ERROR] a log line from ")
    assert "test_logs.py:7 cannot be formatted" in broken
    assert following == "[INFO] next"
