"""How a change set goes into the store.

    compare      what of each object differs, and which rows that touches     the table is as it was
    enter        slices are found by the addresses that they are going to have    (no look-up sees that)
    switch       the new objects in the place of the old ones, rows touched   one piece
    leave        slices are found no more by the addresses that they had     (no look-up sees that)

Only the switch must not be interrupted, and it costs the same for a large object as for a small one.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import ClusterObject, ObjectKey, alike, key_of
from clusterdns.cluster.replacement import Replacement, compare
from clusterdns.cluster.serials import Shows, where_shown
from clusterdns.cluster.shards import LargeSet
from clusterdns.cluster.store import Store
from clusterdns.cluster.touching import touched_rows
from clusterdns.cluster.work import Work
from clusterdns.rows import Row

MOST_ROWS: Final = 4096
"""Rows that are touched as one change: they are named, told and freed together."""

NOWHERE: Final = Shows(cluster=False, multicluster=False, external=False)


class Prepared(NamedTuple):
    """One object's change, worked out. `is_new`: it says something else than before."""

    change: Replacement
    keys_gone: LargeSet[bytes]
    shows: Shows
    is_new: bool


class Touched:
    """A change set, where those of its changes show that say something new, and which rows these touch, in
    portions. `names_rows`: whether rows are named; if not, all count as touched.
    """

    __slots__ = ("_open", "changes", "names_rows", "rows", "shows")

    def __init__(self, changes: ChangeSet, *, names_rows: bool) -> None:
        self.changes = changes
        self.names_rows = names_rows
        self.rows: list[frozenset[Row]] = []
        self.shows: list[Shows] = []
        self._open: set[Row] = set()

    def add(self, change: Replacement) -> Work[None]:
        """Name the rows that a change touches."""
        if not self.names_rows:
            return
        for rows in touched_rows(change):
            self._open |= rows
            if len(self._open) >= MOST_ROWS:
                self.close()
            yield

    def close(self) -> None:
        """Make a portion of the rows that are named so far."""
        if self._open:
            self.rows.append(frozenset(self._open))
            self._open = set()


def applying(
    store: Store, changes: ChangeSet, *, names_rows: bool, tell: Callable[[Touched], None]
) -> Work[None]:
    """Apply `changes`; `tell` is called in the piece in which they become visible.

    Between its pieces nobody else may change the same objects.
    """
    prepared, touched = [], Touched(changes, names_rows=names_rows)
    for key, new in _wanted(changes).items():
        one = yield from _prepare(key, store.held(key), new)
        prepared.append(one)
        if one.is_new:
            touched.shows.append(one.shows)
            yield from touched.add(one.change)
        yield from store.enter(one.change)
    touched.close()
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


def _wanted(changes: ChangeSet) -> dict[ObjectKey, ClusterObject | None]:
    wanted: dict[ObjectKey, ClusterObject | None] = dict.fromkeys(changes.removed)
    wanted.update((key_of(item), item) for item in changes.put)
    return wanted


def _prepare(key: ObjectKey, old: ClusterObject | None, new: ClusterObject | None) -> Work[Prepared]:
    names = key.namespace, key.name
    is_new = not alike(old, new)
    yield
    if not is_new:
        return Prepared(Replacement(names, old, new, LargeSet(), LargeSet()), LargeSet(), NOWHERE, False)
    change = yield from compare(names, old, new)
    keys_gone = yield from change.keys_gone()
    shows = yield from where_shown(change)
    return Prepared(change, keys_gone, shows, True)
