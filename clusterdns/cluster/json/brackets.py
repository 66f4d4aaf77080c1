"""Where arrays and objects begin and end (RFC 8259), without recursion and in text that comes in pieces."""

import re
from collections.abc import Iterator
from typing import Final

PIECE: Final = 4096
"""Octets to take at once: a millisecond where each of them is a bracket, a tenth of it in ordinary text."""

_TEXT: Final = rb'[^"\\]*(?:\\.[^"\\]*)*'
_BETWEEN: Final = rb'[^"\[\]{}]*'
_TO_BRACKET: Final = re.compile(
    # What is no bracket, texts that are whole among it; then a bracket, or a text that is cut off.
    _BETWEEN + rb'(?:"' + _TEXT + rb'"' + _BETWEEN + rb')*([\[\]{}"])?',
    re.DOTALL,
)
_IN_TEXT: Final = re.compile(_TEXT, re.DOTALL)
_QUOTE: Final = ord('"')
_OPENING: Final = frozenset(b"[{")


class Brackets:
    """Follows the nesting of JSON text. Text that is no JSON is followed all the same, to no purpose.

    depth: how many arrays and objects are open.
    """

    __slots__ = ("_in_text", "_is_escaped", "depth")

    def __init__(self) -> None:
        self.depth = 0
        self._in_text = False
        self._is_escaped = False

    def take(self, piece: bytes, start: int = 0) -> Iterator[int]:
        """The places of the brackets in the next piece from `start` on, up to PIECE octets; `depth` is what
        it is after the bracket. All of them must be asked for."""
        position = self._after_text(piece, start) if self._in_text else start
        find = _TO_BRACKET.match
        while (found := find(piece, position)) and (place := found.start(1)) >= 0:
            octet = piece[place]
            position = place + 1
            if octet == _QUOTE:
                self._in_text = True
                self._after_text(piece, position)
                return
            self.depth += 1 if octet in _OPENING else -1
            yield place

    def _after_text(self, piece: bytes, position: int) -> int:
        """Where what follows a text begins, or where the piece ends."""
        if position == len(piece):
            return position
        found = _IN_TEXT.match(piece, position + self._is_escaped)
        end = len(piece) if found is None else found.end()
        self._is_escaped = False
        if end == len(piece):
            return end
        if piece[end] == _QUOTE:
            self._in_text = False
        else:
            self._is_escaped = True  # a backslash is the last octet
        return end + 1
