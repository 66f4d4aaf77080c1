"""Applying a big difference in steps short enough that answers do not wait for them.

    1. Namespaces that are new             a Service in them must not be NXDOMAIN for want of its Namespace
    2. Services that stay or come          each with all that changes of its slices, removals too
    3. what is gone                        Services with their slices, Pods, then Namespaces

So at no moment fewer objects are there than both states have, and no Service is half old. The exception is a
Service of more than MOST_TOGETHER slices that change at once: these come in several steps, what is added and
changed before what is removed, for a step must end.
"""

import time
from collections.abc import Awaitable, Callable, Sequence

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.kinds import SPECS
from clusterdns.cluster.kinds.spec import Group
from clusterdns.cluster.name_index import MOST_IN_TUPLE
from clusterdns.cluster.objects import ClusterObject, EndpointSlice, ObjectKey
from clusterdns.cluster.step_budget import STEP_SECONDS, StepBudget
from clusterdns.cluster.table import Table
from clusterdns.cluster.work import in_turns

SMALL = 64
"""Changes up to this weight (an object, or 64 octets of packed endpoints, weighs 1) are one step."""

MOST_TOGETHER = 128
"""Objects of a Service that become visible in one step, whatever their size: about a millisecond."""

Piece = ClusterObject | ObjectKey
Unit = Piece | tuple[Piece, ...] | list[Piece]
"""What should be applied together. A piece alone stands for itself, and few are a tuple: lists would keep the
collector busy, and tuples of thousands be copied for each."""


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
        spec = SPECS[type(item)]
        if spec.is_namespaced:
            _join(self._staying, spec.group(item), item)
        else:
            self._namespaces.append(item)

    def remove(self, key: ObjectKey) -> None:
        """Plan an object that goes: with its Service, if that stays."""
        item = self._table.objects(key.kind).get((key.namespace, key.name))
        if item is None:
            return
        spec = SPECS[key.kind]
        if spec.is_namespaced:
            group = spec.group(item)
            _join(self._staying if group in self._staying else self._leaving, group, key)
        else:
            self._left_namespaces.append(key)

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
    if _is_small(table, changes) and table.claims.are_free(changes.keys()):
        table.apply(changes)
        return
    turns = StepBudget(clock, pause)
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


async def _apply_units(table: Table, units: list[Unit], turns: StepBudget) -> None:
    most, position = SMALL, 0
    while position < len(units):
        end = _batch_end(units, position, most=most)
        left = [piece for unit in units[position:end] for piece in _pieces(unit)]
        position = end
        if len(left) > MOST_TOGETHER:
            left.sort(key=lambda piece: isinstance(piece, ObjectKey))
        while left:
            count = len(left) if len(left) <= MOST_TOGETHER else most
            longest = await _apply_together(table, left[:count], turns)
            most = _next_size(most, longest)
            del left[:count]


async def _apply_together(table: Table, found: list[Piece], turns: StepBudget) -> float:
    """Seconds of the longest piece of work: most often that in which these objects become visible."""
    await turns.end()
    turns.longest = 0.0
    changes = _together(found)
    async with table.claims.hold(changes.keys()):
        await in_turns(table.applying(changes), turns)
    return turns.longest


def _next_size(most: int, longest: float) -> int:
    if longest > STEP_SECONDS:
        return max(1, most // 2)
    return min(MOST_TOGETHER, most * 2) if longest < STEP_SECONDS / 2 else most


def _batch_end(units: list[Unit], start: int, *, most: int) -> int:
    end = start
    while end < len(units) and (end == start or len(_pieces(units[end])) <= most):
        most -= len(_pieces(units[end]))
        end += 1
    return end


def _together(found: list[Piece]) -> ChangeSet:
    return ChangeSet(
        put=tuple(piece for piece in found if not isinstance(piece, ObjectKey)),
        removed=tuple(piece for piece in found if isinstance(piece, ObjectKey)),
    )


def _join(units: dict[Group, Unit], group: Group, piece: Piece) -> None:
    unit = units.get(group)
    if unit is None:
        units[group] = piece
    elif isinstance(unit, list):
        unit.append(piece)
    elif isinstance(unit, tuple) and len(unit) == MOST_IN_TUPLE:
        units[group] = [*unit, piece]
    else:
        units[group] = (*_pieces(unit), piece)


def _pieces(unit: Unit) -> Sequence[Piece]:
    return unit if isinstance(unit, (tuple, list)) else (unit,)


def _is_small(table: Table, changes: ChangeSet) -> bool:
    if len(changes) > SMALL:
        return False
    gone = (table.objects(key.kind).get((key.namespace, key.name)) for key in changes.removed)
    return sum(map(_weight, (*changes.put, *gone))) <= SMALL


def _weight(item: ClusterObject | None) -> int:
    return 1 + len(item.packed) // 64 if isinstance(item, EndpointSlice) else 1
