"""Typed reading of the words after a plugin's or an option's name, from left to right.

    words = Arguments(entry)
    ttl = words.integer(minimum=0, maximum=3600)
    words.end()

Each reader raises a CorefileError at the word that it cannot take, or at the name if a word is missing.
"""

import math
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import NamedTuple, TypeVar

from clusterdns.corefile.durations import parse_duration
from clusterdns.corefile.errors import CorefileError, did_you_mean, shown
from clusterdns.corefile.model import CorefileWarning, Entry, Option, Token
from clusterdns.corefile.zones import InvalidZone, parse_zone

T = TypeVar("T")


class Arguments:
    """The words of one entry or option that have not been read yet."""

    __slots__ = ("_next", "_words", "owner")

    def __init__(self, owner: Entry | Option) -> None:
        self.owner = owner
        self._words = owner.args
        self._next = 0

    @property
    def more(self) -> bool:
        """Whether there is another word: `words.duration() if words.more else 5.0`."""
        return self._next < len(self._words)

    def peek(self) -> str | None:
        """The next word without reading it, None at the end."""
        return self._words[self._next].text if self.more else None

    def token(self, expected: str = "a word") -> Token:
        """The next word with its place; `expected` names it in the error if there is none."""
        if not self.more:
            raise self.missing(expected)
        self._next += 1
        return self._words[self._next - 1]

    def word(self, expected: str = "a word") -> str:
        return self.token(expected).text

    def rest(self) -> tuple[Token, ...]:
        """All words that are left, perhaps none."""
        left = self._words[self._next :]
        self._next = len(self._words)
        return left

    def words(self) -> tuple[str, ...]:
        """The texts of all words that are left, perhaps none."""
        return tuple(token.text for token in self.rest())

    def some(self, expected: str) -> tuple[Token, ...]:
        """All words that are left, at least one."""
        if not self.more:
            raise self.missing(expected)
        return self.rest()

    def integer(self, *, minimum: int | None = None, maximum: int | None = None) -> int:
        """A decimal whole number, both bounds included."""
        expected = "a whole number" + _bounds(minimum, maximum)
        token = self.token(expected)
        value = _integer(token.text)
        if value is None or not _within(value, minimum, maximum=maximum):
            raise self.wrong(token, expected)
        return value

    def number(self, *, minimum: float | None = None, maximum: float | None = None) -> float:
        """A finite decimal number, both bounds included."""
        expected = "a number" + _bounds(minimum, maximum)
        token = self.token(expected)
        value = _number(token.text)
        if value is None or not _within(value, minimum, maximum=maximum):
            raise self.wrong(token, expected)
        return value

    def duration(self, *, minimum: float | None = None, maximum: float | None = None) -> float:
        """Seconds, from a duration as Go writes it: `5s`, `1m30s`, `100ms`, `0`. Bounds in seconds."""
        expected = "a duration such as 5s or 1m30s" + _bounds(minimum, maximum, unit="s")
        token = self.token(expected)
        try:
            seconds = parse_duration(token.text)
        except ValueError:
            raise self.wrong(token, expected) from None
        if not _within(seconds, minimum, maximum=maximum):
            raise self.wrong(token, expected)
        return seconds

    def choice(self, *choices: str) -> str:
        """One of the given words, in this spelling."""
        expected = _either(choices)
        token = self.token(expected)
        if token.text not in choices:
            raise self.wrong(token, expected, hint=did_you_mean(token.text, choices))
        return token.text

    def switch(self) -> bool:
        """`on` or `off`."""
        return self.choice("on", "off") == "on"

    def path(self, expected: str = "a file name") -> Path:
        """A path as written: relative ones are not resolved. Not empty."""
        token = self.token(expected)
        if not token.text:
            raise self.wrong(token, expected)
        return Path(token.text)

    def address(self) -> IPv4Address | IPv6Address:
        """An IP address of either family."""
        return self._address("an IP address", ip_address)

    def ipv4(self) -> IPv4Address:
        return self._address("an IPv4 address", IPv4Address)

    def ipv6(self) -> IPv6Address:
        return self._address("an IPv6 address", IPv6Address)

    def zone(self) -> tuple[str, ...]:
        """One zone, absolute and in lower case; an address prefix may give several (see `zones`)."""
        return zones_of((self.token("a zone"),))

    def zones(self, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """All words that are left as zones, `default` if there are none."""
        return zones_of(self.rest()) if self.more else default

    def end(self) -> None:
        """Complain of a word that is left."""
        if self.more:
            token = self._words[self._next]
            raise CorefileError(
                token.position, f"surplus argument {shown(token.text)} after {shown(self.owner.name.text)}"
            )

    def _address(self, expected: str, read: Callable[[str], T]) -> T:
        token = self.token(expected)
        try:
            return read(token.text)
        except ValueError:
            raise self.wrong(token, expected) from None

    def wrong(self, token: Token, expected: str, *, hint: str = "") -> CorefileError:
        """The error for a word that is not what it should be; to be raised by the caller."""
        name = shown(self.owner.name.text)
        return CorefileError(token.position, f"{name} expects {expected}, not {shown(token.text)}{hint}")

    def missing(self, expected: str) -> CorefileError:
        """The error for a word that is not there; to be raised by the caller."""
        found = '"{"' if self.owner.has_block else "the end of the line"
        name = shown(self.owner.name.text)
        return CorefileError(self.owner.position, f"{name} expects {expected}, but {found} follows")


def zones_of(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """Zones in absolute, lower-case text, address prefixes expanded as in a server block's keys.

    A scheme and a port are allowed and ignored. Raises CorefileError at a word that is no zone.
    """
    zones: list[str] = []
    for token in tokens:
        try:
            zones += parse_zone(token.text).zones
        except InvalidZone as invalid:
            raise CorefileError(token.position, f"invalid zone {shown(token.text)}: {invalid}") from None
    return tuple(zones)


class LenientZones(NamedTuple):
    """Words read as zones, and a warning for each that was left out because it is none."""

    zones: tuple[str, ...]
    warnings: tuple[CorefileWarning, ...]


def lenient_zones(tokens: Iterable[Token]) -> LenientZones:
    """As `zones_of`, for the places in which CoreDNS leaves out what is no zone and starts all the same."""
    zones: list[str] = []
    warnings: list[CorefileWarning] = []
    for token in tokens:
        try:
            zones += zones_of((token,))
        except CorefileError as error:
            warnings.append(
                CorefileWarning(position=error.position, message=f"{error.message}; it is left out")
            )
    return LenientZones(tuple(zones), tuple(warnings))


def _integer(text: str) -> int | None:
    digits = text[1:] if text[:1] in ("+", "-") else text
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER else None


def _number(text: str) -> float | None:
    if not text.isascii() or "_" in text or text != text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


LONGEST_NUMBER = 19
"""Digits of a 64-bit number."""


def _within(value: float, minimum: float | None, *, maximum: float | None) -> bool:
    return (minimum is None or value >= minimum) and (maximum is None or value <= maximum)


def _bounds(minimum: float | None, maximum: float | None, *, unit: str = "") -> str:
    if minimum is not None and maximum is not None:
        return f" from {minimum:.12g}{unit} to {maximum:.12g}{unit}"
    if minimum is not None:
        return f" of at least {minimum:.12g}{unit}"
    return "" if maximum is None else f" of at most {maximum:.12g}{unit}"


def _either(choices: tuple[str, ...]) -> str:
    *others, last = (f'"{choice}"' for choice in choices)
    return f"{', '.join(others)} or {last}" if others else last
