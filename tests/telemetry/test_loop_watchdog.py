"""A turn that lasts too long is logged with the stack that held it up."""

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from clusterdns.telemetry.loop_turns import TimedSelector
from clusterdns.telemetry.loop_watchdog import LoopWatchdog
from clusterdns.telemetry.stacks import DEEPEST, Place, Stack, owner_in, read_stack
from clusterdns.telemetry.turn_log import MOST_FUNCTIONS, LongTurn, TurnLog

BOUND = 0.1


def blocks() -> Iterator[None]:
    yield


def computes() -> Iterator[None]:
    yield


class Loop:
    """A loop that a test plays: it does what it is told, on a clock that stands still otherwise."""

    def __init__(self, *, quiet: float = 60.0) -> None:
        self.now = 1000.0
        self._running: Iterator[None] = iter(())
        self.selector = TimedSelector(lambda: self.now)
        self.selector.select(0)
        self.watchdog = LoopWatchdog(
            self.selector,
            TurnLog({__name__: "sleepy"}, quiet=quiet),
            bound=BOUND,
            clock=lambda: self.now,
            frames=self._frames,
        )

    def does(self, function: Callable[[], Iterator[None]], seconds: float) -> None:
        """Be in a function for so long, while the watchdog looks four times."""
        self._running = function()
        for _ in range(4):
            self.now += seconds / 4
            self.watchdog.look()

    def _frames(self) -> dict[int, FrameType]:
        """A generator's frame: that of a function would keep those of all its callers."""
        frame: FrameType | None = getattr(self._running, "gi_frame", None)
        return {} if frame is None else {threading.get_ident(): frame}

    def ends_turn(self) -> None:
        self.selector.select(0)
        self.watchdog.look()


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    with made.selector:
        yield made


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage().partition(" (")[0] for record in caplog.records]


def test_a_long_turn_is_logged_with_what_held_it_up(loop: Loop, caplog: pytest.LogCaptureFixture) -> None:
    loop.does(blocks, 0.35)
    assert caplog.records == []
    loop.ends_turn()
    (record,) = caplog.records
    assert record.getMessage().startswith("the event loop was held up for 350 ms (")
    assert record.getMessage().endswith(" ms of processor time) by plugin sleepy")
    assert record.levelno == logging.WARNING
    assert (record.stack_info or "").splitlines()[-1].endswith(" blocks")


@pytest.mark.parametrize("seconds", [0.04, 0.07, 0.1])
def test_a_turn_within_the_bound_is_not(loop: Loop, caplog: pytest.LogCaptureFixture, seconds: float) -> None:
    loop.does(blocks, seconds - 1e-9)
    loop.ends_turn()
    assert caplog.records == []


def test_of_several_functions_the_one_seen_most_often_is_named(
    loop: Loop, caplog: pytest.LogCaptureFixture
) -> None:
    loop.does(computes, 0.12)
    loop.does(blocks, 0.5)
    loop.does(computes, 0.01)
    loop.ends_turn()
    (record,) = caplog.records
    assert str(record.stack_info).endswith(" computes")


def test_a_turn_that_does_not_end_is_logged_and_once_more_at_its_end(
    loop: Loop, caplog: pytest.LogCaptureFixture
) -> None:
    loop.does(blocks, 1.2)
    loop.does(blocks, 1.2)
    assert logged(caplog) == ["the event loop was held up for 1200 ms so far"]
    loop.ends_turn()
    assert logged(caplog)[1:] == ["the event loop was held up for 2400 ms"]


def test_a_turn_that_nobody_looked_at_is_logged_without_a_stack(
    loop: Loop, caplog: pytest.LogCaptureFixture
) -> None:
    loop.now += 0.2
    loop.ends_turn()
    assert logged(caplog) == ["the event loop was held up for 200 ms"]
    assert caplog.records[0].stack_info is None


def test_one_function_is_logged_once_a_minute(loop: Loop, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        loop.does(blocks, 0.2)
        loop.ends_turn()
    loop.does(computes, 0.2)
    loop.ends_turn()
    assert len(caplog.records) == 2
    loop.now += 60.0
    loop.selector.forget()
    loop.does(blocks, 0.2)
    loop.ends_turn()
    assert caplog.records[2].getMessage().endswith("; 2 such lines were left out")


def test_where_each_turn_is_wanted_none_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    loop = Loop(quiet=0.0)
    with loop.selector:
        for _ in range(3):
            loop.does(blocks, 0.2)
            loop.ends_turn()
    assert len(caplog.records) == 3


def test_the_functions_remembered_are_bounded() -> None:
    log = TurnLog({})
    for number in range(3 * MOST_FUNCTIONS):
        place = Place("module", f"function_{number}", 1)
        turn = LongTurn(stack=(place,), seconds=1.0, processor_seconds=0.0, has_ended=True)
        assert log.write(turn, now=0.0)
        assert len(log._logged) <= MOST_FUNCTIONS


def test_without_a_thread_there_is_no_watchdog(
    loop: Loop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    loop.watchdog.start()
    assert caplog.messages == ["long turns of the event loop will not be logged: can't start new thread"]


def test_its_thread_holds_up_no_end(loop: Loop) -> None:
    before = threading.enumerate()
    loop.watchdog.start()
    (thread,) = set(threading.enumerate()).difference(before)
    assert thread.daemon
    loop.watchdog.stop()
    thread.join()


async def test_a_stack_begins_with_what_the_loop_called() -> None:
    stacks: list[Stack] = []

    def read() -> None:
        stacks.append(read_stack(sys._getframe()))

    asyncio.get_running_loop().call_soon(read)
    await asyncio.sleep(0)
    read()
    functions = [[place.function.rpartition(".")[2] for place in stack] for stack in stacks]
    assert functions[0] == ["read"]
    assert functions[1][-2:] == ["test_a_stack_begins_with_what_the_loop_called", "read"]


def test_only_the_innermost_calls_of_a_deep_stack_are_kept() -> None:
    def deep(calls: int) -> Stack:
        return deep(calls - 1) if calls else read_stack(sys._getframe())

    stack = deep(DEEPEST)
    assert {place.function.rpartition(".")[2] for place in stack} == {"deep"}
    assert len(stack) == DEEPEST


@pytest.mark.parametrize(
    ("modules", "owner"),
    [
        pytest.param(
            ["clusterdns.answering.chain", "a_plugins.kubernetes.handler"], "kubernetes", id="in a package"
        ),
        pytest.param(["a_plugins.log", "a_plugins.kubernetes.handler"], "kubernetes", id="the innermost"),
        pytest.param(["one_module", "clusterdns.cluster.table"], "other", id="what a plugin calls"),
        pytest.param(["one_module_more"], None, id="a longer name"),
        pytest.param(["clusterdns.transports.udp"], None, id="the server itself"),
        pytest.param([], None, id="nothing seen"),
    ],
)
def test_whose_code_runs(modules: list[str], owner: str | None) -> None:
    packages = {"a_plugins.kubernetes": "kubernetes", "a_plugins.log": "log", "one_module": "other"}
    assert owner_in(tuple(Place(module, "f", 1) for module in modules), packages) == owner
