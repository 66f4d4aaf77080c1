"""Replies remembered by the octets of the packet that they answer, until what they were made from changes.

The key is the packet after its id, so everything that a reply could depend on is in it: flags, the
spelling of the name, EDNS; in front of it the class of the client, where plugins tell clients apart. A hit
costs one dictionary look-up and is never older than the table:

    reply made ──▶ keep(packet, reply, noted rows)         refused if a row changed meanwhile
    row touched ─▶ every packet made from it is dropped     in the same step as the change
    many touched ▶ the change is noted in the same step: a hit is asked whether it is older, and was made
                   from one of those rows; what is not asked for is dropped by and by

A cache belongs to one listener, one transport and one configuration.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from random import random
from typing import Any, Final, NamedTuple, TypeAlias

from clusterdns.answering.client_classes import NO_CLASS
from clusterdns.answering.packet_index import PacketIndex
from clusterdns.answering.renewal import is_turned_whole, renewal_of, renewed
from clusterdns.answering.sweeper import Sweep, sweep_at_once
from clusterdns.capabilities import ObservesHits, Outline
from clusterdns.dns.edns import OptionCode
from clusterdns.dns.message import Message
from clusterdns.dns.name import Name
from clusterdns.plugin import Counts, Reuse, Varies
from clusterdns.rows import Noted, Row, RowSource

__all__ = ["Manner", "PacketCache", "Remembered"]

MAX_PACKET: Final = 512
"""Longer queries are never remembered, in octets."""

MAX_BYTES: Final = 32 * 1024 * 1024
"""What the entries of one cache may take; when full, those stored longest ago go."""

ENTRY_OVERHEAD: Final = 200
"""Octets counted for an entry beside its packet and reply, and..."""

ROW_OVERHEAD: Final = 240
"""...for each row of it: the row, and its place in the entry and in the index. Both are measured."""

MOST_AT_ONCE: Final = 64
"""Packets that are dropped within the step of a change, and rows that are looked for there..."""

MOST_ROWS: Final = 4096
"""...and those that are looked for in one piece of a later step."""

PERSONAL_OPTIONS: Final = frozenset(
    {OptionCode.COOKIE, OptionCode.CLIENT_SUBNET, OptionCode.KEEPALIVE, OptionCode.PADDING}
)
"""Options whose reply is for one client at one time."""


NO_OUTLINE: Final = Outline()

AGE: Final = 8
ROWS: Final = 9
"""Places in an entry."""


class Manner(NamedTuple):
    """The values that very many replies share: their zone, the observers of hits, and the counters."""

    zone: Name
    observers: tuple[ObservesHits, ...]
    counted: tuple[Counts, ...]


Remembered: TypeAlias = tuple[bytes, Manner, Outline]
"""A reply without its id, and what those who watch are told of it."""

Entry: TypeAlias = tuple[Any, ...]
"""The reply; until when it holds; for which local address; how it is made anew; the number of its manner; its
outline, in three; its age; then, for each of its rows, the number of the source and the row.

A plain and flat tuple of values that refer to nothing else, which is what the collector stops looking at
after two passes, when it is still young: a full collection would take 20 ms for each cache that is full. A
tuple in a tuple takes it one pass more each.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Pending:
    """A change whose packets are not all dropped yet: of all rows if None. Entries of its age are newer."""

    source: int
    rows: frozenset[Row] | None
    age: int


class PacketCache:
    """One dictionary from packets to replies, and the index of rows that empties it.

    `monotonic` is the clock of `Reuse.until`; `sweep` does what takes longer than a step; `random` gives
    numbers from 0 to below 1, for the order of addresses. `hits` counts what was answered from here.
    """

    def __init__(
        self,
        monotonic: Callable[[], float],
        max_bytes: int = MAX_BYTES,
        *,
        sweep: Sweep = sweep_at_once,
        random: Callable[[], float] = random,
    ) -> None:
        self._monotonic = monotonic
        self._max_bytes = max_bytes
        self._sweep = sweep
        self._random = random
        self._entries: dict[bytes, Entry] = {}
        self._indexes: list[PacketIndex] = []
        self._sources: dict[RowSource, int] = {}
        self._manners: list[Manner] = []
        self._manner_numbers: dict[tuple[object, ...], int] = {}
        self._unsubscribe: list[Callable[[], None]] = []
        self._pending: list[Pending] = []
        self._age = 0
        self._is_closed = False
        self.bytes = 0
        self.hits = 0

    def find(
        self, packet: bytes, local_address: str | None, client_class: bytes = NO_CLASS
    ) -> Remembered | None:
        """The reply remembered for `packet`, sent to `local_address` by a client of that class, if it is
        still current: that is a hit. Without an address, what depends on one is not found."""
        key = client_class + packet[2:] if client_class else packet[2:]
        found = self._entries.get(key)
        if found is None:
            return None
        reply, until, only_for, renewal, manner_number, rtype, dnssec_ok, rcode = found[:AGE]
        now = self._monotonic()
        if until < now or (self._pending and self._is_outdated(found)):
            self._drop(key)
            return None
        if only_for is not None and only_for != local_address:
            return None
        self.hits += 1
        manner = self._manners[manner_number]
        for count in manner.counted:
            count.value += 1
        outline = Outline(rtype, dnssec_ok, rcode) if manner.observers else NO_OUTLINE
        return reply if renewal is None else renewed(reply, renewal, now, self._random), manner, outline

    def keep(
        self,
        packet: bytes,
        reply: bytes,
        *,
        reuse: Reuse,
        noted: Noted,
        local_address: str,
        client_class: bytes = NO_CLASS,
        zone: Name,
        observers: tuple[ObservesHits, ...] = (),
        outline: Outline = NO_OUTLINE,
    ) -> None:
        """Remember `reply` for packets like `packet`, unless a row noted has changed since it was read."""
        if self._is_closed or len(packet) > MAX_PACKET:
            return
        is_renewed = reuse.turns or reuse.counts_down
        if is_renewed and not is_turned_whole(reply, reuse):
            return
        if Varies.CLIENT_CLASS in reuse.varies and not client_class:
            return  # nobody can tell for whom it is
        if not noted.is_current():
            return
        key = client_class + packet[2:]
        self._drop(key)
        rows = [(self._number(source), row) for source, row in noted.rows()]
        only_for = local_address if Varies.LOCAL_ADDRESS in reuse.varies else None
        manner = self._manner(Manner(zone, observers, reuse.counted))
        shape = int(outline.rtype), outline.dnssec_ok, int(outline.rcode)  # members of an enum are tracked
        renewal = renewal_of(reply, reuse, self._monotonic()) if is_renewed else None
        flat = chain.from_iterable(rows)
        entry = (reply[2:], reuse.until, only_for, renewal, manner, *shape, self._age, *flat)
        for number, row in rows:
            index = self._indexes[number]
            packets = index.by_row.setdefault(row, key)
            if type(packets) is set:
                packets.add(key)
            elif packets is not key:
                index.add(row, key)
        # Last, so that nothing is remembered that no change of a row would find, should memory end.
        self._entries[key] = entry
        self.bytes += _size(key, entry)
        while self.bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    def close(self) -> None:
        """Forget everything, and remember nothing from now on."""
        self._is_closed = True
        self.clear()

    def clear(self) -> None:
        """Forget everything, and listen to no change until there is something to remember again."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self._sweep(_emptied(self._entries, self._indexes))
        self._entries, self._indexes, self._sources, self.bytes = {}, [], {}, 0
        self._manners, self._manner_numbers = [], {}
        self._pending = []

    def __len__(self) -> int:
        return len(self._entries)

    def _number(self, source: RowSource) -> int:
        number = self._sources.get(source)
        if number is None:
            number = self._sources[source] = len(self._indexes)
            self._indexes.append(PacketIndex())
            self._unsubscribe.append(source.subscribe(self._on_change))
        return number

    def _manner(self, manner: Manner) -> int:
        key = (manner.zone, *map(id, manner.observers), None, *map(id, manner.counted))
        number = self._manner_numbers.get(key)
        if number is None:
            number = self._manner_numbers[key] = len(self._manners)
            self._manners.append(manner)
        return number

    def _on_change(self, source: RowSource, rows: frozenset[Row] | None) -> None:
        number = self._sources[source]
        index = self._indexes[number]
        if not index:
            return
        if rows is not None and len(rows) <= MOST_AT_ONCE:
            touched = [index.get(row) for row in index.among(rows)]
            if sum(map(len, touched)) <= MOST_AT_ONCE:
                for key in [key for packets in touched for key in packets]:
                    self._drop(key)
                return
        self._age += 1
        pending = Pending(number, rows, self._age)
        self._pending.append(pending)
        if rows is None:
            # What is kept from now on is newer, and has an index of its own.
            self._indexes[number] = PacketIndex()
            self._sweep(self._swept_index(pending, index))
        else:
            self._sweep(self._swept_rows(pending, rows, index))

    def _is_outdated(self, entry: Entry) -> bool:
        return any(
            entry[AGE] < pending.age
            and number == pending.source
            and (pending.rows is None or row in pending.rows)
            for pending in self._pending
            for number, row in _rows(entry)
        )

    def _swept_index(self, pending: Pending, index: PacketIndex) -> Iterator[None]:
        while index:
            packets = index.take()
            while packets:
                self._drop_older(packets.pop(), pending)
                yield
        self._done(pending)

    def _swept_rows(self, pending: Pending, rows: frozenset[Row], index: PacketIndex) -> Iterator[None]:
        # If the index is another one meanwhile, a change of all rows drops what it has.
        left = iter(rows)
        while portion := frozenset(islice(left, MOST_ROWS)):
            for row in index.among(portion):
                for key in tuple(index.get(row)):
                    self._drop_older(key, pending)
                    yield
            yield
        self._done(pending)

    def _done(self, pending: Pending) -> None:
        if pending in self._pending:
            self._pending.remove(pending)

    def _drop_older(self, key: bytes, pending: Pending) -> None:
        entry = self._entries.get(key)
        if entry is not None and entry[AGE] < pending.age:
            self._drop(key)

    def _drop(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.bytes -= _size(key, entry)
        for number, row in _rows(entry):
            self._indexes[number].discard(row, key)


def _rows(entry: Entry) -> Iterator[tuple[int, Row]]:
    """The rows of an entry, each with the number of its source."""
    return zip(entry[ROWS::2], entry[ROWS + 1 :: 2], strict=True)


def _emptied(entries: dict[bytes, Entry], indexes: list[PacketIndex]) -> Iterator[None]:
    """Let go of what nobody finds any more, piece by piece: all at once would take long."""
    while entries:
        entries.popitem()
        yield
    for index in indexes:
        while index:
            packets = index.take()
            while packets:
                packets.pop()
                yield


def is_personal(message: Message) -> bool:
    """Whether the reply to `message` is for one client at one time: cookies, subnets, signatures."""
    if message.additional:
        return True
    edns = message.edns
    return edns is not None and any(option.code in PERSONAL_OPTIONS for option in edns.options)


def _size(key: bytes, entry: Entry) -> int:
    return len(key) + len(entry[0]) + ENTRY_OVERHEAD + ROW_OVERHEAD * ((len(entry) - ROWS) // 2)
