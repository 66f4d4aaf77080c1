"""Record data to values, by type (RFC 1035 section 3.3, RFC 2782, RFC 3596, RFC 3597)."""

from collections.abc import Callable
from struct import Struct
from typing import Final, TypeAlias

from clusterdns.dns.constants import RRClass, RRType, type_text
from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.name import Name
from clusterdns.dns.name_reader import NameReader
from clusterdns.dns.rdata import AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, A, Opaque, Rdata

__all__ = ["MAX_STRINGS", "read_rdata"]

MAX_STRINGS: Final = 1000
"""Strings of a TXT record that are told apart. With more of them its data is checked and kept as
`Opaque`: 65,535 octets hold as many strings, most of a message's cost for nothing."""

_Reader: TypeAlias = Callable[[bytes, int, int, NameReader], Rdata]

_SHORT = Struct("!H")
_SRV = Struct("!HHH")
_SOA_TIMES = Struct("!IIIII")


def read_rdata(data: bytes, at: int, *, end: int, rtype: int, rrclass: int, names: NameReader) -> Rdata:
    """The value in `data[at:end]`, which it fills exactly; the caller has checked that `end` exists.

    Raises:
        MalformedMessage: it does not, or holds no such value.
        IndexError, struct.error: the message ends within it.
    """
    read = _READERS.get(rtype)
    if read is not None and _has_layout(rtype, rrclass, is_empty=at == end):
        return read(data, at, end, names)
    return Opaque(rtype, data[at:end])


def _has_layout(rtype: int, rrclass: int, *, is_empty: bool) -> bool:
    """Whether data in this class are laid out as the type says."""
    if rrclass in _EMPTY_CLASSES:
        return not is_empty
    return rrclass == _IN or rtype not in _IN_ONLY


def _overrun(kind: str) -> MalformedMessage:
    return MalformedMessage(f"the data of {kind} is longer or shorter than the length before it says")


def _a(data: bytes, at: int, end: int, _names: NameReader) -> Rdata:
    if end - at != 4:
        raise _overrun("an A record")
    return A(data[at:end])


def _aaaa(data: bytes, at: int, end: int, _names: NameReader) -> Rdata:
    if end - at != 16:
        raise _overrun("an AAAA record")
    return AAAA(data[at:end])


def _last_name(at: int, end: int, names: NameReader) -> Name:
    name, after = names.read(at)
    if after != end:
        raise _overrun("a record")
    return name


def _ns(_data: bytes, at: int, end: int, names: NameReader) -> Rdata:
    return NS(_last_name(at, end, names))


def _cname(_data: bytes, at: int, end: int, names: NameReader) -> Rdata:
    return CNAME(_last_name(at, end, names))


def _ptr(_data: bytes, at: int, end: int, names: NameReader) -> Rdata:
    return PTR(_last_name(at, end, names))


def _mx(data: bytes, at: int, end: int, names: NameReader) -> Rdata:
    (preference,) = _SHORT.unpack_from(data, at)
    return MX(preference, _last_name(at + 2, end, names))


def _srv(data: bytes, at: int, end: int, names: NameReader) -> Rdata:
    priority, weight, port = _SRV.unpack_from(data, at)
    return SRV(priority, weight, port, _last_name(at + 6, end, names))


def _soa(data: bytes, at: int, end: int, names: NameReader) -> Rdata:
    mname, at = names.read(at)
    rname, at = names.read(at)
    if end - at != _SOA_TIMES.size:
        raise _overrun("an SOA record")
    return SOA(mname, rname, *_SOA_TIMES.unpack_from(data, at))


def _txt(data: bytes, at: int, end: int, _names: NameReader) -> Rdata:
    start = at
    strings: list[bytes] = []
    while at < end and len(strings) < MAX_STRINGS:
        after = at + 1 + data[at]
        strings.append(data[at + 1 : after])
        at = after
    cut = at < end
    while at < end:
        at += 1 + data[at]
    if at != end or not strings:
        raise _overrun("a TXT record")
    return Opaque(RRType.TXT, data[start:end]) if cut else TXT(tuple(strings))


def _with_names(rtype: int, *, fixed: int = 0, strings: int = 0, count: int = 1) -> _Reader:
    """A reader of types that are opaque here but whose names may be compressed, which is undone
    (RFC 3597 section 4): `fixed` octets, then character strings, then names."""

    def read(data: bytes, at: int, end: int, names: NameReader) -> Rdata:
        start, at = at, at + fixed
        for _ in range(strings):
            at += 1 + data[at]
        parts = [data[start:at]]
        for _ in range(count):
            name, at = names.read(at)
            parts.append(name.wire)
        if at != end:
            raise _overrun(f"a {type_text(rtype)} record")
        return Opaque(rtype, b"".join(parts))

    return read


_IN: Final = RRClass.IN.value
_EMPTY_CLASSES: Final = frozenset({RRClass.NONE.value, RRClass.ANY.value})
"""Classes of RFC 2136, whose records of any type may be empty and otherwise are as in the zone's class."""

_IN_ONLY: Final = frozenset({RRType.A.value, RRType.AAAA.value, RRType.SRV.value})

_READERS: Final[dict[int, _Reader]] = {
    RRType.A.value: _a,
    RRType.NS.value: _ns,
    3: _with_names(3),  # MD
    4: _with_names(4),  # MF
    RRType.CNAME.value: _cname,
    RRType.SOA.value: _soa,
    7: _with_names(7),  # MB
    8: _with_names(8),  # MG
    9: _with_names(9),  # MR
    RRType.PTR.value: _ptr,
    14: _with_names(14, count=2),  # MINFO
    RRType.MX.value: _mx,
    RRType.TXT.value: _txt,
    17: _with_names(17, count=2),  # RP
    18: _with_names(18, fixed=2),  # AFSDB
    21: _with_names(21, fixed=2),  # RT
    26: _with_names(26, fixed=2, count=2),  # PX
    RRType.AAAA.value: _aaaa,
    RRType.SRV.value: _srv,
    RRType.NAPTR.value: _with_names(RRType.NAPTR, fixed=4, strings=3),
    36: _with_names(36, fixed=2),  # KX
    RRType.DNAME.value: _with_names(RRType.DNAME),
}
