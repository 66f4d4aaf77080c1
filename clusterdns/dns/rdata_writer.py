"""Record data to octets, by class of value."""

from collections.abc import Callable
from struct import Struct
from typing import Any, Final, TypeAlias

from clusterdns.dns.rdata import AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, A, Opaque, Rdata

__all__ = ["Place", "write_rdata"]

Place: TypeAlias = Callable[[bytes, int], bytes]
"""From a name's wire form, and the offset where it is to stand, to the octets to write there."""

_Writer: TypeAlias = Callable[[Any, int, Place], bytes]

_SHORT = Struct("!H")
_SRV = Struct("!HHH")
_SOA_TIMES = Struct("!IIIII")


def write_rdata(rdata: Rdata, at: int, place: Place) -> bytes:
    """The octets of `rdata` at offset `at`; `place` writes the names that may be compressed.

    Names are compressed where RFC 3597 section 4 allows it: in NS, CNAME, PTR, MX and SOA. The target
    of SRV is not (RFC 2782), nor anything in data that is not read.
    """
    return _WRITERS[type(rdata)](rdata, at, place)


def _address(rdata: A | AAAA, _at: int, _place: Place) -> bytes:
    return rdata.address


def _target(rdata: NS | CNAME | PTR, at: int, place: Place) -> bytes:
    return place(rdata.target.wire, at)


def _mx(rdata: MX, at: int, place: Place) -> bytes:
    return _SHORT.pack(rdata.preference) + place(rdata.exchange.wire, at + 2)


def _srv(rdata: SRV, _at: int, _place: Place) -> bytes:
    return _SRV.pack(rdata.priority, rdata.weight, rdata.port) + rdata.target.wire


def _soa(rdata: SOA, at: int, place: Place) -> bytes:
    mname = place(rdata.mname.wire, at)
    rname = place(rdata.rname.wire, at + len(mname))
    times = _SOA_TIMES.pack(rdata.serial, rdata.refresh, rdata.retry, rdata.expire, rdata.minimum)
    return mname + rname + times


def _txt(rdata: TXT, _at: int, _place: Place) -> bytes:
    return b"".join([len(string).to_bytes() + string for string in rdata.strings])


def _opaque(rdata: Opaque, _at: int, _place: Place) -> bytes:
    return rdata.data


_WRITERS: Final[dict[type[Rdata], _Writer]] = {
    A: _address,
    AAAA: _address,
    NS: _target,
    CNAME: _target,
    PTR: _target,
    MX: _mx,
    SRV: _srv,
    SOA: _soa,
    TXT: _txt,
    Opaque: _opaque,
}
