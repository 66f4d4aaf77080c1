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
    """Packets by the rows of one source."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: dict[Row, Packets] = {}

    def get(self, row: Row) -> Collection[bytes]:
        """The packets answered from a row, good until the next change."""
        return _packets(self._held.get(row, ()))

    def add(self, row: Row, packet: bytes) -> None:
        """A packet is answered from a row."""
        held = self._held.get(row)
        if held is None:
            self._held[row] = packet
        elif isinstance(held, set):
            held.add(packet)
        elif packet not in (others := _packets(held)):
            more = (*others, packet)
            self._held[row] = more if len(more) <= MOST_IN_TUPLE else set(more)

    def discard(self, row: Row, packet: bytes) -> None:
        """It is not any more."""
        held = self._held.get(row)
        if held is None:
            return
        if isinstance(held, set):
            held.discard(packet)
            left: Packets = held
        else:
            left = tuple([other for other in _packets(held) if other != packet])
        if not left:
            del self._held[row]
        elif left is not held:
            self._held[row] = left[0] if len(left) == 1 and isinstance(left, tuple) else left

    def among(self, rows: frozenset[Row]) -> set[Row]:
        """Those of the rows from which packets are answered."""
        return self._held.keys() & rows

    def take(self) -> set[bytes]:
        """Take any row out of it, and return its packets. Raises KeyError if there is none."""
        _, held = self._held.popitem()
        return held if isinstance(held, set) else set(_packets(held))

    def __len__(self) -> int:
        return len(self._held)


def _packets(held: Packets) -> Collection[bytes]:
    return (held,) if isinstance(held, bytes) else held
