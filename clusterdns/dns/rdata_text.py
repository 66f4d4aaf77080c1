r"""Record data from zone-file text, known types by field, any as `\# length hex` (RFC 3597 section 5)."""

import struct
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import Final, TypeAlias

from clusterdns.dns.constants import RRType, type_text
from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.name import Name
from clusterdns.dns.name_reader import NameReader
from clusterdns.dns.rdata import AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, A, Rdata
from clusterdns.dns.rdata_reader import read_rdata
from clusterdns.dns.tokens import ZoneFileToken

__all__ = ["parse_rdata"]

_Fields: TypeAlias = list[ZoneFileToken]


def parse_rdata(rtype: int, rrclass: int, fields: list[ZoneFileToken]) -> Rdata:
    r"""The record data that `fields` give.

    Raises:
        ValueError: they are not those of the type, or the type has no text form here and they are not
            the generic one, `\# length hex`.
    """
    if fields and fields[0] == ZoneFileToken("\\#"):
        return _generic(rtype, rrclass, fields[1:])
    if rtype not in _PARSERS:
        raise ValueError(f"{type_text(rtype)} data is written as \\# LENGTH HEX here, not {_shown(fields)}")
    usage, parse = _PARSERS[rtype]
    expected = len(usage.split())
    if len(fields) != expected and rtype != RRType.TXT:
        raise ValueError(f"{type_text(rtype)} data is {usage}, not {_shown(fields)}")
    return parse(fields)


def _generic(rtype: int, rrclass: int, fields: _Fields) -> Rdata:
    if not fields:
        raise ValueError("generic data is \\# LENGTH HEX, and the length is missing")
    size = _number(fields[0], 65535)
    digits = "".join(field.text for field in fields[1:])
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        raise ValueError(f"generic data is in hexadecimal, not {digits!r}") from None
    if len(data) != size:
        raise ValueError(f"generic data has {len(data)} octets, not the {size} announced")
    return _from_wire(rtype, rrclass, data)


def _from_wire(rtype: int, rrclass: int, data: bytes) -> Rdata:
    """A value of its own class if the type is known; written generically, names are not compressed."""
    try:
        return read_rdata(data, 0, end=len(data), rtype=rtype, rrclass=rrclass, names=NameReader(data))
    except (MalformedMessage, IndexError, struct.error) as fault:
        raise ValueError(f"{data.hex()} is not {type_text(rtype)} data") from fault


def _number(field: ZoneFileToken, most: int) -> int:
    if not (field.text.isascii() and field.text.isdigit()) or int(field.text) > most:
        raise ValueError(f"a number from 0 to {most} was expected, not {field.text!r}")
    return int(field.text)


def _name(field: ZoneFileToken) -> Name:
    return Name.from_text(field.text)


def _shown(fields: _Fields) -> str:
    return repr(" ".join(field.text for field in fields)) if fields else "nothing"


def _mx(fields: _Fields) -> Rdata:
    return MX(_number(fields[0], 65535), _name(fields[1]))


def _srv(fields: _Fields) -> Rdata:
    priority, weight, port = (_number(field, 65535) for field in fields[:3])
    return SRV(priority, weight, port, _name(fields[3]))


def _soa(fields: _Fields) -> Rdata:
    serial, refresh, retry, expire, minimum = (_number(field, 0xFFFFFFFF) for field in fields[2:])
    return SOA(_name(fields[0]), _name(fields[1]), serial, refresh, retry, expire, minimum)


_PARSERS: Final[dict[int, tuple[str, Callable[[_Fields], Rdata]]]] = {
    RRType.A.value: ("ADDRESS", lambda fields: A(IPv4Address(fields[0].text).packed)),
    RRType.AAAA.value: ("ADDRESS", lambda fields: AAAA(IPv6Address(fields[0].text).packed)),
    RRType.NS.value: ("NAME", lambda fields: NS(_name(fields[0]))),
    RRType.CNAME.value: ("NAME", lambda fields: CNAME(_name(fields[0]))),
    RRType.PTR.value: ("NAME", lambda fields: PTR(_name(fields[0]))),
    RRType.MX.value: ("PREFERENCE NAME", _mx),
    RRType.TXT.value: ("STRING...", lambda fields: TXT(tuple(field.octets() for field in fields))),
    RRType.SRV.value: ("PRIORITY WEIGHT PORT NAME", _srv),
    RRType.SOA.value: ("MNAME RNAME SERIAL REFRESH RETRY EXPIRE MINIMUM", _soa),
}
