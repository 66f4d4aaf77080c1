"""Without memory: first the reserve and the caches go, then the process."""

import asyncio
import mmap
from typing import Any
from unittest.mock import Mock

import pytest

from clusterdns.memory import AMPLE, FEWEST_FAILURES, MOST_FAILURES, PATIENCE, RESERVE, Memory


class Process:
    """A reserve with its clock, and what became of the process."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.spared = 0
        self.ended = 0
        self.memory = Memory(self._end, lambda: self.now)
        self.memory.can_spare(self._spare)

    @property
    def is_over(self) -> bool:
        return self.ended > 0

    def _end(self) -> None:
        self.ended += 1

    def _spare(self) -> None:
        self.spared += 1

    def fail(self, times: int) -> None:
        for _ in range(times):
            self.memory.failed()


@pytest.fixture
def process() -> Process:
    process = Process()
    assert process.memory.hold()
    return process


def test_at_the_first_failure_caches_are_dropped_with_a_line(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    process.fail(3)
    assert (process.spared, process.ended) == (1, 0)
    assert len(caplog.messages) == 1


def test_many_failures_after_that_end_the_process(process: Process) -> None:
    process.fail(1 + MOST_FAILURES - 1)
    assert not process.is_over
    process.fail(1)
    assert process.is_over


def test_few_failures_end_it_if_they_last(process: Process) -> None:
    process.fail(1 + FEWEST_FAILURES)
    process.now += PATIENCE - 0.1
    process.fail(1)
    assert not process.is_over
    process.now += 0.1
    process.fail(1)
    assert process.is_over


def test_failures_are_forgotten_when_there_is_memory_again(process: Process) -> None:
    for _ in range(3):
        process.fail(MOST_FAILURES)
        assert process.memory.hold()
    assert (process.spared, process.ended) == (3, 0)


def test_a_reserve_that_cannot_be_had_is_none(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError

    process.fail(1)
    monkeypatch.setattr("clusterdns.memory.mmap.mmap", none)
    assert not process.memory.hold()
    process.fail(MOST_FAILURES)
    assert process.is_over


def test_a_reserve_is_kept_anew_only_where_there_is_much_more(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def little(_descriptor: int, octets: int) -> mmap.mmap:
        asked.append(octets)
        if octets > RESERVE:
            raise OSError
        return mmap.mmap(-1, octets)

    process.fail(1)
    monkeypatch.setattr("clusterdns.memory.mmap", Mock(mmap=little))
    assert not process.memory.hold()
    assert asked == [AMPLE]


def test_caches_that_cannot_be_dropped_do_not_matter(process: Process) -> None:
    def fails() -> None:
        raise MemoryError

    process.memory.can_spare(fails)
    process.fail(1 + MOST_FAILURES)
    assert process.is_over


async def test_errors_of_the_event_loop_count_if_they_are_about_memory(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "default_exception_handler", others.append)
    for error in (MemoryError(), ValueError()):
        process.memory.on_loop_error(loop, {"message": "in a call-back", "exception": error})
    assert process.spared == 1
    assert [type(context["exception"]) for context in others] == [ValueError]
