"""Zone-file text to records (RFC 1035 section 5.1, RFC 3597 section 5), a line at a time.

Names are absolute, with or without their final dot. A zone file's directives, its parentheses and what
a line takes over from the one before are the business of whoever reads whole files.
"""

from collections.abc import Mapping
from typing import Final

from clusterdns.dns.constants import RRClass, RRType
from clusterdns.dns.message import RRset, Section
from clusterdns.dns.name import Name
from clusterdns.dns.rdata_text import parse_rdata
from clusterdns.dns.tokens import ZoneFileToken, tokens

__all__ = ["parse_class", "parse_record", "parse_rrset", "parse_section", "parse_type"]

_MAX_TTL: Final = 0x7FFFFFFF


def parse_record(line: str, *, ttl: int | None = None) -> RRset:
    """One line, `owner [ttl] [class] type data`, as an RRset of one record.

    TTL and class may change places; `ttl` in seconds stands in for a missing one, IN for a class.

    Raises:
        ValueError: a sentence that says what was found and what was expected.
    """
    words = list(tokens(line))
    if not words:
        raise ValueError("a record was expected, not an empty line")
    at = 1
    rrclass: int | None = None
    while at < len(words) and at < 3:
        word = words[at].text
        if word.isascii() and word.isdigit():
            ttl = _ttl(word)
        elif (found := parse_class(word)) is not None and rrclass is None:
            rrclass = found
        else:
            break
        at += 1
    rtype = _type(words, at)
    if ttl is None:
        raise ValueError(f"a TTL was expected before the type in: {line.strip()}")
    in_class = RRClass.IN.value if rrclass is None else rrclass
    rdata = parse_rdata(rtype, in_class, words[at + 1 :])
    return RRset(Name.from_text(words[0].text), ttl, (rdata,), in_class)


def parse_rrset(text: str, *, ttl: int | None = None) -> RRset:
    """Lines of one owner, type, class and TTL.

    Raises:
        ValueError: as `parse_record`, or the lines are of several RRsets.
    """
    section = parse_section(text, ttl=ttl)
    if len(section) != 1:
        raise ValueError(f"the records of one RRset were expected, not of {len(section)}")
    return section[0]


def parse_section(text: str, *, ttl: int | None = None) -> Section:
    """Lines of any kind; neighbours that belong together are one RRset, as when a message is read.

    Empty lines and those with nothing but a comment are left out.

    Raises:
        ValueError: as `parse_record`.
    """
    section: list[RRset] = []
    for line in text.splitlines():
        if any(True for _ in tokens(line)):
            _append(section, parse_record(line, ttl=ttl))
    return tuple(section)


def parse_type(word: str) -> int | None:
    """The number of `A`, `srv`, `TYPE666`; None if it is no type known here."""
    return _number_of(word, RRType.__members__, "TYPE")


def parse_class(word: str) -> int | None:
    """The number of `IN`, `ch`, `CLASS7`; None if it is no class known here."""
    return _number_of(word, RRClass.__members__, "CLASS")


def _append(section: list[RRset], record: RRset) -> None:
    last = section[-1] if section else None
    if last is not None and _head(last) == _head(record):
        section[-1] = RRset(last.owner, last.ttl, last.rdatas + record.rdatas, last.rrclass)
    else:
        section.append(record)


def _head(rrset: RRset) -> tuple[Name, int, int, int]:
    return rrset.owner, rrset.rtype, rrset.rrclass, rrset.ttl


def _type(words: list[ZoneFileToken], at: int) -> int:
    found = words[at].text if at < len(words) else "the end of the line"
    rtype = parse_type(found)
    if rtype is None:
        raise ValueError(f"a record type was expected, not {found!r}")
    return rtype


def _ttl(word: str) -> int:
    if int(word) > _MAX_TTL:
        raise ValueError(f"a TTL has at most {_MAX_TTL} seconds (RFC 2181 section 8), not {word}")
    return int(word)


def _number_of(word: str, members: Mapping[str, int], prefix: str) -> int | None:
    upper = word.upper()
    if upper in members:
        return int(members[upper])
    digits = upper.removeprefix(prefix)
    if digits == upper or not (digits.isascii() and digits.isdigit()) or int(digits) > 65535:
        return None
    return int(digits)
