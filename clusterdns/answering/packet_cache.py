"""Replies remembered by the octets of the packet that they answer, until what they were made from changes.

The key is the packet after its id, so everything that a reply could depend on is in it: flags, the
spelling of the name, EDNS. A hit costs one dictionary look-up and is never older than the table:

    reply made ──▶ keep(packet, reply, noted rows)         refused if a row changed meanwhile
    row touched ─▶ every packet made from it is dropped     in the same step as the change
    many touched ▶ the change is noted in the same step: a hit is asked whether it is older, and was made
                   from one of those rows; what is not asked for is dropped by and by

A cache belongs to one listener, one transport and one configuration.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from clusterdns.answering.sweeper import Sweep, sweep_at_once
from clusterdns.capabilities import ObservesHits, Outline
from clusterdns.dns.edns import OptionCode
from clusterdns.dns.message import Message
from clusterdns.dns.name import Name
from clusterdns.plugin import Counts, Reuse, Varies
from clusterdns.rows import Noted, Row, RowSource

__all__ = ["PacketCache", "Remembered"]

MAX_PACKET: Final = 512
"""Longer queries are never remembered, in octets."""

MAX_BYTES: Final = 32 * 1024 * 1024
"""What the entries of one cache may take; when full, those stored longest ago go."""

ENTRY_OVERHEAD: Final = 350
"""Octets counted for an entry beside its packet and reply, and..."""

ROW_OVERHEAD: Final = 480
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

Index: TypeAlias = dict[Row, set[bytes]]


class Remembered(NamedTuple):
    """A reply without its id, and what it takes to know whether it still holds and for whom."""

    reply: bytes
    until: float
    local_address: str | None
    zone: Name
    observers: tuple[ObservesHits, ...]
    outline: Outline
    rows: tuple[tuple[RowSource, Row], ...]
    counted: tuple[Counts, ...]
    age: int


@dataclass(frozen=True, slots=True, eq=False)
class Pending:
    """A change whose packets are not all dropped yet: of all rows if None. Entries of its age are newer."""

    source: RowSource
    rows: frozenset[Row] | None
    age: int


class PacketCache:
    """One dictionary from packets to replies, and the index of rows that empties it.

    `monotonic` is the clock of `Reuse.until`; `sweep` does what takes longer than a step. `hits` counts what
    was answered from here.
    """

    def __init__(
        self, monotonic: Callable[[], float], max_bytes: int = MAX_BYTES, *, sweep: Sweep = sweep_at_once
    ) -> None:
        self._monotonic = monotonic
        self._max_bytes = max_bytes
        self._sweep = sweep
        self._entries: dict[bytes, Remembered] = {}
        self._packets_by_row: dict[RowSource, Index] = {}
        self._unsubscribe: list[Callable[[], None]] = []
        self._pending: list[Pending] = []
        self._age = 0
        self._is_closed = False
        self.bytes = 0
        self.hits = 0

    def find(self, packet: bytes, local_address: str) -> Remembered | None:
        """What is remembered for `packet`, sent to `local_address`, if it still holds: that is a hit."""
        found = self._entries.get(packet[2:])
        if found is None:
            return None
        if found.until < self._monotonic() or (self._pending and self._is_outdated(found)):
            self._drop(packet[2:])
            return None
        if found.local_address is not None and found.local_address != local_address:
            return None
        self.hits += 1
        for count in found.counted:
            count.value += 1
        return found

    def keep(
        self,
        packet: bytes,
        reply: bytes,
        *,
        reuse: Reuse,
        noted: Noted,
        local_address: str,
        zone: Name,
        observers: tuple[ObservesHits, ...] = (),
        outline: Outline = NO_OUTLINE,
    ) -> None:
        """Remember `reply` for packets like `packet`, unless a row noted has changed since it was read."""
        if self._is_closed or len(packet) > MAX_PACKET or reuse.varies is Varies.CLIENT_CLASS:
            return
        if not noted.is_current():
            return
        key = packet[2:]
        self._drop(key)
        entry = Remembered(
            reply[2:],
            reuse.until,
            local_address if reuse.varies is Varies.LOCAL_ADDRESS else None,
            zone,
            observers,
            outline,
            noted.rows(),
            reuse.counted,
            self._age,
        )
        for source, row in entry.rows:
            self._index(source).setdefault(row, set()).add(key)
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
        self._sweep(_emptied(self._entries, tuple(self._packets_by_row.values())))
        self._entries, self._packets_by_row, self.bytes = {}, {}, 0

    def __len__(self) -> int:
        return len(self._entries)

    def _index(self, source: RowSource) -> Index:
        if source not in self._packets_by_row:
            self._packets_by_row[source] = {}
            self._unsubscribe.append(source.subscribe(self._on_change))
        return self._packets_by_row[source]

    def _on_change(self, source: RowSource, rows: frozenset[Row] | None) -> None:
        index = self._packets_by_row[source]
        if not index:
            return
        if rows is not None and len(rows) <= MOST_AT_ONCE:
            touched = [index[row] for row in rows if row in index]
            if sum(map(len, touched)) <= MOST_AT_ONCE:
                for key in [key for packets in touched for key in packets]:
                    self._drop(key)
                return
        self._age += 1
        pending = Pending(source, rows, self._age)
        self._pending.append(pending)
        if rows is None:
            # What is kept from now on is newer, and has an index of its own.
            self._packets_by_row[source] = {}
            self._sweep(self._swept_index(pending, index))
        else:
            self._sweep(self._swept_rows(pending, rows))

    def _is_outdated(self, entry: Remembered) -> bool:
        return any(
            entry.age < pending.age
            and source is pending.source
            and (pending.rows is None or row in pending.rows)
            for pending in self._pending
            for source, row in entry.rows
        )

    def _swept_index(self, pending: Pending, index: Index) -> Iterator[None]:
        while index:
            _, packets = index.popitem()
            while packets:
                self._drop_older(packets.pop(), pending)
                yield
        self._pending.remove(pending)

    def _swept_rows(self, pending: Pending, rows: frozenset[Row]) -> Iterator[None]:
        left = iter(rows)
        while portion := frozenset(islice(left, MOST_ROWS)):
            index = self._packets_by_row.get(pending.source, {})
            for row in index.keys() & portion:
                for key in tuple(index.get(row, ())):
                    self._drop_older(key, pending)
                    yield
            yield
        self._pending.remove(pending)

    def _drop_older(self, key: bytes, pending: Pending) -> None:
        entry = self._entries.get(key)
        if entry is not None and entry.age < pending.age:
            self._drop(key)

    def _drop(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.bytes -= _size(key, entry)
        for source, row in entry.rows:
            index = self._packets_by_row[source]
            packets = index.get(row)
            if packets is not None:
                packets.discard(key)
                if not packets:
                    del index[row]


def _emptied(entries: dict[bytes, Remembered], indexes: Iterable[Index]) -> Iterator[None]:
    """Let go of what nobody finds any more, piece by piece: all at once would take long."""
    while entries:
        entries.popitem()
        yield
    for index in indexes:
        while index:
            _, packets = index.popitem()
            while packets:
                packets.pop()
                yield


def is_personal(message: Message) -> bool:
    """Whether the reply to `message` is for one client at one time: cookies, subnets, signatures."""
    if message.additional:
        return True
    edns = message.edns
    return edns is not None and any(option.code in PERSONAL_OPTIONS for option in edns.options)


def _size(key: bytes, entry: Remembered) -> int:
    return len(key) + len(entry.reply) + ENTRY_OVERHEAD + ROW_OVERHEAD * len(entry.rows)
