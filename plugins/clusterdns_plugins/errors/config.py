"""The directive `errors`: which failures are logged, and which are counted instead."""

import logging
from dataclasses import dataclass
from typing import Final

from clusterdns.corefile import Arguments, CorefileError, Directive, Options, Token, once
from clusterdns_plugins.errors.pattern import InvalidPattern, Pattern

__all__ = ["Consolidation", "Settings", "parse"]

LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
SHOW_FIRST: Final = "show_first"
STACKTRACE: Final = "stacktrace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consolidation:
    """Failures whose text matches `pattern` are counted for `period` seconds and then logged as one line.

    `show_first` logs the first one at once, too. `level` is that of both lines.
    """

    period: float
    pattern: Pattern
    level: int = logging.ERROR
    show_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`consolidations` are tried in their order; `stacktrace` adds tracebacks to the log."""

    consolidations: tuple[Consolidation, ...] = ()
    stacktrace: bool = False


def parse(directive: Directive) -> Settings:
    """Read `errors [stdout] { stacktrace; consolidate DURATION REGEXP [LEVEL] [show_first] }`."""
    entry = once(directive)
    words = Arguments(entry)
    if words.more:
        words.choice("stdout")
    words.end()
    with Options(entry, bare={STACKTRACE}) as options:
        consolidations = options.every("consolidate", _consolidation)
        stacktrace = options.flag(STACKTRACE)
    return Settings(consolidations=consolidations, stacktrace=stacktrace)


def _consolidation(words: Arguments) -> Consolidation:
    period = words.duration()
    pattern = _pattern(words.token("a regular expression"))
    level, expected = logging.ERROR, (*LEVELS, SHOW_FIRST)
    if words.peek() in LEVELS:
        level, expected = LEVELS[words.word()], (SHOW_FIRST,)
    show_first = words.more and words.choice(*expected) == SHOW_FIRST
    if show_first and len(expected) > 1 and words.peek() == SHOW_FIRST:
        words.word()  # without a level CoreDNS takes it twice
    return Consolidation(period=period, pattern=pattern, level=level, show_first=show_first)


def _pattern(token: Token) -> Pattern:
    try:
        return Pattern(token.text)
    except InvalidPattern as invalid:
        raise CorefileError(
            token.position, f'"consolidate" expects a regular expression in RE2 syntax: {invalid}'
        ) from None
