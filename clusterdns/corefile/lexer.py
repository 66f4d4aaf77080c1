r"""Text → tokens, with CoreDNS's rules:

- Words are split at white space. A carriage return outside quotes is not there at all, even inside a word.
- A word that begins with `"` goes to the next `"` and may hold line breaks. `\"` is a quote in it; a
  backslash before anything else is itself. At the end of the text the closing quote may be missing.
- `#` outside quotes begins a comment, at the beginning of a word up to the end of the line; inside a word
  only up to the next white space (what follows are words again).
- A byte order mark at the beginning is ignored.

The patterns use possessive repeats and single character classes: none of them can backtrack.
"""

import re

from clusterdns.corefile.errors import CorefileError, Position
from clusterdns.corefile.model import Token

MAX_WORDS = 200_000
"""Words of a Corefile with its imports; a ConfigMap, which holds 1 MiB, has some 100,000 of them."""

_OTHER_SPACE = "\t\n\v\f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space as Unicode has it, without the carriage return."""

_GAP = re.compile(rf"(?:[\r{_OTHER_SPACE}]++|#[^\n]*+)*+")
_PLAIN = re.compile(rf"[^\r#{_OTHER_SPACE}]*+")
_COMMENT_IN_WORD = re.compile(rf"[^{_OTHER_SPACE}]*+")
_QUOTED = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:(")|\\?\Z)', re.DOTALL)
_BYTE_ORDER_MARK = "\ufeff"


def tokenize(text: str, file: str) -> list[Token]:
    """All tokens of one file. Raises CorefileError if there are more than MAX_WORDS."""
    tokens: list[Token] = []
    at = line_start = 1 if text.startswith(_BYTE_ORDER_MARK) else 0
    line = 1
    while (start := _end(_GAP, text, at)) < len(text):
        line, line_start = _count_lines(text, at, start, line=line, line_start=line_start)
        position = Position(file, line, start - line_start + 1)
        if len(tokens) == MAX_WORDS:
            raise CorefileError(position, f"more than {MAX_WORDS} words")
        if text[start] != '"':
            word, at = _word(text, start)
            tokens.append(Token(word, position))
        elif quoted := _QUOTED.match(text, start):
            at = quoted.end()
            line, line_start = _count_lines(text, start, at, line=line, line_start=line_start)
            if quoted[1] or quoted[2]:
                tokens.append(Token(quoted[1].replace('\\"', '"'), position, quoted=True))
    return tokens


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()


def _count_lines(text: str, start: int, end: int, *, line: int, line_start: int) -> tuple[int, int]:
    breaks = text.count("\n", start, end)
    return (line + breaks, text.rfind("\n", start, end) + 1) if breaks else (line, line_start)


def _word(text: str, start: int) -> tuple[str, int]:
    at = _end(_PLAIN, text, start)
    word = text[start:at]
    if at == len(text) or text[at] not in "\r#":
        return word, at
    pieces = [word]
    while at < len(text) and text[at] == "\r":
        start, at = at + 1, _end(_PLAIN, text, at + 1)
        pieces.append(text[start:at])
    if at < len(text) and text[at] == "#":
        at = _end(_COMMENT_IN_WORD, text, at)
    return "".join(pieces), at
