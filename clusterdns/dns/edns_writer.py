"""The OPT pseudo-record to octets (RFC 6891 section 6.1), and what it may lose for want of room."""

from collections.abc import Iterable
from struct import Struct
from typing import Final

from clusterdns.dns.constants import RRType
from clusterdns.dns.edns import Edns, Option, OptionCode

__all__ = ["OPT", "OPT_OCTETS", "OPT_TYPE", "least_octets", "write_edns"]

OPT_OCTETS: Final = 11
"""An OPT record without options."""

OPT: Final = Struct("!BHHBBHH")
_OPTION = Struct("!HH")
OPT_TYPE: Final = RRType.OPT.value
_EXTENDED_ERROR: Final = OptionCode.EXTENDED_ERROR.value
_INFO_CODE_OCTETS: Final = 2


def least_octets(edns: Edns) -> int:
    """The octets of the record when extended errors have lost their text."""
    return OPT_OCTETS + sum(4 + _least(option) for option in edns.options)


def write_edns(edns: Edns, *, extended_rcode: int, room: int, beside: int = 0) -> bytes:
    """The record in at most `room` octets, or in 11 if there is less. `beside` is what the rest of the
    message has, for padding.

    The text of extended errors is shortened or dropped first (RFC 8914 section 3.1), then options from
    the end. Padding comes last and takes what is left at most.
    """
    options = b"".join(_fit(edns.options, room - OPT_OCTETS)) if edns.options else b""
    if edns.padding:
        size = OPT_OCTETS + len(options)
        options += _padding(beside + size, edns.padding, room=room - size)
    return (
        OPT.pack(0, OPT_TYPE, edns.payload, extended_rcode, edns.version, edns.flags, len(options)) + options
    )


def _padding(octets: int, block: int, *, room: int) -> bytes:
    """An option that makes a message of so many octets a multiple of `block` (RFC 8467 section 4.1), as far
    as there is room; none if there is not even room for an empty one."""
    if room < _OPTION.size:
        return b""
    size = min(-(octets + _OPTION.size) % block, room - _OPTION.size)
    return _OPTION.pack(OptionCode.PADDING, size) + bytes(size)


def _least(option: Option) -> int:
    return _INFO_CODE_OCTETS if option.code == _EXTENDED_ERROR else len(option.data)


def _fit(options: tuple[Option, ...], room: int) -> Iterable[bytes]:
    spare = room - sum(4 + _least(option) for option in options)
    for option in options:
        least = _least(option)
        room -= 4 + least
        if room < 0:
            return
        text = _cut(option.data[least:], max(0, spare))
        spare -= len(text)
        yield _OPTION.pack(option.code, least + len(text)) + option.data[:least] + text


def _cut(text: bytes, octets: int) -> bytes:
    """As much of UTF-8 text as fits, in whole characters."""
    return text if len(text) <= octets else text[:octets].decode(errors="ignore").encode()
