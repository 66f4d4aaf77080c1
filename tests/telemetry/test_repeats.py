"""What fails at each attempt is written once a minute; all other lines are written."""

import errno
import logging
import os

import pytest

from clusterdns.seldom import SECONDS
from clusterdns.telemetry.repeats import MOST_KNOWN, Repeats


class Log:
    """What is written of records, on a clock of its own."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.repeats = Repeats(lambda: self.now)
        self.lines: list[str] = []

    def write(
        self, text: str, *values: object, level: int = logging.ERROR, error: Exception | None = None
    ) -> None:
        about = (type(error), error, error.__traceback__) if error else None
        record = logging.LogRecord("clusterdns.test", level, __file__, 1, text, values, about)
        passed = self.repeats.passed(record)
        if passed is not None:
            self.lines.append(passed.getMessage())


@pytest.fixture
def log() -> Log:
    return Log()


def failing(kind: type[Exception]) -> Exception:
    try:
        raise kind
    except Exception as error:  # noqa: BLE001 - whatever was asked for
        return error


def failing_elsewhere() -> Exception:
    try:
        raise ValueError
    except ValueError as error:
        return error


def test_a_traceback_is_written_once_a_minute_whatever_its_line_says(log: Log) -> None:
    for number in range(1000):
        log.write("failed on %d", number, error=failing(ValueError))
    assert log.lines == ["failed on 0"]
    log.now += SECONDS
    log.write("failed on %s", "x%d", error=failing(ValueError))
    assert log.lines[1:] == ["failed on x%d (999 times more since the last such line)"]


def test_other_tracebacks_are_written_meanwhile(log: Log) -> None:
    for error in (failing(ValueError), failing(KeyError), failing_elsewhere(), ValueError()):
        log.write("failed", error=error)
    assert len(log.lines) == 4


@pytest.mark.parametrize(
    "reason",
    [
        OSError(errno.EMFILE, os.strerror(errno.EMFILE)),
        OSError(errno.ENFILE, os.strerror(errno.ENFILE)),
        os.strerror(errno.ENOBUFS),
        "[Errno 12] Cannot allocate memory",
        "MemoryError()",
        "can't start new thread",
    ],
    ids=str,
)
def test_a_shortage_of_the_machine_is_written_once_a_minute(log: Log, reason: object) -> None:
    for number in range(100):
        log.write("file %d cannot be read: %s", number, reason, level=logging.WARNING)
    assert len(log.lines) == 1


@pytest.mark.parametrize("level", [logging.INFO, logging.ERROR])
def test_ordinary_lines_are_always_written(log: Log, level: int) -> None:
    for _ in range(10):
        log.write("cannot be read: %s", "Permission denied", level=level)
    assert len(log.lines) == 10


def test_a_line_that_cannot_be_formatted_is_left_to_whoever_writes_it(log: Log) -> None:
    record = logging.LogRecord("clusterdns.test", logging.ERROR, __file__, 1, "%d", ("x",), None)
    assert log.repeats.passed(record) is record


def test_what_is_remembered_is_bounded(log: Log) -> None:
    kinds = [type(f"Error{number}", (Exception,), {}) for number in range(MOST_KNOWN + 1)]
    for kind in kinds:
        log.write("failed", error=kind())
    log.write("failed", error=kinds[-1]())
    assert len(log.lines) == MOST_KNOWN + 1
    log.write("failed", error=kinds[0]())
    assert len(log.lines) == MOST_KNOWN + 2
