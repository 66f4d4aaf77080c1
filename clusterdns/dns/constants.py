"""The registries of DNS parameters that the server has to know by name (IANA, RFC 6895)."""

from enum import IntEnum, IntFlag

__all__ = ["Flag", "Opcode", "RRClass", "RRType", "Rcode", "class_text", "rcode_text", "type_text"]


class RRType(IntEnum):
    """Types by their name in logs, metrics and zone files (IANA); any other number is opaque (RFC 3597)."""

    A = 1
    NS = 2
    MD = 3
    MF = 4
    CNAME = 5
    SOA = 6
    MB = 7
    MG = 8
    MR = 9
    NULL = 10
    WKS = 11
    PTR = 12
    HINFO = 13
    MINFO = 14
    MX = 15
    TXT = 16
    RP = 17
    AFSDB = 18
    X25 = 19
    ISDN = 20
    RT = 21
    NSAP = 22
    SIG = 24
    KEY = 25
    PX = 26
    GPOS = 27
    AAAA = 28
    LOC = 29
    NXT = 30
    EID = 31
    NIMLOC = 32
    SRV = 33
    ATMA = 34
    NAPTR = 35
    KX = 36
    CERT = 37
    A6 = 38
    DNAME = 39
    OPT = 41
    APL = 42
    DS = 43
    SSHFP = 44
    IPSECKEY = 45
    RRSIG = 46
    NSEC = 47
    DNSKEY = 48
    DHCID = 49
    NSEC3 = 50
    NSEC3PARAM = 51
    TLSA = 52
    SMIMEA = 53
    HIP = 55
    NINFO = 56
    RKEY = 57
    TALINK = 58
    CDS = 59
    CDNSKEY = 60
    OPENPGPKEY = 61
    CSYNC = 62
    ZONEMD = 63
    SVCB = 64
    HTTPS = 65
    SPF = 99
    UINFO = 100
    UID = 101
    GID = 102
    UNSPEC = 103
    NID = 104
    L32 = 105
    L64 = 106
    LP = 107
    EUI48 = 108
    EUI64 = 109
    TKEY = 249
    TSIG = 250
    IXFR = 251
    AXFR = 252
    MAILB = 253
    MAILA = 254
    ANY = 255
    URI = 256
    CAA = 257
    AVC = 258
    AMTRELAY = 260
    TA = 32768
    DLV = 32769


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
