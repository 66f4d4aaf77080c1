"""Where in a written message things stand that may be changed there: TTLs, and addresses of equal size.

For messages that this server wrote itself, in which every name ends or points as RFC 1035 has it.
"""

from collections.abc import Iterator
from itertools import groupby
from struct import Struct
from typing import Final, NamedTuple

from clusterdns.dns.constants import RRType
from clusterdns.dns.header import HEADER_OCTETS

__all__ = ["AddressRun", "address_runs", "ttl_places"]

_COUNTS: Final = Struct("!HHHH")
_FIXED: Final = Struct("!HHIH")
_QUESTION_TAIL: Final = 4
_POINTER: Final = 0xC0
_OPT: Final = RRType.OPT.value
_ADDRESSES: Final = frozenset({RRType.A.value, RRType.AAAA.value})


class AddressRun(NamedTuple):
    """Neighbouring records of one address RRset: the first octet, octets of a record, number of records."""

    start: int
    size: int
    records: int


class _Record(NamedTuple):
    start: int
    fixed: int
    end: int
    rtype: int
    owner: bytes


def ttl_places(message: bytes) -> tuple[int, ...]:
    """Where the TTLs stand, each 4 octets; that of an OPT record is none (RFC 6891 section 6.1.3)."""
    return tuple(record.fixed + 4 for record in _records(message) if record.rtype != _OPT)


def address_runs(message: bytes) -> tuple[AddressRun, ...] | None:
    """The RRsets of two addresses and more; None if the records of one of them are not written alike, as
    where the first has its owner's name written out and the others point there."""
    runs: list[AddressRun] = []
    for (rtype, _), group in groupby(
        _records(message), key=lambda one: (one.rtype, _name(message, one.start))
    ):
        records = tuple(group)
        if rtype not in _ADDRESSES or len(records) < 2:
            continue
        if len({record.owner for record in records}) > 1:
            return None
        runs.append(AddressRun(records[0].start, records[0].end - records[0].start, len(records)))
    return tuple(runs)


def _name(message: bytes, at: int) -> bytes:
    """The name at a place, without pointers, in lower case: they lead backwards only, so this ends."""
    labels: list[bytes] = []
    while length := message[at]:
        if length >= _POINTER:
            at = (length & ~_POINTER) << 8 | message[at + 1]
        else:
            labels.append(message[at : at + length + 1])
            at += length + 1
    return b"".join(labels).lower()


def _records(message: bytes) -> Iterator[_Record]:
    questions, *counts = _COUNTS.unpack_from(message, 4)
    at = HEADER_OCTETS
    for _ in range(questions):
        at = _end_of_name(message, at) + _QUESTION_TAIL
    for _ in range(sum(counts)):
        fixed = _end_of_name(message, at)
        rtype, _, _, length = _FIXED.unpack_from(message, fixed)
        end = fixed + _FIXED.size + length
        yield _Record(at, fixed, end, rtype, message[at:fixed])
        at = end


def _end_of_name(message: bytes, at: int) -> int:
    while length := message[at]:
        if length >= _POINTER:
            return at + 2
        at += length + 1
    return at + 1
