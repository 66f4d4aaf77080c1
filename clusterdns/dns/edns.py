"""EDNS(0): the OPT pseudo-record as a value (RFC 6891), its options, extended errors (RFC 8914)."""

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Edns", "ExtendedError", "ExtendedErrorCode", "Option", "OptionCode"]


class OptionCode(IntEnum):
    """Options that the server knows by name."""

    NSID = 3
    CLIENT_SUBNET = 8
    EXPIRE = 9
    COOKIE = 10
    KEEPALIVE = 11
    PADDING = 12
    EXTENDED_ERROR = 15


class ExtendedErrorCode(IntEnum):
    """INFO-CODEs of extended errors (RFC 8914 section 4)."""

    OTHER = 0
    STALE_ANSWER = 3
    FORGED_ANSWER = 4
    NOT_READY = 14
    BLOCKED = 15
    CENSORED = 16
    FILTERED = 17
    PROHIBITED = 18
    STALE_NXDOMAIN = 19
    NOT_AUTHORITATIVE = 20
    NOT_SUPPORTED = 21
    NO_REACHABLE_AUTHORITY = 22
    NETWORK_ERROR = 23
    INVALID_DATA = 24


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its code and its octets."""

    code: int
    data: bytes


@dataclass(frozen=True, slots=True)
class ExtendedError:
    """Why an answer is what it is, for a person to read; never secret (RFC 8914)."""

    code: int
    text: str = ""

    def to_option(self) -> Option:
        """The option that carries it."""
        return Option(OptionCode.EXTENDED_ERROR, self.code.to_bytes(2) + self.text.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Edns:
    """The OPT record of a message (RFC 6891 section 6.1).

    `payload` is the sender's UDP size in octets, as written; `flags` are the 16 bits with DO on top. With
    `padding` the message is written with so many octets or a multiple, by an option behind the others
    (RFC 7830).
    """

    payload: int = 1232
    version: int = 0
    flags: int = 0
    options: tuple[Option, ...] = ()
    padding: int = 0

    @property
    def dnssec_ok(self) -> bool:
        """The DO bit (RFC 3225)."""
        return bool(self.flags & 0x8000)

    def option(self, code: int) -> bytes | None:
        """The octets of the first option with this code."""
        return next((option.data for option in self.options if option.code == code), None)
