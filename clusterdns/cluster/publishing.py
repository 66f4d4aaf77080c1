"""The changes of a table as a numbered stream, for those who copy it.

    table ── PublishedChange, PublishedState ──▶ the snapshot keeper, a copy in another process
             1, 2, 3 … without a gap

A change is published in the step of the event loop in which look-ups see it and its rows are touched; a big
difference is many such changes. A copy begins with a TableSnapshot and takes what has the numbers after it.
"""

import logging
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import ClusterObject
from clusterdns.cluster.serials import Serials
from clusterdns.rows import Row

_log = logging.getLogger(__name__)


class TableState(NamedTuple):
    """The condition of a table.

    synced: whether its source has once delivered all there is. stale: whether answers may be of an older
    state. from_snapshot: whether nobody has confirmed yet what a snapshot said. complaints: a line for
    everything that is wrong with the source.
    """

    synced: bool = False
    stale: bool = False
    from_snapshot: bool = False
    complaints: tuple[str, ...] = ()


class PublishedChange(NamedTuple):
    """A change set that was applied.

    rows: those that it touches, in portions of some thousand at most; () for new versions of objects that say
    nothing new, None if all count as touched. serials: those after the change.
    """

    number: int
    changes: ChangeSet
    rows: tuple[frozenset[Row], ...] | None
    serials: Serials


class PublishedState(NamedTuple):
    """The state of the table, when it is another."""

    number: int
    state: TableState


Published: TypeAlias = PublishedChange | PublishedState
Subscriber: TypeAlias = Callable[[Published], None]


class TableSnapshot(NamedTuple):
    """All of a table, and the number of the last change in it."""

    number: int
    objects: tuple[ClusterObject, ...]
    serials: Serials
    state: TableState


class Subscription(NamedTuple):
    """One that is told, and its name for the log."""

    name: str
    subscriber: Subscriber


class Publisher:
    """Numbers what is published and hands it to everyone who subscribed. `number` is the last one given."""

    __slots__ = ("_state", "number", "subscriptions")

    def __init__(self) -> None:
        self.number = 0
        self.subscriptions: list[Subscription] = []
        self._state = TableState()

    def subscribe(self, subscriber: Subscriber, *, name: str, state: TableState) -> Callable[[], None]:
        """Publish to `subscriber` from now on; `state` is the present one. The result ends that."""
        subscription = Subscription(name, subscriber)
        self.subscriptions.append(subscription)
        self._state = state
        return lambda: self._end(subscription)

    def change(self, changes: ChangeSet, rows: tuple[frozenset[Row], ...] | None, serials: Serials) -> None:
        """Publish a change."""
        self.number += 1
        self._publish(PublishedChange(self.number, changes, rows, serials))

    def state(self, state: TableState) -> None:
        """Publish a state, unless it is that which was published last."""
        if state != self._state:
            self._state = state
            self.number += 1
            self._publish(PublishedState(self.number, state))

    def _publish(self, published: Published) -> None:
        for subscription in tuple(self.subscriptions):
            if not any(one is subscription for one in self.subscriptions):
                continue
            try:
                subscription.subscriber(published)
            except Exception:  # noqa: BLE001 - code of others, of which the table must not suffer
                _log.exception(
                    "%s failed at change %d of the table and gets no more of them",
                    subscription.name,
                    published.number,
                )
                self._end(subscription)

    def _end(self, subscription: Subscription) -> None:
        self.subscriptions = [one for one in self.subscriptions if one is not subscription]
