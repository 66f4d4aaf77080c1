"""The size of a message without compression, for `{size}` and `{rsize}`."""

from typing import Final, assert_never

from clusterdns.dns.message import Message, RRset
from clusterdns.dns.rdata import AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, A, Opaque, Rdata

__all__ = ["message_size"]

HEADER: Final = 12
QUESTION: Final = 4
"""Type and class (RFC 1035 section 4.1.2)."""
RECORD: Final = 10
"""Type, class, TTL and length of the data (RFC 1035 section 4.1.3)."""
OPTION: Final = 4
"""Code and length (RFC 6891 section 6.1.2)."""


def message_size(message: Message) -> int:
    """The octets of a message, OPT record included."""
    return (
        HEADER
        + sum(len(question.name.wire) + QUESTION for question in message.question)
        + sum(
            _rrset_size(rrset)
            for section in (message.answer, message.authority, message.additional)
            for rrset in section
        )
        + _edns_size(message)
    )


def _rrset_size(rrset: RRset) -> int:
    head = len(rrset.owner.wire) + RECORD
    if isinstance(rrset.rdatas[0], A | AAAA):  # thousands of one size
        return len(rrset.rdatas) * (head + len(rrset.rdatas[0].address))
    return sum(head + _rdata_size(rdata) for rdata in rrset.rdatas)


def _edns_size(message: Message) -> int:
    if message.edns is None:
        return 0
    return 1 + RECORD + sum(OPTION + len(option.data) for option in message.edns.options)


def _rdata_size(rdata: Rdata) -> int:
    match rdata:
        case A() | AAAA():
            size = len(rdata.address)
        case NS() | CNAME() | PTR():
            size = len(rdata.target.wire)
        case MX():
            size = 2 + len(rdata.exchange.wire)
        case SRV():
            size = 6 + len(rdata.target.wire)
        case TXT():
            size = sum(1 + len(string) for string in rdata.strings)
        case SOA():
            size = len(rdata.mname.wire) + len(rdata.rname.wire) + 20
        case Opaque():
            size = len(rdata.data)
        case _:
            assert_never(rdata)
    return size
