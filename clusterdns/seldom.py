"""Rate limit of log lines that a client or neighbour can cause."""

from collections.abc import Callable
from typing import Final

__all__ = ["MORE", "SECONDS", "Seldom"]

SECONDS: Final = 60.0
"""One line in this time."""

MORE: Final = " (%d times more since the last such line)"
"""How a line goes on that was left out before."""


class Seldom:
    """Writes a line at most once in `seconds` on the clock `monotonic`; the next one tells how many were
    left out."""

    __slots__ = ("_left_out", "_monotonic", "_seconds", "_since")

    def __init__(self, monotonic: Callable[[], float], *, seconds: float = SECONDS) -> None:
        self._monotonic = monotonic
        self._seconds = seconds
        self._since: float | None = None
        self._left_out = 0

    def left_out(self) -> int | None:
        """How many lines were left out if one may be written now, which then counts as written; else None."""
        now = self._monotonic()
        if self._since is not None and now - self._since < self._seconds:
            self._left_out += 1
            return None
        left_out, self._since, self._left_out = self._left_out, now, 0
        return left_out

    def say(self, write: Callable[..., object], text: str, *values: object) -> None:
        """Call `write` with `text` and its `values`, as the methods of a logger take them, unless a line was
        written a short while ago."""
        left_out = self.left_out()
        if left_out is None:
            return
        if left_out:
            text, values = text + MORE, (*values, left_out)
        write(text, *values)
