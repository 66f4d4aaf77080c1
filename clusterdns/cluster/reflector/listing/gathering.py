"""Lists that belong together go into the table together.

A Service is one thing to whoever asks for its name, but two reflectors bring it: one its Service, one its
slices. So a list that is complete waits for those that are being made at the same time:

    at the start            for every resource, however long: until then the table is not synced
    after a restore         for every resource that was asked for again, half a minute
    otherwise               for lists under way, and for resources whose watch has ended and not yet proven
                            to work again, since a list may be what comes of that; two seconds at most

Then the differences of all are applied as one, in steps. Meanwhile watches go on: what they bring for a
resource whose list still waits is kept behind it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from enum import Enum, auto
from typing import Final, NoReturn, TypeAlias

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import ClusterObject, ObjectKey, key_of
from clusterdns.cluster.reflector.clock import loop_time
from clusterdns.cluster.steps import apply_in_steps
from clusterdns.cluster.table import Table

JOIN_SECONDS: Final = 2.0
RESTORED_JOIN_SECONDS: Final = 30.0

Contributor: TypeAlias = Hashable
Apply: TypeAlias = Callable[[Table, ChangeSet], Awaitable[None]]


class Listing(Enum):
    """The lists that a contributor has yet to bring."""

    NOTHING = auto()
    LIST = auto()
    """A list is under way."""
    NEEDED_LIST = auto()
    """A list, also when the next attempt comes to nothing."""


class Event(Enum):
    """The events that change which lists a contributor has yet to bring."""

    NEED = auto()
    BEGIN = auto()
    FAIL = auto()
    COMPLETE = auto()
    TIME_OUT = auto()


AFTER: Final[Mapping[Event, Mapping[Listing, Listing]]] = {
    event: dict(zip(Listing, states, strict=True))
    for event, states in {
        # before:        NOTHING              LIST                 NEEDED_LIST
        Event.NEED:     (Listing.NEEDED_LIST, Listing.NEEDED_LIST, Listing.NEEDED_LIST),
        Event.BEGIN:    (Listing.LIST,        Listing.LIST,        Listing.NEEDED_LIST),
        Event.FAIL:     (Listing.NOTHING,     Listing.NOTHING,     Listing.NEEDED_LIST),
        Event.COMPLETE: (Listing.NOTHING,     Listing.NOTHING,     Listing.NOTHING),
        Event.TIME_OUT: (Listing.NOTHING,     Listing.LIST,        Listing.LIST),
    }.items()
}  # fmt: skip
"""The state of a contributor after an event, by its state before."""


class Waiting:
    """The difference between a complete list and the table, and the changes that the watch brought since."""

    __slots__ = ("listed", "since")

    def __init__(self, listed: ChangeSet) -> None:
        self.listed = listed
        self.since: dict[ObjectKey, ClusterObject | None] = {}

    def add(self, changes: ChangeSet) -> None:
        """Add changes of the watch. Of several changes of an object the last counts."""
        self.since.update(dict.fromkeys(changes.removed))
        self.since.update({key_of(item): item for item in changes.put})


class Gathering:
    """Puts lists and changes into the table. Contributors bring them: ReflectorState and
    NamedNamespaces, told apart by identity.

    `on_synced` is called once, after everything that was there at the start is in the table.
    """

    def __init__(
        self,
        table: Table,
        *,
        on_synced: Callable[[], None],
        apply: Apply = apply_in_steps,
    ) -> None:
        self._table = table
        self._on_synced = on_synced
        self._apply = apply
        self._first = True
        self._listing: dict[Contributor, Listing] = {}
        self._unsettled: set[Contributor] = set()
        self._waiting: dict[Contributor, Waiting] = {}
        self._applied: frozenset[Contributor] = frozenset()
        self._applying = asyncio.Lock()
        self._deadline: float | None = None
        self._wake = asyncio.Event()

    def need(self, contributors: Iterable[Contributor]) -> None:
        """Require a list of each contributor, and apply all of them together."""
        for contributor in contributors:
            self._note(contributor, Event.NEED)
        if not self._first:
            self._deadline = loop_time() + RESTORED_JOIN_SECONDS
        self._wake.set()

    def unsettled(self, contributor: Contributor) -> None:
        """Report that a watch ended, so that a list may follow."""
        self._unsettled.add(contributor)

    def settled(self, contributor: Contributor) -> None:
        """Report that a watch works, so that no list will follow soon."""
        self._unsettled.discard(contributor)
        self._wake.set()

    async def begin(self, contributor: Contributor) -> None:
        """Report that a list begins. On return an earlier one is applied, or waits until this one ends."""
        async with self._applying:
            self._note(contributor, Event.BEGIN)

    def failed(self, contributor: Contributor) -> None:
        """Report that a list failed; the next one is waited for only if it is required."""
        self._note(contributor, Event.FAIL)
        self._wake.set()

    def listed(self, contributor: Contributor, difference: ChangeSet) -> None:
        """Take the difference of a complete list to the table, in place of one that still waits."""
        self._waiting[contributor] = Waiting(difference)
        self._unsettled.discard(contributor)
        self._note(contributor, Event.COMPLETE)
        if self._deadline is None and not self._first:
            self._deadline = loop_time() + JOIN_SECONDS
        self._wake.set()

    async def changed(self, contributor: Contributor, changes: ChangeSet) -> bool:
        """Apply changes of a watch, or keep them behind a waiting list. Returns whether it applied them."""
        if contributor in self._applied:
            async with self._applying:
                pass
        waiting = self._waiting.get(contributor)
        if waiting is not None:
            waiting.add(changes)
            return False
        if changes:
            await self._apply(self._table, changes)
        return True

    async def run(self) -> NoReturn:
        """Apply what is complete, until cancelled."""
        while True:
            await self._wait()
            async with self._applying:
                await self._flush()

    async def _wait(self) -> None:
        while not self._is_due():
            self._wake.clear()
            try:
                async with asyncio.timeout_at(self._deadline):
                    await self._wake.wait()
            except TimeoutError:
                # Lists that are not complete by now are not waited for any longer.
                self._deadline = None
                for contributor in self._listing:
                    self._note(contributor, Event.TIME_OUT)
                return

    def _is_due(self) -> bool:
        is_expected = any(map(self._is_expected, self._listing))
        return bool(self._waiting) and not is_expected and not self._unsettled

    def _note(self, contributor: Contributor, event: Event) -> None:
        self._listing[contributor] = AFTER[event][self._listing.get(contributor, Listing.NOTHING)]

    def _is_expected(self, contributor: Contributor) -> bool:
        return self._listing.get(contributor, Listing.NOTHING) is not Listing.NOTHING

    async def _flush(self) -> None:
        ready = {
            contributor: waiting
            for contributor, waiting in self._waiting.items()
            if not self._is_expected(contributor)
        }
        if not ready:
            return
        self._applied = frozenset(ready)
        for contributor in ready:
            del self._waiting[contributor]
        await self._apply(self._table, _joined(waiting.listed for waiting in ready.values()))
        await self._apply(self._table, _since(ready.values()))
        self._applied = frozenset()
        self._deadline = None
        if self._first:
            self._first = False
            self._on_synced()


def _joined(sets: Iterable[ChangeSet]) -> ChangeSet:
    sets = tuple(sets)
    return ChangeSet(
        put=tuple(item for one in sets for item in one.put),
        removed=tuple(key for one in sets for key in one.removed),
    )


def _since(waiting: Iterable[Waiting]) -> ChangeSet:
    latest = {key: item for one in waiting for key, item in one.since.items()}
    return ChangeSet(
        put=tuple(item for item in latest.values() if item is not None),
        removed=tuple(key for key, item in latest.items() if item is None),
    )
