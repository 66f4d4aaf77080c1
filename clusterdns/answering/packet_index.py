"""Which packets were answered from a row, held so that the collector does not look at each of them.

A set for each row would be a hundred thousand containers, and a full collection takes a microsecond for
two of them. Most rows have one packet, which stands for itself; few are a tuple, which the collector lets go.
"""

from collections.abc import Collection
from typing import Final, TypeAlias

from clusterdns.rows import Row

__all__ = ["PacketIndex"]

MOST_IN_TUPLE: Final = 8

Packets: TypeAlias = bytes | tuple[bytes, ...] | set[bytes]


class PacketIndex:
    """Packets by the rows of one source. `by_row` holds them: a row's first packet may be put in there."""

    __slots__ = ("by_row",)

    def __init__(self) -> None:
        self.by_row: dict[Row, Packets] = {}

    def get(self, row: Row) -> Collection[bytes]:
        """The packets answered from a row, good until the next change."""
        return _packets(self.by_row.get(row, ()))

    def add(self, row: Row, packet: bytes) -> None:
        """A packet is answered from a row."""
        held = self.by_row.get(row)
        if held is None:
            self.by_row[row] = packet
        elif isinstance(held, set):
            held.add(packet)
        elif packet not in (others := _packets(held)):
            more = (*others, packet)
            self.by_row[row] = more if len(more) <= MOST_IN_TUPLE else set(more)

    def discard(self, row: Row, packet: bytes) -> None:
        """It is not any more."""
        held = self.by_row.get(row)
        if held is None:
            return
        if isinstance(held, set):
            held.discard(packet)
            left: Packets = held
        else:
            left = tuple([other for other in _packets(held) if other != packet])
        if not left:
            del self.by_row[row]
        elif left is not held:
            self.by_row[row] = left[0] if len(left) == 1 and isinstance(left, tuple) else left

    def among(self, rows: frozenset[Row]) -> set[Row]:
        """The rows among `rows` from which packets are answered."""
        return self.by_row.keys() & rows

    def take(self) -> set[bytes]:
        """Take any row out of it, and return its packets. Raises KeyError if there is none."""
        _, held = self.by_row.popitem()
        return held if isinstance(held, set) else set(_packets(held))

    def __len__(self) -> int:
        return len(self.by_row)


def _packets(held: Packets) -> Collection[bytes]:
    return (held,) if isinstance(held, bytes) else held
