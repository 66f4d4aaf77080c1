"""The registries of DNS parameters that the server has to know by name (IANA, RFC 6895)."""

from enum import IntEnum, IntFlag

__all__ = ["Flag", "Opcode", "RRClass", "RRType", "Rcode", "class_text", "rcode_text", "type_text"]


class RRType(IntEnum):
    """Types that the server treats by name; any other number is opaque (RFC 3597)."""

    A = 1
    NS = 2
    CNAME = 5
    SOA = 6
    PTR = 12
    HINFO = 13
    MX = 15
    TXT = 16
    AAAA = 28
    SRV = 33
    NAPTR = 35
    DNAME = 39
    OPT = 41
    DS = 43
    RRSIG = 46
    NSEC = 47
    DNSKEY = 48
    NSEC3 = 50
    SVCB = 64
    HTTPS = 65
    TKEY = 249
    TSIG = 250
    IXFR = 251
    AXFR = 252
    MAILB = 253
    MAILA = 254
    ANY = 255
    CAA = 257


class RRClass(IntEnum):
    """Classes (RFC 1035 section 3.2.4, RFC 2136 section 1.3)."""

    IN = 1
    CH = 3
    HS = 4
    NONE = 254
    ANY = 255


class Opcode(IntEnum):
    """Operations (RFC 6895 section 2.2)."""

    QUERY = 0
    IQUERY = 1
    STATUS = 2
    NOTIFY = 4
    UPDATE = 5
    DSO = 6


class Rcode(IntEnum):
    """Response codes, extended ones included (RFC 6895 section 2.3)."""

    NOERROR = 0
    FORMERR = 1
    SERVFAIL = 2
    NXDOMAIN = 3
    NOTIMP = 4
    REFUSED = 5
    YXDOMAIN = 6
    YXRRSET = 7
    NXRRSET = 8
    NOTAUTH = 9
    NOTZONE = 10
    BADVERS = 16
    BADCOOKIE = 23


class Flag(IntFlag):
    """Header bits other than opcode and response code (RFC 1035 section 4.1.1, RFC 4035)."""

    QR = 0x8000
    AA = 0x0400
    TC = 0x0200
    RD = 0x0100
    RA = 0x0080
    Z = 0x0040
    AD = 0x0020
    CD = 0x0010


def type_text(rtype: int) -> str:
    """`A`, `SRV`, …, or `TYPE65280` for a type without a name here (RFC 3597 section 5)."""
    known = RRType._value2member_map_.get(rtype)
    return known.name if known is not None else f"TYPE{rtype}"


def class_text(rrclass: int) -> str:
    """`IN`, `CH`, …, or `CLASS7` (RFC 3597 section 5)."""
    known = RRClass._value2member_map_.get(rrclass)
    return known.name if known is not None else f"CLASS{rrclass}"


def rcode_text(rcode: int) -> str:
    """`NOERROR`, `NXDOMAIN`, …, or `RCODE77`."""
    known = Rcode._value2member_map_.get(rcode)
    return known.name if known is not None else f"RCODE{rcode}"
