"""Kinds of replies, and the classes of `log` that they belong to."""

from collections.abc import Iterable
from enum import Enum
from typing import Final

from clusterdns.dns.constants import Opcode, Rcode, RRType
from clusterdns.dns.message import Message, RRset
from clusterdns.dns.rdata import Opaque

__all__ = ["Class", "Kind", "class_of", "kind_of"]


class Kind(Enum):
    """The kinds of reply; the value is the text of `{/log/type}`."""

    POSITIVE = "NOERROR"
    NAME_ERROR = "NXDOMAIN"
    SERVER_ERROR = "SERVERERROR"
    NO_DATA = "NODATA"
    REFERRAL = "DELEGATION"
    META = "META"
    UPDATE = "UPDATE"
    OTHER_ERROR = "OTHERERROR"


class Class(Enum):
    """The classes that a Corefile names; the value is the word."""

    ALL = "all"
    SUCCESS = "success"
    DENIAL = "denial"
    ERROR = "error"


_CLASSES: Final = {
    Kind.POSITIVE: Class.SUCCESS,
    Kind.REFERRAL: Class.SUCCESS,
    Kind.NAME_ERROR: Class.DENIAL,
    Kind.NO_DATA: Class.DENIAL,
}


def class_of(kind: Kind) -> Class:
    """The class of a kind; whatever is neither success nor denial is an error, transfers among them."""
    return _CLASSES.get(kind, Class.ERROR)


def kind_of(reply: Message, *, dnssec_ok: bool, now: float) -> Kind:
    """The kind of `reply`. A client that wants DNSSEC gets nothing good from a signature that does not
    hold at `now` (Unix time), so that is an error, too."""
    if reply.opcode == Opcode.UPDATE:
        return Kind.UPDATE
    if reply.opcode == Opcode.NOTIFY or any(_is_transfer(q.rtype) for q in reply.question):
        return Kind.META
    if dnssec_ok and not _signatures_hold(reply, now):
        return Kind.OTHER_ERROR
    return _kind_by_content(reply)


def _kind_by_content(reply: Message) -> Kind:
    match reply.rcode:
        case Rcode.NOERROR:
            return _kind_of_success(reply)
        case Rcode.NXDOMAIN:
            return Kind.OTHER_ERROR if reply.answer else Kind.NAME_ERROR
        case Rcode.SERVFAIL | Rcode.NOTIMP:
            return Kind.SERVER_ERROR
        case _:
            return Kind.OTHER_ERROR


def _kind_of_success(reply: Message) -> Kind:
    """NODATA (an SOA in the authority section), a referral (NS there), or success (RFC 2308 section 2.2)."""
    if reply.answer:
        return Kind.POSITIVE
    types = {rrset.rtype for rrset in reply.authority}
    if RRType.SOA in types:
        return Kind.NO_DATA
    return Kind.REFERRAL if RRType.NS in types else Kind.POSITIVE


def _is_transfer(rtype: int) -> bool:
    return rtype in {RRType.AXFR, RRType.IXFR}


def _signatures_hold(reply: Message, now: float) -> bool:
    sections = (reply.answer, reply.authority, reply.additional)
    return all(_holds(data, now) for section in sections for data in _signatures(section))


def _signatures(section: Iterable[RRset]) -> Iterable[bytes]:
    for rrset in section:
        for rdata in rrset.rdatas if rrset.rtype == RRType.RRSIG else ():
            if isinstance(rdata, Opaque) and len(rdata.data) >= 16:
                yield rdata.data


def _holds(signature: bytes, now: float) -> bool:
    """Whether `now` lies between inception and expiration, serial numbers of 32 bits (RFC 4034, 3.1.5)."""
    expiration, inception = (int.from_bytes(signature[at : at + 4]) for at in (8, 12))
    return not _is_later(int(now), than=expiration) and not _is_later(inception, than=int(now))


def _is_later(time: int, *, than: int) -> bool:
    return 0 < (time - than) & 0xFFFFFFFF < 0x80000000
