"""The fields of a reply that comes from no chain, read for metrics without decoding it."""

from typing import Final, NamedTuple

__all__ = ["RejectionFields", "read_fields"]

HEADER: Final = 12
QUESTION_TAIL: Final = 4
OPT: Final = b"\x00\x00\x29"
"""How an OPT record begins: the root, and its type (RFC 6891 section 6.1.2)."""


FLAG_DO: Final = 0x80
"""The highest bit of the octet that it is in."""


class RejectionFields(NamedTuple):
    """Type of the question, 0 if there is none; DO bit; the upper part of the response code (RFC 6891)."""

    rtype: int
    dnssec_ok: bool
    upper_rcode: int


NOTHING: Final = RejectionFields(0, dnssec_ok=False, upper_rcode=0)


def read_fields(packet: bytes) -> RejectionFields:
    """Read a reply with at most one question and no records, unless it is an OPT record. Never raises."""
    if len(packet) <= HEADER or not packet[5]:
        return NOTHING
    end = _end_of_name(packet)
    behind = end + QUESTION_TAIL
    if len(packet) < behind:
        return NOTHING
    rtype = packet[end] << 8 | packet[end + 1]
    if packet[behind : behind + 3] != OPT or len(packet) < behind + 8:
        return RejectionFields(rtype, dnssec_ok=False, upper_rcode=0)
    return RejectionFields(rtype, packet[behind + 7] >= FLAG_DO, packet[behind + 5] << 4)


def _end_of_name(packet: bytes) -> int:
    """The offset behind the question's name."""
    at = HEADER
    while at < len(packet) and packet[at]:
        at += packet[at] + 1
    return at + 1
