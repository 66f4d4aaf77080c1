"""Objects and groups so large that one step would be too long: what is seen, and what is left behind."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from clusterdns.cluster.blocks import is_at
from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.objects import EndpointSlice, Service, key_of
from clusterdns.cluster.step_budget import STEP_SECONDS
from clusterdns.cluster.steps import MOST_TOGETHER, apply_in_steps
from clusterdns.cluster.table import Table
from clusterdns.rows import Noted

ADDRESSES = 5000
SAMPLE = 97


class Clock:
    """Every look at it takes a quarter of a turn, so that a turn has four pieces."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += STEP_SECONDS / 4
        return self.now


def address(number: int, generation: int) -> bytes:
    return bytes((10 + generation, *number.to_bytes(3, "big")))


def large(generation: int, *, service: str = "web") -> EndpointSlice:
    endpoints = (
        Endpoint(addresses=tuple(address(start + each, generation) for each in range(100)))
        for start in range(0, ADDRESSES, 100)
    )
    return EndpointSlice(
        namespace="shop", name="web-1", service=service, packed=pack(endpoints), version=str(generation)
    )


def small(number: int, *, name: str = "", version: str = "1") -> EndpointSlice:
    endpoint = Endpoint(addresses=(address(number, 0),), hostname=f"v{version}")
    return EndpointSlice(
        namespace="shop",
        name=name or f"web-{number:05}",
        service="web",
        packed=pack([endpoint]),
        version=version,
    )


def synced(*objects: EndpointSlice) -> Table:
    table = Table()
    table.apply(ChangeSet(put=(Service(namespace="shop", name="web", headless=True), *objects)))
    table.synced = True
    return table


async def apply(table: Table, changes: ChangeSet, look: Callable[[], None]) -> int:
    """Apply and look at every pause; how many there were."""
    pauses = 0

    async def pause() -> None:
        nonlocal pauses
        pauses += 1
        look()

    await apply_in_steps(table, changes, clock=Clock(), pause=pause)
    look()
    return pauses


def generations_seen(table: Table) -> set[str]:
    """Which versions of the slice look-ups find: by its Service, and by addresses of each generation."""
    found = [item.version for item in table.slices("shop", "web", noted=Noted())]
    for generation in (1, 2):
        for number in range(0, ADDRESSES, SAMPLE):
            for item in table.slices_by_ip(address(number, generation), noted=Noted()):
                assert is_at(item.packed, address(number, generation))
                found.append(str(generation))
    return set(found)


@pytest.mark.parametrize(
    ("before", "changes", "seen"),
    [
        pytest.param([], ChangeSet(put=(large(1),)), [set(), {"1"}], id="comes"),
        pytest.param([large(1)], ChangeSet(put=(large(2),)), [{"1"}, {"2"}], id="changes"),
        pytest.param([large(1)], ChangeSet(removed=(key_of(large(1)),)), [{"1"}, set()], id="goes"),
    ],
)
async def test_a_large_slice_is_switched_in_one_piece_of_many(
    before: list[EndpointSlice], changes: ChangeSet, seen: list[set[str]]
) -> None:
    table, states = synced(*before), list[set[str]]()
    pauses = await apply(table, changes, lambda: states.append(generations_seen(table)))
    assert pauses > ADDRESSES / 256 / 4
    assert [state for place, state in enumerate(states) if place == 0 or state != states[place - 1]] == seen


async def test_answers_from_before_the_switch_are_current_until_it_and_not_after() -> None:
    table, wrong = synced(large(1)), list[str]()
    noted = [Noted() for _ in range(0, ADDRESSES, SAMPLE)]
    for place, each in enumerate(noted):
        table.slices_by_ip(address(place * SAMPLE, 1), noted=each)

    def look() -> None:
        is_new = generations_seen(table) == {"2"}
        wrong.extend("late" for each in noted if each.is_current() == is_new)

    await apply(table, ChangeSet(put=(large(2),)), look)
    assert wrong == []


async def test_what_a_slice_was_found_by_is_all_gone_after_it() -> None:
    table = synced(large(1))
    for changes in (
        ChangeSet(put=(large(2),)),
        ChangeSet(put=(large(2, service=""),)),
        ChangeSet(put=(large(1, service="other"),)),
        ChangeSet(removed=(key_of(large(1)),)),
    ):
        await apply(table, changes, lambda: None)
    assert found_by(table) == 0


def found_by(table: Table) -> int:
    """How many buckets_of of the two generations anything is found by."""
    store = table._store
    return len(store.by_bucket) + len(store.by_service)


@pytest.mark.parametrize("at", [1, 5, 20])
async def test_being_cancelled_is_put_off_until_an_object_is_whole(at: int) -> None:
    table, pauses = synced(large(1)), list[int]()

    async def pause() -> None:
        pauses.append(1)
        if len(pauses) == at:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await apply_in_steps(table, ChangeSet(put=(large(2),)), clock=Clock(), pause=pause)
    is_begun = at > 1
    assert generations_seen(table) == ({"2"} if is_begun else {"1"})
    table.apply(ChangeSet(removed=(key_of(large(1)),)))
    assert found_by(table) == 0


async def test_of_two_who_change_an_object_the_second_waits() -> None:
    table, order = synced(large(1)), list[str]()

    async def second() -> None:
        await apply_in_steps(table, ChangeSet(put=(small(1, name="web-1"),)))
        order.append("second")

    async def pause() -> None:
        await asyncio.sleep(0)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(apply_in_steps(table, ChangeSet(put=(large(2),)), clock=Clock(), pause=pause))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        tasks.create_task(second())
        await apply_in_steps(table, ChangeSet(put=(small(2),)))
        order.append("another object")
    assert order == ["another object", "second"]
    assert [item.version for item in table.slices("shop", "web", noted=Noted())] == ["1", "1"]
    table.apply(ChangeSet(removed=(key_of(large(2)), key_of(small(2)))))
    assert found_by(table) == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "1", id="come"),
        pytest.param("1", "2", id="change"),
        pytest.param("1", "", id="go"),
    ],
)
async def test_many_slices_of_one_service_come_in_steps_that_end(before: str, after: str) -> None:
    many = range(MOST_TOGETHER * 4)
    table = synced(*(small(number, version=before) for number in many if before))
    changes = (
        ChangeSet(put=tuple(small(number, version=after) for number in many))
        if after
        else ChangeSet(removed=tuple(key_of(small(number)) for number in many))
    )
    seen: list[int] = []

    def look() -> None:
        found = table.slices("shop", "web", noted=Noted())
        seen.append(sum(item.version == (after or before) for item in found))

    await apply(table, changes, look)
    assert seen[-1] == (len(many) if after else 0)
    assert max(abs(one - other) for one, other in pairwise(seen)) <= MOST_TOGETHER


async def test_many_slices_of_one_service_are_never_fewer_than_both_states_have() -> None:
    many = MOST_TOGETHER * 3
    table, seen = synced(*(small(number) for number in range(many))), list[int]()
    changes = ChangeSet(
        put=tuple(small(number) for number in range(many, many * 2)),
        removed=tuple(key_of(small(number)) for number in range(many)),
    )
    await apply(table, changes, lambda: seen.append(len(table.slices("shop", "web", noted=Noted()))))
    assert min(seen) >= many
    assert seen[-1] == many
