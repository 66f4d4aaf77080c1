"""Black-box queries: replies are read by another implementation, and checked for the rules of every reply.

answer = ask(query("web.shop.svc.cluster.local"))
assert answer.rcode == "NOERROR"
assert answer.answer == ["web.shop.svc.cluster.local. 5 IN A 10.96.0.10"]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from struct import unpack_from
from typing import Final

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

__all__ = ["Answer", "Ask", "check_again", "check_size"]

HEADER_OCTETS: Final = 12
SHORT_RCODES: Final = frozenset({1, 4, 5})
"""FORMERR, NOTIMP and REFUSED. BADVERS looks like NOERROR in the header, and has no records either."""

MOST_WITHOUT_EDNS: Final = 30
MOST_WITH_EDNS: Final = 44
MOST_REFUSING: Final = 1.5
"""Octets of a reply for each octet of its query."""

UDP_PAYLOAD: Final = 1232
UDP_WITHOUT_EDNS: Final = 512


@dataclass(frozen=True)
class Answer:
    """A reply. What is not in the octets by their counts, or after them, is an error of reading."""

    octets: bytes

    @cached_property
    def message(self) -> dns.message.Message:
        """The whole of it, read as an answer to a query whatever the operation. A TSIG record cannot be
        read without its key: see `counts` and `octets` for those."""
        bits = self.bits & ~0x7800
        return dns.message.from_wire(self.octets[:2] + bits.to_bytes(2) + self.octets[4:])

    @property
    def bits(self) -> int:
        """The second word of the header."""
        (bits,) = unpack_from("!H", self.octets, 2)
        return int(bits)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Records of each section, the OPT record included."""
        counts: tuple[int, int, int, int] = unpack_from("!HHHH", self.octets, 4)
        return counts

    @property
    def rcode(self) -> str:
        """`NOERROR`, `BADVERS`, …"""
        return dns.rcode.to_text(self.message.rcode())

    @property
    def opcode(self) -> int:
        """0 to 15."""
        return self.bits >> 11 & 15

    @property
    def flags(self) -> set[str]:
        """`QR`, `AA`, `TC`, `RD`, `RA`, `AD`, `CD`, and `Z` for the reserved bit."""
        known = set(dns.flags.to_text(self.bits & 0x87B0).split())
        return known | {"Z"} if self.bits & 0x40 else known

    @property
    def question(self) -> list[str]:
        """Name, class and type as spelled."""
        return _lines(self.message.question)

    @cached_property
    def answer(self) -> list[str]:
        """Zone-file lines, in order."""
        return _lines(self.message.answer)

    @cached_property
    def authority(self) -> list[str]:
        """Zone-file lines, in order."""
        return _lines(self.message.authority)

    @cached_property
    def additional(self) -> list[str]:
        """Zone-file lines, in order, the OPT record left out."""
        return _lines(self.message.additional)

    @property
    def has_opt(self) -> bool:
        """Whether it speaks EDNS."""
        return self.message.edns >= 0

    @property
    def opt(self) -> tuple[int, int, int]:
        """Size, version and flags of the OPT record."""
        return self.message.payload, self.message.edns, self.message.ednsflags & 0xFFFF

    @property
    def options(self) -> dict[int, bytes]:
        """The options by code."""
        return {int(option.otype): option.to_wire() or b"" for option in self.message.options}

    @property
    def is_negative(self) -> bool:
        """No answer, and one SOA in the authority section."""
        return not self.answer and len(self.authority) == 1 and " IN SOA " in self.authority[0]


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks one server in one way. `send` sends a packet and gives the reply's octets.

    With `twice`, every packet is sent two times and the second reply must equal the first one; of a reply
    that is cut, all but which records of the answer there was room for.
    """

    send: Callable[[bytes], bytes]
    over_udp: bool
    twice: bool = False

    def __call__(self, packet: bytes) -> Answer:
        """The reply to `packet`, after the checks that hold for every reply.

        Raises:
            AssertionError: one of them does not hold.
        """
        answer = Answer(self.send(packet))
        check_header(packet, answer)
        if self.over_udp:
            check_size(packet, answer)
        if self.twice:
            check_again(answer, Answer(self.send(packet)))
        return answer


def check_again(first: Answer, again: Answer) -> None:
    """The same reply once more. A set that no message holds begins with another record each time."""
    is_same = first.octets == again.octets or (
        "TC" in first.flags and _but_for_data(first) == _but_for_data(again)
    )
    if not is_same:
        raise AssertionError(f"{first.octets.hex()} became {again.octets.hex()}")


def check_header(packet: bytes, answer: Answer) -> None:
    """The same id and operation, QR; RD and CD as sent; no RA, no AD, no Z."""
    sent = int.from_bytes(packet[2:4])
    if answer.octets[:2] != packet[:2]:
        raise AssertionError(f"the id {packet[:2].hex()} became {answer.octets[:2].hex()}")
    expected = 0x8000 | sent & 0x7910
    if answer.bits & 0xF9F0 != expected:
        raise AssertionError(f"header bits {sent:04x} were answered with {answer.bits:04x}")


def check_size(packet: bytes, answer: Answer) -> None:
    """The bound of amplification over UDP: small without EDNS, larger with it, almost none for refusals."""
    sent, size = len(packet), len(answer.octets)
    speaks_edns = b"\0\0\x29" in packet[HEADER_OCTETS:]
    most = UDP_PAYLOAD if speaks_edns else UDP_WITHOUT_EDNS
    factor = MOST_WITH_EDNS if speaks_edns else MOST_WITHOUT_EDNS
    rcode = answer.bits & 15
    refuses = rcode in SHORT_RCODES or (rcode == 0 and not any(answer.counts[1:3]))
    if size > most or size > factor * sent:
        raise AssertionError(f"{size} octets are too many for a query of {sent}")
    if refuses and size > MOST_REFUSING * sent:
        raise AssertionError(f"{size} octets to refuse a query of {sent}")


def _but_for_data(answer: Answer) -> tuple[object, ...]:
    """A reply's contents but for the data of the records in its answer."""
    owners = {(rrset.name.to_text(), rrset.ttl, rrset.rdtype) for rrset in answer.message.answer}
    rest = answer.question, answer.authority, answer.additional, answer.has_opt and answer.opt, answer.options
    return (answer.bits, owners, *rest)


def _lines(section: list[dns.rrset.RRset]) -> list[str]:
    return [line for rrset in section for line in rrset.to_text().splitlines()]
