"""The twelve octets that every message starts with (RFC 1035 section 4.1.1)."""

from struct import Struct
from typing import Final, NamedTuple

from clusterdns.dns.constants import Flag

__all__ = ["HEADER_OCTETS", "Header", "peek_header"]

HEADER_OCTETS: Final = 12

_HEADER = Struct("!HHHHHH")
_QR: Final = Flag.QR.value
_NOT_FLAGS: Final = 0x780F


class Header(NamedTuple):
    """A header as it came: `bits` is the second word, then what each section is said to hold.

    The counts are the sender's claim and nothing more.
    """

    id: int
    bits: int
    questions: int
    answers: int
    authorities: int
    additionals: int

    @property
    def is_response(self) -> bool:
        """The QR bit."""
        return bool(self.bits & _QR)

    @property
    def opcode(self) -> int:
        """The operation, 0 to 15."""
        return self.bits >> 11 & 15

    @property
    def rcode(self) -> int:
        """The lower four bits of the response code."""
        return self.bits & 15

    @property
    def flags(self) -> int:
        """The bits beside opcode and response code, where `Flag` has them."""
        return self.bits & ~_NOT_FLAGS

    def pack(self) -> bytes:
        """The twelve octets."""
        return _HEADER.pack(*self)


def peek_header(data: bytes) -> Header | None:
    """The header of a packet of which nothing else is looked at; None below 12 octets."""
    return Header._make(_HEADER.unpack_from(data)) if len(data) >= HEADER_OCTETS else None
