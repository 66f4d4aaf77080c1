"""Applying a big difference in steps short enough that answers do not wait for them.

    1. Namespaces that are new             a Service in them must not be NXDOMAIN for want of its Namespace
    2. Services that stay or come          each with all that changes of its slices, removals too
    3. what is gone                        Services with their slices, Pods, then Namespaces

So at no moment fewer objects are there than both states have, and no Service is half old.
"""

import time
from collections.abc import Awaitable, Callable

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import ClusterObject, EndpointSlice, Key, Namespace, Service, ServiceImport
from clusterdns.cluster.table import Table
from clusterdns.cluster.turns import TURN_SECONDS, Turns

SMALL = 64
"""Changes up to this weight (an object, or 64 octets of packed endpoints, weighs 1) are one step."""

MOST_WEIGHT = 4096

Group = tuple[str, str, str]
Piece = ClusterObject | Key
Unit = Piece | tuple[Piece, ...]
"""What must be applied together. A piece alone stands for itself: lists would keep the collector busy."""


class Plan:
    """Sorts the pieces of a change set into units, and these into the order of the steps."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._namespaces: list[Unit] = []
        self._staying: dict[Group, Unit] = {}
        self._leaving: dict[Group, Unit] = {}
        self._left_namespaces: list[Unit] = []

    def put(self, item: ClusterObject) -> None:
        """Plan an object that comes or changes; all of these before any that goes."""
        if isinstance(item, Namespace):
            self._namespaces.append(item)
        else:
            _join(self._staying, _group(item), item)

    def remove(self, key: Key) -> None:
        """Plan an object that goes: with its Service, if that stays."""
        item = self._table.objects(key.kind).get((key.namespace, key.name))
        if item is None:
            return
        if isinstance(item, Namespace):
            self._left_namespaces.append(key)
        else:
            group = _group(item)
            _join(self._staying if group in self._staying else self._leaving, group, key)

    def units(self) -> list[Unit]:
        """All units, in order."""
        return [*self._namespaces, *self._staying.values(), *self._leaving.values(), *self._left_namespaces]


async def apply_in_steps(
    table: Table,
    changes: ChangeSet,
    *,
    clock: Callable[[], float] = time.perf_counter,
    pause: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Apply `changes`, a small one in one step, others in several with `pause` awaited between.

    `clock` gives seconds; `pause` gives the loop back, for one round unless given.
    """
    if len(changes) <= SMALL and sum(map(_weight, changes.put)) <= SMALL:
        table.apply(changes)
        return
    turns = Turns(clock, pause)
    plan = Plan(table)
    for item in changes.put:
        plan.put(item)
        if turns.is_over():
            await turns.end()
    for key in changes.removed:
        plan.remove(key)
        if turns.is_over():
            await turns.end()
    await _apply_units(table, plan.units(), turns)


async def _apply_units(table: Table, units: list[Unit], turns: Turns) -> None:
    weight, position = SMALL, 0
    while position < len(units):
        await turns.end()
        end = _batch_end(units, position, weight=weight)
        table.apply(_together(units[position:end]))
        position = end
        if turns.left() < 0:
            weight = max(1, weight // 2)
        elif turns.left() > TURN_SECONDS / 2:
            weight = min(MOST_WEIGHT, weight * 2)


def _batch_end(units: list[Unit], start: int, *, weight: int) -> int:
    end = start
    while end < len(units) and (end == start or _weight_of_unit(units[end]) <= weight):
        weight -= _weight_of_unit(units[end])
        end += 1
    return end


def _together(units: list[Unit]) -> ChangeSet:
    pieces = [piece for unit in units for piece in _pieces(unit)]
    return ChangeSet(
        put=tuple(piece for piece in pieces if not isinstance(piece, Key)),
        removed=tuple(piece for piece in pieces if isinstance(piece, Key)),
    )


def _join(units: dict[Group, Unit], group: Group, piece: Piece) -> None:
    unit = units.get(group)
    units[group] = piece if unit is None else (*_pieces(unit), piece)


def _pieces(unit: Unit) -> tuple[Piece, ...]:
    return unit if isinstance(unit, tuple) else (unit,)


def _weight_of_unit(unit: Unit) -> int:
    return sum(map(_weight, _pieces(unit)))


def _group(item: ClusterObject) -> Group:
    match item:
        case Service() | ServiceImport():
            return "service", item.namespace, item.name
        case EndpointSlice():
            return "service", item.namespace, item.service or item.import_name
        case _:
            return "pod", item.namespace, item.name


def _weight(item: Piece) -> int:
    return 1 + len(item.packed) // 64 if isinstance(item, EndpointSlice) else 1
