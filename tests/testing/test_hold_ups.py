"""A plugin that holds the event loop up is named; a busy machine is not its fault."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import FrameType

import pytest

from clusterdns.answering.origin import Origin
from clusterdns.plugin import Context, Next, Plugin, Query, Reply, Run
from clusterdns.testing.chain import running
from clusterdns.testing.hold_ups import LONGEST_STEP, HoldUps
from clusterdns.testing.mistakes import Mistake
from clusterdns.testing.plugins import Body, plugin_of

MINE = r'^Corefile:2:1: plugin "mine": '
COREFILE = ". {\nmine\n}"

block = time.sleep


async def asked(body: Body, *, times: int = 1) -> None:
    """Ask a plugin that does what `body` does."""
    async with running(COREFILE, plugin_of(body, name="mine")) as chain:
        for _ in range(times):
            await chain.ask("a.org")


async def a_few_turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def plugin_with(part: object, *, name: str = "mine") -> Plugin[None]:
    return Plugin(name=name, help="", parse=lambda _: None, build=lambda _, __: part, before="whoami")


def with_work(run: Run) -> Plugin[None]:
    def build(_: None, context: Context) -> None:
        context.background("the work", run)

    return Plugin(name="mine", help="", parse=lambda _: None, build=build, before="whoami")


class TestHoldingUp:
    async def test_a_handler_that_sleeps_is_named_with_its_stack(self) -> None:
        async def body(query: Query, next: Next, context: Context) -> Reply:
            block(0.3)
            return Reply()

        text = MINE + r"held up the event loop for more than 100 ms in one step:(\n  .*)*:\d+ \S*body$"
        with pytest.raises(Mistake, match=text):
            await asked(body)

    async def test_so_is_background_work_that_sleeps(self) -> None:
        async def run() -> None:
            block(0.3)
            await asyncio.Event().wait()

        with pytest.raises(Mistake, match=MINE + r"held up (.|\n)*run$"):
            async with running(COREFILE, with_work(run)):
                await a_few_turns()

    async def test_so_is_a_task_that_a_handler_made(self) -> None:
        async def sleeps() -> None:
            await asyncio.sleep(0)
            block(0.3)

        async def body(query: Query, next: Next, context: Context) -> Reply:
            await asyncio.create_task(sleeps())
            return Reply()

        with pytest.raises(Mistake, match=MINE + r"held up (.|\n)*sleeps$"):
            await asked(body)

    async def test_so_is_a_handler_that_computes(self) -> None:
        async def body(query: Query, next: Next, context: Context) -> Reply:
            began = time.thread_time()
            while time.thread_time() - began < 2.5 * LONGEST_STEP:
                pass
            return Reply()

        with pytest.raises(Mistake, match=MINE + r"held up (.|\n)*body$"):
            await asked(body)

    async def test_so_is_a_start_that_sleeps(self) -> None:
        class Part:
            async def __aenter__(self) -> None:
                block(0.3)

            async def __aexit__(self, *_: object) -> None: ...

        with pytest.raises(Mistake, match=MINE + r"held up (.|\n)*__aenter__$"):
            async with running(COREFILE, plugin_with(Part())):
                pass

    async def test_waiting_for_the_loop_is_none(self) -> None:
        async def body(query: Query, next: Next, context: Context) -> Reply:
            await asyncio.sleep(0.15)
            return Reply()

        await asked(body)

    async def test_nor_are_many_questions_one_after_the_other(self) -> None:
        async def body(query: Query, next: Next, context: Context) -> Reply:
            block(0.001)
            return Reply()

        await asked(body, times=150)

    async def test_nor_is_what_the_test_itself_does(self) -> None:
        async def body(query: Query, next: Next, context: Context) -> Reply:
            return Reply()

        async with running(COREFILE, plugin_of(body, name="mine")) as chain:
            await chain.ask("a.org")
            block(0.15)


@dataclass
class Machine:
    """A machine that a test plays: what its clocks show, and whether the loop's thread waits for more than a
    processor."""

    now: float = 0.0
    processor: float = 0.0
    waits: bool = False
    running: Iterator[None] | None = None

    def watched(self) -> HoldUps:
        return HoldUps(
            clock=lambda: self.now,
            processor_clock=lambda: self.processor,
            frames=self._frames,
            is_waiting=lambda: self.waits,
        )

    def _frames(self) -> Mapping[int, FrameType]:
        frame: FrameType | None = getattr(self.running, "gi_frame", None)
        return {} if frame is None else {threading.get_ident(): frame}


def step_of_a_plugin() -> Iterator[None]:
    """Looks like a frame of the server that calls a plugin."""
    origin = Origin("mine")
    yield
    del origin


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setitem(globals(), "__name__", "clusterdns.server.played")
    machine = Machine(running=step_of_a_plugin())
    next(machine.running or iter([None]))
    return machine


@pytest.mark.parametrize(
    ("computes", "waits", "is_held_up"),
    [
        pytest.param(0.01, False, True, id="computing"),
        pytest.param(0.0, True, True, id="waiting in a call"),
        pytest.param(0.0, False, False, id="no processor for it"),
        pytest.param(0.002, False, False, id="hardly a processor for it"),
    ],
)
def test_only_what_a_plugin_computes_or_waits_counts(
    machine: Machine, computes: float, waits: bool, is_held_up: bool
) -> None:
    machine.waits = waits
    hold_ups = machine.watched()
    for _ in range(20):
        machine.now += 0.01
        machine.processor += computes
        hold_ups.look()
    assert bool(hold_ups.mistakes()) == is_held_up
    assert hold_ups.mistakes() == ()


def test_looks_that_are_far_apart_count_for_little(machine: Machine) -> None:
    machine.waits = True
    hold_ups = machine.watched()
    for _ in range(4):
        machine.now += 10 * LONGEST_STEP
        hold_ups.look()
    assert hold_ups.mistakes() == ()


def test_the_collector_is_nobody_s_mistake(machine: Machine) -> None:
    hold_ups = machine.watched()
    collector = hold_ups._collector
    for _ in range(20):
        machine.now += 0.01
        collector.note("start", {})
        machine.processor += LONGEST_STEP
        hold_ups.look()
        collector.note("stop", {})
        hold_ups.look()
    assert hold_ups.mistakes() == ()


def test_each_step_has_its_own_time(machine: Machine) -> None:
    machine.waits = True
    hold_ups = machine.watched()
    for _ in range(20):
        machine.now += 0.01
        machine.running = step_of_a_plugin()
        next(machine.running)
        hold_ups.look()
    assert hold_ups.mistakes() == ()
