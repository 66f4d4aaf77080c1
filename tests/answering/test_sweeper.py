"""Tidying up: a turn in each round, whoever it is for."""

import asyncio
from collections.abc import Callable, Iterator

from clusterdns.answering.sweeper import TURN_SECONDS, Sweeper

PIECES = 50
A_TURN = 5
"""Pieces in a turn: each look at the clock takes a fifth of it."""


class Rounds:
    """A clock that passes with every look, and the rounds of a loop."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waiting: list[Callable[[], None]] = []

    def clock(self) -> float:
        self.now += TURN_SECONDS / A_TURN
        return self.now

    def later(self, callback: Callable[[], None]) -> None:
        self.waiting.append(callback)

    def next(self) -> None:
        waiting, self.waiting = self.waiting, []
        for callback in waiting:
            callback()


def work(done: list[str], name: str) -> Iterator[None]:
    for _ in range(PIECES):
        done.append(name)
        yield


def test_work_is_done_in_turns_one_after_the_other() -> None:
    rounds, done = Rounds(), list[str]()
    sweeper = Sweeper(rounds.clock, rounds.later)
    sweeper(work(done, "a"))
    sweeper(work(done, "b"))
    assert done == []
    turns = list[int]()
    while rounds.waiting:
        assert len(rounds.waiting) == 1
        before = len(done)
        rounds.next()
        turns.append(len(done) - before)
    assert done == ["a"] * PIECES + ["b"] * PIECES
    assert max(turns) <= A_TURN + 1


def test_what_comes_later_begins_anew() -> None:
    rounds, done = Rounds(), list[str]()
    sweeper = Sweeper(lambda: 0.0, rounds.later)
    sweeper(work(done, "a"))
    rounds.next()
    assert rounds.waiting == []
    sweeper(work(done, "b"))
    rounds.next()
    assert done == ["a"] * PIECES + ["b"] * PIECES


async def test_the_loop_has_rounds_between() -> None:
    rounds, done, seen = Rounds(), list[str](), list[int]()
    sweeper = Sweeper(rounds.clock)
    sweeper(work(done, "a"))
    while len(done) < PIECES:
        seen.append(len(done))
        await asyncio.sleep(0)
    assert len(seen) >= PIECES / (A_TURN + 1)
