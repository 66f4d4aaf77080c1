"""Rows: the units of data that an answer was made from, and the changes of them.

A *row* is whatever a look-up asked for: a Service's key, a namespace, an address, a name in a hosts
file. It exists as a question, so a row that holds nothing is a row too: an NXDOMAIN depends on it.

A `RowSource` is anything that holds rows and changes: the service table, a hosts file, a zone. Its
changes are numbered. A row's generation is the number of the change that last touched it.

    look-up ──▶ Noted.note(source, row)         while a reply is made
    change  ──▶ RowSource.touch(rows) ──▶ every subscriber, in the same step

Nothing here waits: a change and the dropping of what was made from it are one step of the event loop.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import TypeAlias

__all__ = ["ALL_ROWS", "Noted", "Row", "RowSource", "Subscriber"]

Row: TypeAlias = Hashable
Subscriber: TypeAlias = Callable[["RowSource", frozenset[Row] | None], None]

ALL_ROWS = None
"""What a subscriber is given instead of rows when every row of the source may have changed."""

REMEMBERED_CHANGES = 1024
"""Changes whose rows are remembered. A reply that took longer than that to make is not remembered."""

REMEMBERED_ROWS = 16_384
"""Rows of those changes, all together: a relist may touch many in few changes."""


class RowSource:
    """Numbered changes of rows, and the subscribers that are called at each.

    `generation` is the number of the last change, 0 before the first.
    """

    __slots__ = ("_changes", "_remembered", "_subscribers", "generation")

    def __init__(self) -> None:
        self.generation = 0
        self._changes: deque[frozenset[Row] | None] = deque()
        self._remembered = 0
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber(source, rows)` at every change; the returned function ends that."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def touch(self, rows: Iterable[Row]) -> None:
        """Number a change of `rows` and tell every subscriber before returning. No rows, no change."""
        touched = frozenset(rows)
        if touched:
            self._publish(touched)

    def touch_all(self) -> None:
        """Number a change that may concern every row: a new state of the whole source."""
        self._publish(ALL_ROWS)

    def changed_since(self, generation: int, row: Row) -> bool:
        """Whether `row` may have changed after the change numbered `generation`."""
        behind = self.generation - generation
        if behind == 0:
            return False
        if behind > len(self._changes):
            return True
        newest_first = reversed(self._changes)
        return any(rows is None or row in rows for rows, _ in zip(newest_first, range(behind), strict=False))

    def _publish(self, rows: frozenset[Row] | None) -> None:
        self.generation += 1
        self._remember(rows)
        for subscriber in tuple(self._subscribers):
            subscriber(self, rows)

    def _remember(self, rows: frozenset[Row] | None) -> None:
        self._changes.append(rows)
        self._remembered += _count(rows)
        while len(self._changes) > REMEMBERED_CHANGES or self._remembered > REMEMBERED_ROWS:
            self._remembered -= _count(self._changes.popleft())


def _count(rows: frozenset[Row] | None) -> int:
    return 1 if rows is None else len(rows)


class Noted:
    """The rows read while one reply is made, each with its source's generation at the first reading."""

    __slots__ = ("_generations",)

    def __init__(self) -> None:
        self._generations: dict[tuple[RowSource, Row], int] = {}

    def note(self, source: RowSource, row: Row) -> None:
        """Remember that the reply depends on `row` of `source`, whether it holds something or not."""
        self._generations.setdefault((source, row), source.generation)

    def take_in(self, other: "Noted") -> None:
        """Depend on everything that `other` notes, since when it noted it: for who gives a reply again that
        somebody else's look-ups made."""
        for row, generation in other._generations.items():
            self._generations[row] = min(generation, self._generations.get(row, generation))

    def rows(self) -> tuple[tuple[RowSource, Row], ...]:
        """Everything noted so far, in the order of the first reading."""
        return tuple(self._generations)

    def is_current(self) -> bool:
        """Whether no row noted has changed since it was first read."""
        return all(
            generation == source.generation or not source.changed_since(generation, row)
            for (source, row), generation in self._generations.items()
        )
