"""What a Corefile may say of `errors`."""

import logging

import pytest

from clusterdns.corefile import CorefileError, CorefileErrors, parse
from clusterdns_plugins.errors import Settings, plugin
from clusterdns_plugins.errors.config import Consolidation
from clusterdns_plugins.errors.duration import duration_text
from clusterdns_plugins.errors.pattern import InvalidPattern, Pattern


def read(text: str) -> Settings:
    (directive,) = parse(f". {{\n{text}\n}}", environ={}).blocks[0].directives
    return plugin.parse(directive)


def consolidated(
    period: float, text: str, level: int = logging.ERROR, *, show_first: bool = False
) -> Settings:
    kind = Consolidation(period=period, pattern=Pattern(text), level=level, show_first=show_first)
    return Settings(consolidations=(kind,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("errors", Settings(), id="alone"),
        pytest.param("errors stdout", Settings(), id="stdout"),
        pytest.param("errors {\n}", Settings(), id="an empty block"),
        pytest.param("errors {\nstacktrace\n}", Settings(stacktrace=True), id="stacktrace"),
        pytest.param("errors { stacktrace }", Settings(stacktrace=True), id="stacktrace, all on one line"),
        pytest.param(
            "errors {\nconsolidate 1m30s x\n}", consolidated(90.0, "x"), id="level error by default"
        ),
        pytest.param(
            'errors {\nconsolidate 1s "a b$" warning\n}',
            consolidated(1.0, "a b$", logging.WARNING),
            id="warning",
        ),
        pytest.param("errors {\nconsolidate 1s x info\n}", consolidated(1.0, "x", logging.INFO), id="info"),
        pytest.param(
            "errors {\nconsolidate 1s x debug\n}", consolidated(1.0, "x", logging.DEBUG), id="debug"
        ),
        pytest.param(
            "errors {\nconsolidate 1s x show_first\n}",
            consolidated(1.0, "x", show_first=True),
            id="show_first",
        ),
        pytest.param(
            "errors {\nconsolidate 1s x error show_first\n}",
            consolidated(1.0, "x", show_first=True),
            id="level and show_first",
        ),
        pytest.param(
            "errors {\nconsolidate 1s x show_first show_first\n}",
            consolidated(1.0, "x", show_first=True),
            id="show_first twice, as in CoreDNS",
        ),
    ],
)
def test_a_directive_is_read(text: str, expected: Settings) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("errors file.log", r"^Corefile:2:8: .*\"stdout\"", id="another file"),
        pytest.param("errors stdout x", r'^Corefile:2:15: surplus argument "x"', id="another word"),
        pytest.param("errors\nerrors", r"^Corefile:3:1: .*once per server block", id="twice"),
        pytest.param("errors {\nlevel x\n}", r'^Corefile:3:1: unknown option "level"', id="unknown option"),
        pytest.param("errors {\nstacktrace x\n}", r"^Corefile:3:12: ", id="stacktrace with a word"),
        pytest.param("errors {\nconsolidate\n}", r"^Corefile:3:1: .*duration", id="no period"),
        pytest.param(
            "errors {\nconsolidate 1s\n}", r"^Corefile:3:1: .*regular expression", id="no expression"
        ),
        pytest.param("errors {\nconsolidate 5 x\n}", r"^Corefile:3:13: .*duration", id="no duration"),
        pytest.param(
            "errors {\nconsolidate 1s (\n}", r"^Corefile:3:16: .*missing \)", id="no expression in RE2"
        ),
        pytest.param(
            "errors {\nconsolidate 1s x info show_first show_first\n}",
            r"^Corefile:3:34: surplus",
            id="five words",
        ),
        pytest.param(
            'errors {\nconsolidate 1s "a|\\C"\n}', r"^Corefile:3:16: .*invalid escape", id="one octet"
        ),
        pytest.param("errors {\nconsolidate 1s (?=x)\n}", r"^Corefile:3:16: .*RE2 syntax", id="look-ahead"),
        pytest.param(
            "errors {\nconsolidate 1s x fatal\n}", r"^Corefile:3:18: .*\"debug\".*show_first", id="level"
        ),
        pytest.param(
            "errors {\nconsolidate 1s x show_first info\n}",
            r'^Corefile:3:29: surplus .*"info"',
            id="level last",
        ),
        pytest.param(
            "errors {\nconsolidate 1s x info error\n}",
            r'^Corefile:3:23: .*expects "show_first"',
            id="two levels",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises((CorefileError, CorefileErrors), match=message):
        read(text)


def test_an_expression_over_10000_octets_is_refused() -> None:
    assert Pattern("x" * 10_000).occurs_in("x" * 10_000)
    with pytest.raises(InvalidPattern, match="10001 octets"):
        Pattern("x" * 10_001)


def test_no_expression_makes_matching_slow() -> None:
    # A backtracking engine needs 2^5000 steps here: the time-out of the test would end it.
    assert not Pattern("(a+)+$").occurs_in("a" * 5_000 + "!")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("timeout", True, id="anywhere"),
        pytest.param("^timeout", False, id="tied to the front"),
        pytest.param(".* i/o timeout$", True, id="tied to the end"),
        pytest.param("(?i)UDP [0-9.:]+", True, id="without case"),
        pytest.param(r"\bread\b.*é", False, id="beyond ASCII"),
    ],
)
def test_an_expression_is_searched_for(text: str, found: bool) -> None:
    assert Pattern(text).occurs_in("read udp 10.0.0.1:53: i/o timeout") is found


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0s"),
        (30.0, "30s"),
        (300.0, "5m0s"),
        (5400.0, "1h30m0s"),
        (1.5, "1.5s"),
        (61.25, "1m1.25s"),
        (0.25, "250ms"),
        (0.0015, "1.5ms"),
        (1e-6, "1µs"),
        (1e-9, "1ns"),
        (-2.0, "-2s"),
    ],
)
def test_a_period_is_written_as_go_writes_it(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize("text", [r"\\C", r"\Q\C\E", r"[\]C]"])
def test_a_backslash_before_a_c_may_be_text(text: str) -> None:
    Pattern(text)
