"""Who asks again, and when."""

import asyncio
from itertools import pairwise
from random import Random

import pytest

from clusterdns.cluster.reflector.health.backoffs import Backoff, Backoffs
from testbed.following import now


async def seconds(backoff: Backoff, at_least: float = 0.0) -> float:
    began = now()
    await backoff.wait(at_least)
    return now() - began


async def test_waits_double_as_far_as_the_outage_is_long() -> None:
    backoff = Backoffs(Random(1)).one()
    waits = [await seconds(backoff) for _ in range(40)]
    assert 0.8 <= waits[0] <= 1.6
    assert 1.6 <= waits[1] <= 3.5
    assert all(2.2 <= wait <= 4.4 for wait in waits[2:6])
    assert all(30 <= wait <= 60 for wait in waits[-5:])


async def test_after_an_answer_waits_are_short_again() -> None:
    backoff = Backoffs(Random(1)).one()
    for _ in range(30):
        await backoff.wait()
    backoff.answered()
    assert 2.2 <= await seconds(backoff) <= 4.4


async def test_two_quiet_minutes_begin_anew() -> None:
    backoff = Backoffs(Random(1)).one()
    for _ in range(30):
        await backoff.wait()
    backoff.answered()
    await asyncio.sleep(121)
    assert 0.8 <= await seconds(backoff) <= 1.6


async def test_the_first_answer_wakes_all_who_wait() -> None:
    shared = Backoffs(Random(1))
    waiting = [shared.one() for _ in range(5)]
    for backoff in waiting[1:]:
        for _ in range(4):
            await backoff.wait()
    began = now()
    tasks = [asyncio.create_task(seconds(backoff)) for backoff in waiting[1:]]
    await asyncio.sleep(0.5)
    waiting[0].answered()
    assert max(await asyncio.gather(*tasks)) == pytest.approx(0.5)
    assert now() - began == pytest.approx(0.5)


async def test_two_whose_watches_end_at_once_do_not_wake_each_other_for_ever() -> None:
    shared = Backoffs(Random(1))
    attempts = 0

    async def ends_at_once(backoff: Backoff) -> None:
        nonlocal attempts
        while True:
            attempts += 1
            backoff.opened()
            backoff.closed()
            await backoff.wait()

    tasks = [asyncio.create_task(ends_at_once(shared.one())) for _ in range(3)]
    await asyncio.sleep(100)
    for task in tasks:
        task.cancel()
    assert attempts <= 0.5 * 100


async def test_while_nobody_has_an_answer_one_asks_for_all() -> None:
    shared = Backoffs(Random(1))
    moments: list[float] = []

    async def fails(backoff: Backoff) -> None:
        while True:
            moments.append(now())
            await backoff.wait()

    tasks = [asyncio.create_task(fails(shared.one())) for _ in range(50)]
    await asyncio.sleep(60)
    for task in tasks:
        task.cancel()
    gaps = [after - before for before, after in pairwise(moments[50:])]
    assert min(gaps) >= 2.49
    assert max(gaps) <= 4.5


async def test_one_of_many_that_fails_for_the_first_time_does_not_queue_behind_others() -> None:
    shared = Backoffs(Random(1))
    others = [shared.one() for _ in range(30)]
    shared.one().opened()
    tasks = [asyncio.create_task(fails_for_ever(other)) for other in others]
    await asyncio.sleep(60)
    mine = shared.one()
    mine.opened()
    mine.closed()
    assert await seconds(mine) <= 1.6
    for task in tasks:
        task.cancel()


async def fails_for_ever(backoff: Backoff) -> None:
    while True:
        await backoff.wait()


async def test_what_the_server_asks_for_is_not_cut_short_by_others_answers() -> None:
    shared = Backoffs(Random(1))
    backoff, other = shared.one(), shared.one()
    task = asyncio.create_task(seconds(backoff, 10.0))
    await asyncio.sleep(1)
    other.answered()
    assert 10 <= await task <= 12.5
