"""Packets put together octet by octet, right ones and wrong ones, without the codec under test.

    packet(question("web.shop.svc.cluster.local", 1), additional=[opt(options=option(10, bytes(8)))])

Counts are those of what is given, unless `counts` claims others.
"""

from collections.abc import Sequence
from struct import pack
from typing import Final

__all__ = ["ID", "edns_query", "name", "opt", "option", "packet", "query", "question", "record"]

ID: Final = 0x1D5A

Counts = tuple[int, int, int, int]


def name(text: str) -> bytes:
    """The uncompressed wire form of a name of plain labels; `.` and the empty text are the root."""
    labels = [label.encode("latin-1") for label in text.split(".") if label]
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\0"


def question(owner: str | bytes, rtype: int = 1, rrclass: int = 1) -> bytes:
    """An entry of the question section; octets are taken as the name's wire form."""
    return (name(owner) if isinstance(owner, str) else owner) + pack("!HH", rtype, rrclass)


def record(
    owner: str | bytes = ".", rtype: int = 1, *, rrclass: int = 1, ttl: int = 0, data: bytes = bytes(4)
) -> bytes:
    """A record, an A record of 0.0.0.0 by default."""
    wire = name(owner) if isinstance(owner, str) else owner
    return wire + pack("!HHIH", rtype, rrclass, ttl, len(data)) + data


def option(code: int, data: bytes = b"") -> bytes:
    """An EDNS option."""
    return pack("!HH", code, len(data)) + data


def opt(
    size: int = 1232,
    *,
    version: int = 0,
    flags: int = 0,
    rcode: int = 0,
    options: bytes = b"",
    owner: bytes = b"\0",
) -> bytes:
    """An OPT record (RFC 6891 section 6.1.2); DO is the flag 0x8000."""
    return owner + pack("!HHBBHH", 41, size, rcode, version, flags, len(options)) + options


def packet(
    *questions: bytes,
    answer: Sequence[bytes] = (),
    authority: Sequence[bytes] = (),
    additional: Sequence[bytes] = (),
    bits: int = 0,
    counts: Counts | None = None,
    tail: bytes = b"",
) -> bytes:
    """A message of these parts, with `tail` behind them. `bits` is the second word of the header."""
    actual = len(questions), len(answer), len(authority), len(additional)
    header = pack("!HHHHHH", ID, bits, *(actual if counts is None else counts))
    return header + b"".join((*questions, *answer, *authority, *additional)) + tail


def query(owner: str | bytes, rtype: int = 1, *, rrclass: int = 1, bits: int = 0) -> bytes:
    """A query without EDNS."""
    return packet(question(owner, rtype, rrclass), bits=bits)


def edns_query(
    owner: str | bytes,
    rtype: int = 1,
    *,
    size: int = 1232,
    version: int = 0,
    flags: int = 0,
    options: bytes = b"",
    bits: int = 0,
) -> bytes:
    """A query with an OPT record."""
    extra = opt(size, version=version, flags=flags, options=options)
    return packet(question(owner, rtype), additional=[extra], bits=bits)
