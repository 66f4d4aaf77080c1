"""A plugin's block as a table: which options it knows, and how each is read.

    def parse(directive: Directive) -> Settings:
        entry = once(directive)
        with Options(entry) as options:
            ttl = options.one("ttl", lambda words: words.integer(minimum=0, maximum=3600), default=5)
            hidden = options.flag("no_reverse")
            namespaces = options.every("namespaces", Arguments.words)
        return Settings(ttl=ttl, ...)

Every mistake in the block is collected; leaving the `with` raises them together.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self, TypeVar

from clusterdns.corefile.arguments import Arguments
from clusterdns.corefile.errors import CorefileError, Problems, did_you_mean, shown
from clusterdns.corefile.model import Directive, Entry, Option

T = TypeVar("T")


def once(directive: Directive) -> Entry:
    """The only entry of a plugin that may be used once. Raises CorefileError at the second."""
    first, *others = directive.entries
    for other in others:
        if other.name.text != directive.name:
            found = shown(other.name.text)
            raise CorefileError(other.position, f'unexpected {found} after the end of "{directive.name}"')
        raise CorefileError(
            other.position,
            f'"{directive.name}" may be used once per server block, and is at {first.position} already',
        )
    return first


def no_block(entry: Entry | Option) -> None:
    """Complain of a block where there may be none."""
    if entry.has_block:
        raise CorefileError(entry.position, f"{shown(entry.name.text)} takes no block in braces")


class Options:
    """The options of one entry, each asked for by name. Use it in a `with`.

    A reader gets the option's words; words that it leaves are an error (`words.rest()` takes them all).
    """

    def __init__(self, entry: Entry, *, bare: Collection[str] = ()) -> None:
        """`bare`: flags behind which CoreDNS looks for the next option on the same line: `{ stacktrace }`."""
        self._entry = entry
        self._options = tuple(line for option in entry.options for line in _split(option, bare))
        self._known: set[str] = set()
        self._others_read = False
        self.problems = Problems()

    def one(self, name: str, read: Callable[[Arguments], T], *, default: T) -> T:
        """The value of an option; if it is repeated the last counts, as in CoreDNS."""
        values = self.every(name, read)
        return values[-1] if values else default

    def required(self, name: str, read: Callable[[Arguments], T]) -> T:
        """The value of an option that has to be there; if it is repeated the last counts.

        Raises:
            CorefileErrors: it is missing or wrong. All that is wrong so far, since nothing can be made of
                the block without it, so ask for it behind the others.
        """
        known = len(self.problems.errors)
        values = self.every(name, read)
        if not values and len(self.problems.errors) == known:
            owner = shown(self._entry.name.text)
            self.problems.add(self._entry.position, f"{owner} expects the option {shown(name)} in its block")
        if not values:
            self._complain_of_unknown()
            self.problems.raise_if_any()
        return values[-1]

    def every(self, name: str, read: Callable[[Arguments], T]) -> tuple[T, ...]:
        """The values of an option that may be repeated, in the order of the file."""
        self._known.add(name)
        return self._read((option for option in self._options if option.name.text == name), read)

    def flag(self, name: str) -> bool:
        """Whether an option without arguments is there."""
        return bool(self.every(name, lambda words: True))

    def others(self, read: Callable[[Arguments], T]) -> tuple[T, ...]:
        """Read every option not asked for before with `read`, so that none counts as unknown."""
        self._others_read = True
        return self._read((o for o in self._options if o.name.text not in self._known), read)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._complain_of_unknown()
            self.problems.raise_if_any()

    def _read(self, options: Iterable[Option], read: Callable[[Arguments], T]) -> tuple[T, ...]:
        values: list[T] = []
        for option in options:
            with self.problems.caught():
                values.append(_read_one(option, read))
        return tuple(values)

    def _complain_of_unknown(self) -> None:
        for option in () if self._others_read else self._options:
            if option.name.text not in self._known:
                self.problems.errors.append(_unknown(self._entry, option, known=self._known))


def read_options(
    entry: Entry, readers: Mapping[str, Callable[[Arguments], T]]
) -> tuple[tuple[Option, T], ...]:
    """An entry's options and their values as read by `readers`, in the order of the file.

    For plugins in which that order matters. Raises CorefileErrors with every mistake in the block.
    """
    problems = Problems()
    values: list[tuple[Option, T]] = []
    for option in entry.options:
        with problems.caught():
            if option.name.text not in readers:
                raise _unknown(entry, option, known=readers)
            values.append((option, _read_one(option, readers[option.name.text])))
    problems.raise_if_any()
    return tuple(values)


def _split(option: Option, bare: Collection[str]) -> Iterator[Option]:
    """An option, or several where bare flags stand in front of others on a line; a `}` ends them."""
    while option.name.text in bare and option.args:
        yield Option(name=option.name)
        following, *args = option.args
        if following.text == "}":
            return
        option = replace(option, name=following, args=tuple(args))
    yield option


def _read_one(option: Option, read: Callable[[Arguments], T]) -> T:
    words = Arguments(option)
    value = read(words)
    words.end()
    no_block(option)
    return value


def _unknown(entry: Entry, option: Option, *, known: Iterable[str]) -> CorefileError:
    word = option.name.text
    message = f"unknown option {shown(word)} of {shown(entry.name.text)}{did_you_mean(word, known)}"
    return CorefileError(option.position, message)
