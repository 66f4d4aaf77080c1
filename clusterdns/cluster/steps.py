"""Applying a big difference in steps short enough that answers do not wait for them.

    1. Namespaces that are new             a Service in them must not be NXDOMAIN for want of its Namespace
    2. Services that stay or come          each with all that changes of its slices, removals too
    3. Pods that stay or come
    4. what is gone: Services with their slices, Pods, then Namespaces

So at no moment fewer objects are there than both states have, and no Service is half old.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import (
    ClusterObject,
    EndpointSlice,
    Key,
    Namespace,
    Service,
    ServiceImport,
)
from clusterdns.cluster.table import Table

STEP_SECONDS = 0.001
"""What a step aims at. The bound is twice that, so a step may turn out twice as slow as the last one."""

SMALL = 64
"""Changes up to this weight (an object, or 64 octets of packed endpoints, weighs 1) are one step."""

MOST_WEIGHT = 4096

Unit = tuple[list[ClusterObject], list[Key]]
Group = tuple[str, str, str]


async def apply_in_steps(
    table: Table,
    changes: ChangeSet,
    *,
    clock: Callable[[], float] = time.perf_counter,
    pause: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Apply `changes`, a small one in one step, others in several with `pause` awaited between.

    `clock` gives seconds; `pause` gives the loop back, for one turn unless given.
    """
    if sum(_weight(item) for item in changes.put) + len(changes.removed) <= SMALL:
        table.apply(changes)
        return
    weight = SMALL
    units = list(reversed(units_of(table, changes)))
    while units:
        began = clock()
        table.apply(_take(units, weight))
        took = clock() - began
        if took > STEP_SECONDS:
            weight = max(1, weight // 2)
        elif took < STEP_SECONDS / 2:
            weight = min(MOST_WEIGHT, weight * 2)
        await (pause() if pause is not None else asyncio.sleep(0))


def units_of(table: Table, changes: ChangeSet) -> list[Unit]:
    """What must be applied together, in the order of the steps."""
    first: list[Unit] = []
    staying: defaultdict[Group, Unit] = defaultdict(lambda: ([], []))
    leaving: defaultdict[Group, Unit] = defaultdict(lambda: ([], []))
    last: list[Unit] = []
    for item in changes.put:
        if isinstance(item, Namespace):
            first.append(([item], []))
        else:
            staying[_group(item)][0].append(item)
    for key in changes.removed:
        group = _group_of_key(table, key)
        if key.kind is Namespace:
            last.append(([], [key]))
        elif group in staying:
            staying[group][1].append(key)
        else:
            leaving[group][1].append(key)
    return [*first, *staying.values(), *leaving.values(), *last]


def _take(units: list[Unit], weight: int) -> ChangeSet:
    put: list[ClusterObject] = []
    removed: list[Key] = []
    while units and weight > 0:
        more_put, more_removed = units.pop()
        put += more_put
        removed += more_removed
        weight -= sum(_weight(item) for item in more_put) + len(more_removed)
    return ChangeSet(put=tuple(put), removed=tuple(removed))


def _group(item: ClusterObject) -> Group:
    match item:
        case Service() | ServiceImport():
            return "service", item.namespace, item.name
        case EndpointSlice():
            return "service", item.namespace, item.service or item.import_name
        case _:
            return "pod", item.namespace, item.name


def _group_of_key(table: Table, key: Key) -> Group:
    item = table.objects(key.kind).get((key.namespace, key.name))
    return _group(item) if item is not None else ("gone", key.namespace, key.name)


def _weight(item: ClusterObject) -> int:
    return 1 + len(item.packed) // 64 if isinstance(item, EndpointSlice) else 1
