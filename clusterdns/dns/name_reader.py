"""Names in a message, compressed ones too (RFC 1035 sections 3.1 and 4.1.4)."""

from typing import Final

from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.header import HEADER_OCTETS
from clusterdns.dns.name import MAX_LABEL_OCTETS, MAX_NAME_OCTETS, Name

__all__ = ["NameReader"]

_POINTER: Final = 0xC0

_MOST_PIECES: Final = MAX_NAME_OCTETS // 2
"""Pointers followed for one name: as many as a name has labels, if each leads to one of them."""


class NameReader:
    """Reads the names of one message.

    A pointer leads to an offset before the run of labels that it ends, so that no chain of them loops
    (RFC 9267 section 2). What stands at an offset is resolved once and remembered: the work for all names
    together grows with the message, however its pointers are arranged, and names written as the same
    pointer are one object.

    Both methods raise `MalformedMessage` for what is not a name, and `IndexError` past the end.
    """

    __slots__ = ("_data", "_known")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._known: dict[int, Name] = {}

    def read(self, at: int) -> tuple[Name, int]:
        """The name at offset `at` and the offset after it."""
        data = self._data
        stop = _end_of_labels(data, at)
        if not data[stop]:
            name = self._known[at] = _checked(data[at : stop + 1])
            return name, stop + 1
        name = self._resolve(self._target(stop, at))
        if stop > at:
            name = self._known[at] = _checked(data[at:stop] + name.wire)
        return name, stop + 2

    def _resolve(self, target: int) -> Name:
        """The name that a pointer to `target` stands for."""
        data, known = self._data, self._known
        trail: list[tuple[int, int]] = []
        while (name := known.get(target)) is None:
            stop = _end_of_labels(data, target)
            if not data[stop]:
                name = known[target] = _checked(data[target : stop + 1])
                break
            trail.append((target, stop))
            if len(trail) > _MOST_PIECES:
                raise MalformedMessage(f"a name is put together by more than {_MOST_PIECES} pointers")
            target = self._target(stop, target)
        for start, stop in reversed(trail):
            if stop > start:
                name = _checked(data[start:stop] + name.wire)
            known[start] = name
        return name

    def _target(self, at: int, start: int) -> int:
        """Where the pointer at `at` leads, which ends labels that begin at `start`."""
        target = (self._data[at] & 0x3F) << 8 | self._data[at + 1]
        if not HEADER_OCTETS <= target < start:
            raise MalformedMessage(
                f"a compression pointer at {at} leads to {target}, which is no earlier name"
            )
        return target


def _end_of_labels(data: bytes, at: int) -> int:
    """The offset of the root label or of the pointer that ends the labels at `at`."""
    start = at
    size = data[at]
    while 0 < size <= MAX_LABEL_OCTETS:
        at += size + 1
        if at - start >= MAX_NAME_OCTETS:
            raise MalformedMessage(f"a name at {start} has more than {MAX_NAME_OCTETS} octets")
        size = data[at]
    if 0 < size < _POINTER:
        raise MalformedMessage(f"a label at {at} is of the reserved type {size >> 6:02b}")
    return at


def _checked(wire: bytes) -> Name:
    if len(wire) > MAX_NAME_OCTETS:
        raise MalformedMessage(f"a name has {len(wire)} octets, at most {MAX_NAME_OCTETS} are allowed")
    return Name(wire)
