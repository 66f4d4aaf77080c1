"""Typed readers: what they take, and what they say of what they do not."""

from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import pytest

from clusterdns.corefile import Arguments, CorefileError, lenient_zones, parse


def arguments(words: str) -> Arguments:
    """Those of `option WORDS` on the third line."""
    (block,) = parse(f". {{\n log {{\n option {words}\n }}\n}}", environ={}).blocks
    return Arguments(block.directives[0].entries[0].options[0])


Reader = Callable[[Arguments], object]


@pytest.mark.parametrize(
    ("words", "read", "value"),
    [
        pytest.param("a b", lambda a: (a.word(), a.word()), ("a", "b"), id="words"),
        pytest.param('""', Arguments.word, "", id="empty word"),
        pytest.param("a b", Arguments.words, ("a", "b"), id="all words"),
        pytest.param("", Arguments.words, (), id="all of no words"),
        pytest.param("a b", lambda a: (a.word(), a.words()), ("a", ("b",)), id="the words that are left"),
        pytest.param("a b", lambda a: len(a.some("a name")), 2, id="some"),
        pytest.param(
            "a",
            lambda a: (a.peek(), a.more, a.word(), a.peek(), a.more),
            ("a", True, "a", None, False),
            id="peek",
        ),
        pytest.param("12", Arguments.integer, 12, id="integer"),
        pytest.param("-12", Arguments.integer, -12, id="negative integer"),
        pytest.param("+012", Arguments.integer, 12, id="integer with sign and zero"),
        pytest.param(
            "0 9", lambda a: (a.integer(minimum=0), a.integer(maximum=9)), (0, 9), id="bounds count"
        ),
        pytest.param("1.5", Arguments.number, 1.5, id="number"),
        pytest.param("1e3", Arguments.number, 1000.0, id="number with exponent"),
        pytest.param("1m30s", Arguments.duration, 90.0, id="duration"),
        pytest.param("b", lambda a: a.choice("a", "b"), "b", id="choice"),
        pytest.param("on off", lambda a: (a.switch(), a.switch()), (True, False), id="switch"),
        pytest.param("a/b", Arguments.path, Path("a/b"), id="path"),
        pytest.param("::1", Arguments.address, ip_address("::1"), id="address"),
        pytest.param("192.0.2.1", Arguments.ipv4, ip_address("192.0.2.1"), id="ipv4"),
        pytest.param("2001:db8::1", Arguments.ipv6, ip_address("2001:db8::1"), id="ipv6"),
        pytest.param("A.org", Arguments.zone, ("a.org.",), id="zone"),
        pytest.param(
            "10.0.0.0/23", Arguments.zone, ("0.0.10.in-addr.arpa.", "1.0.10.in-addr.arpa."), id="prefix"
        ),
        pytest.param("a tls://b:853", Arguments.zones, ("a.", "b."), id="zones"),
        pytest.param("", lambda a: a.zones(default=(".",)), (".",), id="zones by default"),
    ],
)
def test_values(words: str, read: Reader, value: object) -> None:
    assert read(arguments(words)) == value


def error_of(words: str, read: Reader) -> str:
    with pytest.raises(CorefileError) as caught:
        read(arguments(words))
    return str(caught.value)


@pytest.mark.parametrize(
    ("word", "read", "expected"),
    [
        pytest.param("::1", Arguments.ipv4, "an IPv4 address", id="the other family"),
        pytest.param("192.0.2.1", Arguments.ipv6, "an IPv6 address", id="the first family"),
        pytest.param("x", Arguments.integer, "a whole number", id="no integer"),
        pytest.param("1.0", Arguments.integer, "a whole number", id="fraction"),
        pytest.param("\N{ARABIC-INDIC DIGIT SIX}", Arguments.integer, "a whole number", id="other digits"),
        pytest.param("1_0", Arguments.integer, "a whole number", id="underscore"),
        pytest.param("9" * 20, Arguments.integer, "a whole number", id="beyond 64 bits"),
        pytest.param("0", lambda a: a.integer(minimum=1), "a whole number of at least 1", id="minimum"),
        pytest.param("9", lambda a: a.integer(maximum=5), "a whole number of at most 5", id="maximum"),
        pytest.param(
            "-1", lambda a: a.integer(minimum=0, maximum=3600), "a whole number from 0 to 3600", id="range"
        ),
        pytest.param("nan", Arguments.number, "a number", id="not a number"),
        pytest.param("inf", Arguments.number, "a number", id="infinity"),
        pytest.param("-1", lambda a: a.number(minimum=0), "a number of at least 0", id="negative number"),
        pytest.param("5", Arguments.duration, "a duration such as 5s or 1m30s", id="no unit"),
        pytest.param(
            "1s",
            lambda a: a.duration(minimum=2),
            "a duration such as 5s or 1m30s of at least 2s",
            id="short duration",
        ),
        pytest.param("c", lambda a: a.choice("a", "b"), '"a" or "b"', id="no choice"),
        pytest.param("yes", Arguments.switch, '"on" or "off"', id="no switch"),
        pytest.param("1.2.3", Arguments.address, "an IP address", id="no address"),
    ],
)
def test_wrong_words(word: str, read: Reader, expected: str) -> None:
    assert error_of(word, read) == f'Corefile:3:9: "option" expects {expected}, not "{word}"'


@pytest.mark.parametrize(
    ("words", "read", "error"),
    [
        pytest.param(
            "",
            lambda a: a.word("a file name"),
            '3:2: "option" expects a file name, but the end of the line follows',
            id="no word",
        ),
        pytest.param(
            "",
            lambda a: a.some("a namespace"),
            '3:2: "option" expects a namespace, but the end of the line follows',
            id="not some",
        ),
        pytest.param("{\n}", Arguments.word, '3:2: "option" expects a word, but "{" follows', id="a brace"),
        pytest.param('""', Arguments.path, '3:9: "option" expects a file name, not ""', id="empty path"),
        pytest.param(
            "a b..c", Arguments.zones, '3:11: invalid zone "b..c": it has an empty label', id="zone"
        ),
        pytest.param(
            "a b", lambda a: (a.word(), a.end()), '3:11: surplus argument "b" after "option"', id="surplus"
        ),
        pytest.param(
            "insecur",
            lambda a: a.choice("disabled", "insecure", "verified"),
            '3:9: "option" expects "disabled", "insecure" or "verified", not "insecur"'
            ' (did you mean "insecure"?)',
            id="misspelt choice",
        ),
        pytest.param(
            '"a\nb"',
            Arguments.integer,
            '3:9: "option" expects a whole number, not "a\\nb"',
            id="a line break is escaped",
        ),
    ],
)
def test_errors(words: str, read: Reader, error: str) -> None:
    assert error_of(words, read) == f"Corefile:{error}"


def test_end_is_silent_when_all_is_read() -> None:
    words = arguments("a")
    words.word()
    words.end()


def test_lenient_zones_leave_out_what_is_no_zone_and_say_so() -> None:
    zones, warnings = lenient_zones(arguments("a..b C 10.0.0.0/8 \\").rest())
    assert zones == ("c.", "10.in-addr.arpa.")
    assert [str(warning) for warning in warnings] == [
        'Corefile:3:9: invalid zone "a..b": it has an empty label; it is left out',
        'Corefile:3:27: invalid zone "\\": a backslash escapes nothing; it is left out',
    ]
