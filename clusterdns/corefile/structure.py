"""The words of one plugin in a server block → entries and options.

The words of all uses of the plugin in the block stand one after another, as CoreDNS's plugins see them.
What follows a name on its line are its arguments, up to a `{`. A `}` ends a block only where a name could
stand: in `errors { stacktrace }` it is an argument of `stacktrace`.
"""

from dataclasses import dataclass, field

from clusterdns.corefile.errors import CorefileError
from clusterdns.corefile.model import Entry, Option, Token
from clusterdns.corefile.stream import on_same_line

MAX_NESTING = 32


@dataclass(slots=True, kw_only=True)
class Words:
    """A plugin's words: as they stand in the file, which tells the lines, and with variables replaced."""

    raw: list[Token] = field(default_factory=list[Token])
    expanded: list[Token] = field(default_factory=list[Token])

    def add(self, raw: Token, expanded: Token) -> None:
        self.raw.append(raw)
        self.expanded.append(expanded)


def entries_of(words: Words) -> tuple[Entry, ...]:
    """The entries that a plugin's words make. Raises CorefileError for blocks deeper than MAX_NESTING."""
    reader = _Reader(words)
    entries: list[Entry] = []
    while not reader.ended:
        name, args = reader.line()
        has_block = reader.opens_block()
        options = _options(reader) if has_block else ()
        entries.append(Entry(name=name, args=args, options=options, has_block=has_block))
    return tuple(entries)


class _Reader:
    __slots__ = ("_at", "_raw", "_words")

    def __init__(self, words: Words) -> None:
        self._raw, self._words = words.raw, words.expanded
        self._at = 0

    @property
    def ended(self) -> bool:
        return self._at >= len(self._words)

    def closes_block(self) -> bool:
        """Take a `}`, if one is next."""
        if not self.ended and self._words[self._at].text == "}":
            self._at += 1
            return True
        return False

    def opens_block(self) -> bool:
        """Take a `{`, if one is next and on the same line."""
        if self._continues() and self._words[self._at].text == "{":
            self._at += 1
            return True
        return False

    def line(self) -> tuple[Token, tuple[Token, ...]]:
        """Take a name and its arguments."""
        start = self._at
        self._at += 1
        while self._continues() and self._words[self._at].text != "{":
            self._at += 1
        return self._words[start], tuple(self._words[start + 1 : self._at])

    def _continues(self) -> bool:
        at = self._at
        return at < len(self._raw) and on_same_line(self._raw[at - 1], self._raw[at])


@dataclass(slots=True)
class _Open:
    """A block that is being read: the line that opened it, and its options so far."""

    name: Token | None
    args: tuple[Token, ...]
    options: list[Option] = field(default_factory=list[Option])


def _options(reader: _Reader) -> tuple[Option, ...]:
    """The options up to the `}` of a block whose `{` was just taken, with an explicit stack."""
    stack = [_Open(None, ())]
    while True:
        if reader.ended or reader.closes_block():
            block = stack.pop()
            if block.name is None:
                return tuple(block.options)
            stack[-1].options.append(
                Option(name=block.name, args=block.args, options=tuple(block.options), has_block=True)
            )
            continue
        name, args = reader.line()
        if not reader.opens_block():
            stack[-1].options.append(Option(name=name, args=args))
        elif len(stack) < MAX_NESTING:
            stack.append(_Open(name, args))
        else:
            raise CorefileError(name.position, f"blocks are nested deeper than {MAX_NESTING}")
