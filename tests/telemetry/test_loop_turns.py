"""Turns of the event loop are measured from what its selector is asked."""

import asyncio
from collections.abc import Iterator

import pytest

from clusterdns.telemetry.families import Distribution
from clusterdns.telemetry.loop_metrics import LONGEST, TURNS, declare_loop_turns
from clusterdns.telemetry.loop_turns import MOST_KEPT, WINDOW_SECONDS, Events, TimedSelector, Turn
from clusterdns.telemetry.metrics import Metrics


class Clock:
    """Stands still unless a test lets time pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def selector(clock: Clock) -> Iterator[TimedSelector]:
    """That of a loop whose first turn has begun."""
    with TimedSelector(clock) as made:
        made.select(0)
        yield made


def turn(selector: TimedSelector, clock: Clock, seconds: float) -> None:
    """Let a turn take so long."""
    clock.now += seconds
    selector.select(0)


def exported(selector: TimedSelector) -> tuple[Distribution, float]:
    metrics = Metrics()
    declare_loop_turns(metrics, selector)
    series = {family.name: next(family.series())[1] for family in metrics.families()}
    return series[TURNS], series[LONGEST].value


def test_each_turn_lies_in_its_bucket(selector: TimedSelector, clock: Clock) -> None:
    for seconds in (0.0002, 0.0005, 0.002, 0.3, 20):
        turn(selector, clock, seconds)
    distribution, _ = exported(selector)
    found = dict(zip((*distribution.bounds, None), distribution.counts, strict=True))
    assert {bound: count for bound, count in found.items() if count} == {0.001: 2, 0.0025: 1, 0.5: 1, None: 1}
    assert distribution.sum == pytest.approx(20.3027)


def test_the_time_that_a_loop_waits_is_no_turn(selector: TimedSelector, clock: Clock) -> None:
    def wait(timeout: float | None = None) -> Events:
        clock.now += timeout or 0.0
        return []

    selector._select = wait
    selector.select(30.0)
    turn(selector, clock, 0.02)
    assert [seconds for _, seconds in selector.newest] == [pytest.approx(0.02)]
    assert selector.seconds == pytest.approx(0.02)


def test_a_turn_can_be_seen_while_it_lasts(selector: TimedSelector, clock: Clock) -> None:
    assert (selector.began, selector.ended) == (clock.now, 0)
    turn(selector, clock, 0.5)
    assert (selector.began, selector.ended) == (clock.now, 1)
    assert list(selector.newest) == [Turn(1, 0.5)]


def test_only_the_newest_long_turns_are_kept(selector: TimedSelector, clock: Clock) -> None:
    for _ in range(MOST_KEPT + 5):
        turn(selector, clock, 0.5)
    assert [number for number, _ in selector.newest] == list(range(6, MOST_KEPT + 6))


@pytest.mark.parametrize(
    ("windows_later", "longest"),
    [
        pytest.param(0.0, 0.5, id="at once"),
        pytest.param(0.9, 0.5, id="in the same window"),
        pytest.param(1.9, 0.5, id="in the next window"),
        pytest.param(2.1, 0.0, id="after that"),
    ],
)
def test_the_longest_turn_is_told_for_a_minute_at_least(
    selector: TimedSelector, clock: Clock, windows_later: float, longest: float
) -> None:
    turn(selector, clock, 0.25)  # opens a window
    turn(selector, clock, 0.5)
    clock.now += windows_later * WINDOW_SECONDS - 0.5
    assert exported(selector)[1] == longest


def test_a_new_window_keeps_the_longest_turn_of_the_last_one(selector: TimedSelector, clock: Clock) -> None:
    turn(selector, clock, 0.5)
    clock.now += 1.5 * WINDOW_SECONDS
    selector.began = clock.now
    turn(selector, clock, 0.2)
    assert selector.longest == 0.5
    clock.now += 1.5 * WINDOW_SECONDS
    assert selector.longest == pytest.approx(0.2)


def test_what_was_at_the_start_is_forgotten(selector: TimedSelector, clock: Clock) -> None:
    turn(selector, clock, 3.0)
    clock.now += 3.0
    selector.forget()
    turn(selector, clock, 0.002)
    assert selector.ended == 1
    assert selector.longest == pytest.approx(0.002)


def test_a_loop_runs_on_it() -> None:
    selector = TimedSelector()
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        runner.run(asyncio.sleep(0))
    assert selector.ended > 0
