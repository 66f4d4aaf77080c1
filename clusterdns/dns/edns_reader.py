"""The OPT pseudo-record of a message to a value (RFC 6891 section 6.1)."""

from struct import Struct
from typing import Final

from clusterdns.dns.edns import Edns, Option, OptionCode
from clusterdns.dns.errors import MalformedMessage

__all__ = ["MAX_OPTIONS", "read_edns"]

MAX_OPTIONS: Final = 100
"""Options kept of one message. Those after them are checked and dropped: no message needs as many, and
65,535 octets hold 16,000 of them."""

_OPTION = Struct("!HH")
_COOKIE: Final = OptionCode.COOKIE.value


def read_edns(data: bytes, at: int, *, end: int, payload: int, ttl: int) -> Edns:
    """The OPT record whose options stand in `data[at:end]`, from what its class and TTL hold.

    How options of another version than 0 are laid out is not known, so they are not read: the answer is
    BADVERS whatever they are (RFC 6891 section 6.1.3).

    Raises:
        MalformedMessage: an option overruns the record, or a COOKIE has a length that it cannot have.
        struct.error: the message ends within an option.
    """
    version = ttl >> 16 & 0xFF
    options = _read_options(data, at, end) if at < end and not version else ()
    return Edns(payload=payload, version=version, flags=ttl & 0xFFFF, options=options)


def _read_options(data: bytes, at: int, end: int) -> tuple[Option, ...]:
    options: list[Option] = []
    while at < end and len(options) < MAX_OPTIONS:
        code, size = _OPTION.unpack_from(data, at)
        options.append(Option(code, data[at + 4 : at + 4 + size]))
        at += 4 + size
    while at < end:
        at += 4 + _OPTION.unpack_from(data, at)[1]
    if at != end:
        raise MalformedMessage("an EDNS option overruns the OPT record")
    _check_cookie(options)
    return tuple(options)


def _check_cookie(options: list[Option]) -> None:
    """RFC 7873 section 5.2.2: 8 octets, or 16 to 40. Only the first cookie counts."""
    size = next((len(option.data) for option in options if option.code == _COOKIE), 8)
    if size != 8 and not 16 <= size <= 40:
        raise MalformedMessage(f"a COOKIE option has {size} octets, not 8 or 16 to 40")
