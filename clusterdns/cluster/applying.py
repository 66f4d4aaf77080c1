"""How a change set goes into the store.

    compare      what of each object differs, and which rows that touches     the table is as it was
    enter        slices are found by the addresses that they are going to have    (no look-up sees that)
    switch       the new objects in the place of the old ones, rows touched   one piece
    leave        slices are found no more by the addresses that they had     (no look-up sees that)

Only the switch must not be interrupted, and it costs the same for a large object as for a small one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import ClusterObject, Key, alike, key_of
from clusterdns.cluster.replacement import Replacement, compare
from clusterdns.cluster.serials import Shows, where_shown
from clusterdns.cluster.shards import LargeSet
from clusterdns.cluster.store import Store
from clusterdns.cluster.touching import touched_rows
from clusterdns.cluster.work import PIECE, Work
from clusterdns.rows import Row

MOST_ROWS: Final = 2048
"""Rows that are touched as one change: they are named, told and freed together."""

NOWHERE: Final = Shows(cluster=False, multicluster=False, external=False)


class Prepared(NamedTuple):
    """One object's change, worked out. `is_new`: it says something else than before."""

    change: Replacement
    keys_gone: LargeSet[bytes]
    shows: Shows
    is_new: bool


@dataclass(slots=True)
class Touched:
    """What must be said of changes. `rows` are in portions; None if they are not to be named."""

    rows: list[frozenset[Row]] | None
    shows: list[Shows] = field(default_factory=list[Shows])

    def add(self, change: Replacement) -> Work[None]:
        """Name the rows that a change touches."""
        if self.rows is None:
            return
        left = touched_rows(change)
        while portion := set(islice(left, PIECE)):
            if self.rows and len(self.rows[-1]) + len(portion) <= MOST_ROWS:
                portion |= self.rows.pop()
            self.rows.append(frozenset(portion))
            yield


def applying(
    store: Store, changes: ChangeSet, *, names_rows: bool, tell: Callable[[Touched], None]
) -> Work[None]:
    """Apply `changes`; `tell` is called in the piece in which they become visible.

    Between its pieces nobody else may change the same objects.
    """
    prepared, touched = [], Touched([] if names_rows else None)
    for key, new in _wanted(changes).items():
        one = yield from _prepare(key, store.held(key), new)
        prepared.append(one)
        if one.is_new:
            yield from touched.add(one.change)
            touched.shows.append(one.shows)
        yield from store.enter(one.change)
    for one in prepared:
        store.switch(one.change)
    tell(touched)
    yield
    for one in prepared:
        yield from store.leave(one.change.names, one.keys_gone)
    while touched.rows:
        # Portion by portion: to free all at once would take milliseconds.
        touched.rows.pop()
        yield


def _wanted(changes: ChangeSet) -> dict[Key, ClusterObject | None]:
    wanted: dict[Key, ClusterObject | None] = dict.fromkeys(changes.removed)
    wanted.update((key_of(item), item) for item in changes.put)
    return wanted


def _prepare(key: Key, old: ClusterObject | None, new: ClusterObject | None) -> Work[Prepared]:
    names = key.namespace, key.name
    is_new = not alike(old, new)
    yield
    if not is_new:
        return Prepared(Replacement(names, old, new, LargeSet(), LargeSet()), LargeSet(), NOWHERE, False)
    change = yield from compare(names, old, new)
    keys_gone = yield from change.keys_gone()
    shows = yield from where_shown(change)
    return Prepared(change, keys_gone, shows, True)
