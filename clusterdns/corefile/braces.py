"""Finds missing `}` by the indentation, so that the mistakes in the rest of a Corefile are reported, too.

    . {
        errors {
            stacktrace
        log               begins no deeper than `errors`: the block of that was over
    }                     begins where `.` does: it is the end of that block, not of another

The parser needs none of this: how a text is indented changes nothing of what it means. It is for a text that
is refused already, most of whose mistakes would hide behind the one brace.
"""

from dataclasses import dataclass, field

from clusterdns.corefile.errors import CorefileError, Position, shown
from clusterdns.corefile.lexer import tokenize
from clusterdns.corefile.model import Token
from clusterdns.corefile.stream import on_new_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """The words of a Corefile with every missing `}` in its place, and an error for each `{` without one."""

    tokens: list[Token]
    errors: tuple[CorefileError, ...]


def mend(text: str, file: str) -> Mended | None:
    """None if every `{` has its `}`, or if the indentation does not tell which has not."""
    try:
        mender = _Mender()
        for token in tokenize(text, file):
            mender.take(token)
    except CorefileError:
        return None
    mender.end()
    if mender.is_at_a_loss or not mender.errors:
        return None
    return Mended(tokens=mender.tokens, errors=tuple(mender.errors))


@dataclass(slots=True)
class _Block:
    """An open block: its `{`, the first word of that line, and whether what is in it stands deeper."""

    brace: Token
    line: Token
    is_indented: bool | None = None

    @property
    def column(self) -> int:
        return self.line.position.column


@dataclass(slots=True)
class _Mender:
    """Puts the missing braces in, taking one word after another."""

    tokens: list[Token] = field(default_factory=list[Token])
    errors: list[CorefileError] = field(default_factory=list[CorefileError])
    is_at_a_loss: bool = False
    _open: list[_Block] = field(default_factory=list[_Block])
    _line: Token | None = None

    def take(self, token: Token) -> None:
        if self._line is None or on_new_line(self.tokens[-1], token):
            self._line = token
            self._begin_line(token)
        self.tokens.append(token)
        if token.text == "{":
            self._open.append(_Block(token, self._line))
        elif token.text == "}":
            self.is_at_a_loss |= not self._open
            del self._open[-1:]

    def end(self) -> None:
        while self._open:
            self.is_at_a_loss |= self._open[-1].is_indented is False
            self._close(None)

    def _begin_line(self, token: Token) -> None:
        column = token.position.column
        if token.text == "}":
            if any(block.column == column for block in self._open):
                while self._open[-1].column != column:
                    self._close(token)
            return
        while self._open and self._open[-1].is_indented and column <= self._open[-1].column:
            self._close(token)
        if self._open and self._open[-1].is_indented is None:
            self._open[-1].is_indented = column > self._open[-1].column

    def _close(self, before: Token | None) -> None:
        """Put the missing `}` of the innermost block. It stands on a line of its own, as it is in no file."""
        block = self._open.pop()
        self.tokens.append(Token("}", Position("", len(self.errors), 0)))
        hint = f': a "}}" seems to be missing before line {before.position.line}' if before else ""
        owner = _owner(block.line.text)
        self.errors.append(CorefileError(block.brace.position, f'the "{{" of {owner} is never closed{hint}'))


def _owner(word: str) -> str:
    if word == "{":
        return "this server block"
    return f"snippet {shown(word[1:-1])}" if word.startswith("(") and word.endswith(")") else shown(word)
