"""Flags as Go's package `flag` reads them, since Deployments are written for CoreDNS.

`-conf F`, `-conf=F`, `--conf F` and `--conf=F` are one. A switch takes a value only after `=`. The first
word that is no flag ends the flags, and so does `--`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["CommandFlag", "ReadFlags", "UsageError", "read_flags"]

YES = frozenset({"1", "t", "T", "TRUE", "true", "True"})
NO = frozenset({"0", "f", "F", "FALSE", "false", "False"})


class UsageError(Exception):
    """Flags that cannot be read; the text is the one of Go's package `flag`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandFlag:
    """One flag by any of its names; `word` stands for its value in help texts, '' makes it a switch."""

    names: tuple[str, ...]
    help: str
    word: str = ""


@dataclass(slots=True, kw_only=True)
class ReadFlags:
    """The flags that were given, values and switches by their first name, and the words after them."""

    values: dict[str, str] = field(default_factory=dict[str, str])
    switches: dict[str, bool] = field(default_factory=dict[str, bool])
    words: tuple[str, ...] = ()
    help: bool = False


def read_flags(arguments: Sequence[str], flags: Iterable[CommandFlag]) -> ReadFlags:
    """Read the flags in front of `arguments`.

    Raises:
        UsageError: a flag is unknown, or its value is missing or wrong.
    """
    known = {name: flag for flag in flags for name in flag.names}
    found = ReadFlags()
    rest = list(arguments)
    while rest and not found.help and _is_flag(rest[0]):
        argument = rest.pop(0)
        if argument == "--":
            break
        _read_one(argument, rest, known, found)
    found.words = tuple(rest)
    return found


def _is_flag(argument: str) -> bool:
    return len(argument) > 1 and argument.startswith("-")


def _read_one(argument: str, rest: list[str], known: Mapping[str, CommandFlag], found: ReadFlags) -> None:
    name, equals, value = argument.removeprefix("-").removeprefix("-").partition("=")
    if not name or name.startswith("-"):
        raise UsageError(f"bad flag syntax: {argument}")
    if name not in known:
        if name not in {"h", "help"}:
            raise UsageError(f"flag provided but not defined: -{name}")
        found.help = True
    elif known[name].word:
        found.values[known[name].names[0]] = value if equals else _next(name, rest)
    else:
        found.switches[known[name].names[0]] = not equals or _truth(name, value)


def _next(name: str, rest: list[str]) -> str:
    if not rest:
        raise UsageError(f"flag needs an argument: -{name}")
    return rest.pop(0)


def _truth(name: str, value: str) -> bool:
    if value not in YES | NO:
        raise UsageError(f'invalid boolean value "{value}" for -{name}: parse error')
    return value in YES
