"""The words that the parser sees: those of the Corefile, with imports put in their place.

An import is never copied into the list that it stands in: its words are a frame on a stack, and those
around it go on when the frame is empty. So the work is linear in the words seen, which are bounded.
"""

from clusterdns.corefile.errors import CorefileError
from clusterdns.corefile.lexer import MAX_WORDS
from clusterdns.corefile.model import Token


def on_new_line(previous: Token | None, token: Token) -> bool:
    """Whether `token` begins a line. Words of a snippet keep the lines of their definition."""
    return (
        previous is None
        or previous.position.file != token.position.file
        or _last_line(previous) < token.position.line
    )


def on_same_line(previous: Token, token: Token) -> bool:
    """Whether `token` is on the line of `previous`; a snippet's may also be on an earlier one."""
    return previous.position.file == token.position.file and _last_line(previous) == token.position.line


def _last_line(token: Token) -> int:
    return token.position.line + token.text.count("\n") if token.quoted else token.position.line


class Stream:
    """One token of look-ahead. `current` is the token taken last, None before the first."""

    def __init__(self) -> None:
        self.current: Token | None = None
        self._frames: list[tuple[str, list[Token]]] = []
        self._active: set[str] = set()
        self._seen = 0

    def push(self, tokens: list[Token], source: str) -> None:
        """Put tokens in front of those to come. `source` must not be active."""
        self._frames.append((source, tokens[::-1]))

    def is_active(self, source: str) -> bool:
        """Whether words of that source led to the place that is read: importing it now would be a cycle."""
        return source in self._active

    def peek(self) -> Token | None:
        while self._frames:
            source, tokens = self._frames[-1]
            if tokens:
                return tokens[-1]
            self._frames.pop()
            self._active.discard(source)
        return None

    def peek_here(self) -> Token | None:
        """The next token, if it is from where the last one was; that source stays active."""
        tokens = self._frames[-1][1] if self._frames else None
        return tokens[-1] if tokens else None

    def take(self) -> Token:
        """Make the next token, which must exist, the current one."""
        self.current = self.drop()
        return self.current

    def drop(self) -> Token:
        """Remove the next token, which must exist, as if it had never been there."""
        source, tokens = self._frames[-1]
        token = tokens.pop()
        self._active.add(source)
        self._seen += 1
        if self._seen > MAX_WORDS:
            raise CorefileError(token.position, f"more than {MAX_WORDS} words with all imports")
        return token

    def at_new_line(self) -> bool:
        """Whether the next token begins a line, seen from the current one."""
        token = self.peek()
        return token is not None and on_new_line(self.current, token)
