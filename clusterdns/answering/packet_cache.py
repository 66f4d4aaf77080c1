"""Replies remembered by the octets of the packet that they answer, until what they were made from changes.

The key is the packet after its id, so everything that a reply could depend on is in it: flags, the
spelling of the name, EDNS. A hit costs one dictionary look-up and is never older than the table:

    reply made ──▶ keep(packet, reply, noted rows)         refused if a row changed meanwhile
    row touched ─▶ every packet made from it is dropped     in the same step as the change

A cache belongs to one listener, one transport and one configuration.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Final, NamedTuple

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

PERSONAL_OPTIONS: Final = frozenset(
    {OptionCode.COOKIE, OptionCode.CLIENT_SUBNET, OptionCode.KEEPALIVE, OptionCode.PADDING}
)
"""Options whose reply is for one client at one time."""


NO_OUTLINE: Final = Outline()


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


class PacketCache:
    """One dictionary from packets to replies, and the index of rows that empties it.

    `monotonic` is the clock of `Reuse.until`. `hits` counts what was answered from here.
    """

    def __init__(self, monotonic: Callable[[], float], max_bytes: int = MAX_BYTES) -> None:
        self._monotonic = monotonic
        self._max_bytes = max_bytes
        self._entries: dict[bytes, Remembered] = {}
        self._packets_by_row: dict[RowSource, dict[Row, set[bytes]]] = {}
        self._unsubscribe: list[Callable[[], None]] = []
        self.bytes = 0
        self.hits = 0

    def find(self, packet: bytes, local_address: str) -> Remembered | None:
        """What is remembered for `packet`, sent to `local_address`, if it still holds: that is a hit."""
        found = self._entries.get(packet[2:])
        if found is None:
            return None
        if found.until < self._monotonic():
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
        if len(packet) > MAX_PACKET or reuse.varies is Varies.CLIENT_CLASS or not noted.is_current():
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
        )
        self._entries[key] = entry
        self.bytes += _size(key, entry)
        for source, row in entry.rows:
            self._index(source)[row].add(key)
        while self.bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    def close(self) -> None:
        """Forget everything and listen to no change any more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self._packets_by_row.clear()
        self._entries.clear()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def _index(self, source: RowSource) -> dict[Row, set[bytes]]:
        if source not in self._packets_by_row:
            self._packets_by_row[source] = defaultdict(set)
            self._unsubscribe.append(source.subscribe(self._on_change))
        return self._packets_by_row[source]

    def _on_change(self, source: RowSource, rows: frozenset[Row] | None) -> None:
        packets_by_row = self._packets_by_row[source]
        for row in tuple(packets_by_row) if rows is None else rows:
            for key in tuple(packets_by_row.get(row, ())):
                self._drop(key)

    def _drop(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.bytes -= _size(key, entry)
        for source, row in entry.rows:
            packets_by_row = self._packets_by_row[source]
            packets = packets_by_row[row]
            packets.discard(key)
            if not packets:
                del packets_by_row[row]


def is_personal(message: Message) -> bool:
    """Whether the reply to `message` is for one client at one time: cookies, subnets, signatures."""
    if message.additional:
        return True
    edns = message.edns
    return edns is not None and any(option.code in PERSONAL_OPTIONS for option in edns.options)


def _size(key: bytes, entry: Remembered) -> int:
    return len(key) + len(entry.reply) + ENTRY_OVERHEAD + ROW_OVERHEAD * len(entry.rows)
