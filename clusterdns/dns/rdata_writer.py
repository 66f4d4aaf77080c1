"""Record data to octets, by class of value."""

from collections.abc import Callable, Mapping
from struct import Struct
from typing import Any, Final, TypeAlias

from clusterdns.dns.rdata import AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, A, Opaque, Rdata

__all__ = ["RDATA_WRITERS", "Place", "RdataWriter"]

Place: TypeAlias = Callable[[bytes, int], bytes]
"""From a name's wire form, and the offset where it is to stand, to the octets to write there."""

RdataWriter: TypeAlias = Callable[[Any, int, Place], bytes]
"""From record data, and the offset of its first octet, to the octets. `Place` writes the names in it.

Names are compressed where RFC 3597 section 4 allows it: in NS, CNAME, PTR, MX and SOA. The target of SRV
is not (RFC 2782), nor anything in data that is not read.
"""

_SHORT = Struct("!H")
_SRV = Struct("!HHH")
_SOA_TIMES = Struct("!IIIII")


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


RDATA_WRITERS: Final[Mapping[type[Rdata], RdataWriter]] = {
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
