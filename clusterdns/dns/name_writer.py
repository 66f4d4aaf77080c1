"""Names into a message, compressed (RFC 1035 section 4.1.4)."""

from typing import Final

__all__ = ["NameWriter"]

_REACH: Final = 0x4000
"""The first offset that a pointer cannot hold."""


class NameWriter:
    """Knows where in a message which names stand.

    Only a suffix spelled exactly alike is pointed at, so that every name keeps its spelling: a resolver
    that mixes cases at random compares what comes back with what it sent.
    """

    __slots__ = ("_pointers",)

    def __init__(self) -> None:
        self._pointers: dict[bytes, bytes] = {}

    def place(self, wire: bytes, at: int) -> bytes:
        """The octets to write at offset `at` for the name `wire`, which must then be written there."""
        pointer = self._pointers.get(wire)
        if pointer is not None:
            return pointer
        return self._place_labels(wire, at) if len(wire) > 1 else wire

    def pointer(self, wire: bytes) -> bytes | None:
        """The pointer to a name placed before; None for the root and beyond the reach of pointers."""
        return self._pointers.get(wire)

    def _place_labels(self, wire: bytes, at: int) -> bytes:
        pointers = self._pointers
        end = wire[0] + 1
        parent = pointers.get(wire[end:])
        if parent is not None:  # names of one answer most often differ in their first labels
            if at < _REACH:
                pointers[wire] = (0xC000 | at).to_bytes(2)
            return wire[:end] + parent
        start = 0
        suffix = wire
        while (size := suffix[0]) and suffix not in pointers:
            if at + start < _REACH:
                pointers[suffix] = (0xC000 | at + start).to_bytes(2)
            start += size + 1
            suffix = wire[start:]
        return wire[:start] + pointers.get(suffix, suffix)
