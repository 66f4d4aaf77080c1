"""A window on text that comes in pieces: what a parser of JSON looks at."""

import re
from collections.abc import Iterable
from typing import Final

from clusterdns.cluster.manifests.yielding import YieldToLoop

_SPACE: Final = re.compile(r"[ \t\r\n]*")


class Window:
    """`text` is what can be seen and `at` the place in it; `ended` says that nothing follows.

    `yield_to_loop` is called for each piece. What is passed by is kept from `begin` to `taken`.
    """

    def __init__(self, pieces: Iterable[str], yield_to_loop: YieldToLoop) -> None:
        self.text = ""
        self.at = 0
        self.ended = False
        self._pieces = iter(pieces)
        self._yield_to_loop = yield_to_loop
        self._line, self._counted = 1, 0
        self._kept: list[str] = []
        self._begin: int | None = None

    @property
    def line(self) -> int:
        """The line of `at`, from 1."""
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def see(self, least: int) -> None:
        """Let at least so many characters be seen from `at` on, if there are so many."""
        while len(self.text) - self.at < least and not self.ended:
            self.more()

    def more(self) -> None:
        """See one more piece, and no more of what was before `at`."""
        self._yield_to_loop()
        piece = next(self._pieces, None)
        if piece is None:
            self.ended = True
            return
        _ = self.line
        if self._begin is not None:
            self._kept.append(self.text[self._begin : self.at])
            self._begin = 0
        self.text = self.text[self.at :] + piece
        self.at = self._counted = 0

    def begin(self) -> None:
        """Keep what comes from `at` on."""
        self._begin, self._kept = self.at, []

    def taken(self) -> tuple[str, ...]:
        """The text from `begin` to here, in pieces; then nothing is kept any more."""
        kept = (*self._kept, self.text[self._begin : self.at])
        self._begin, self._kept = None, []
        return tuple(filter(None, kept))

    def peek(self) -> str:
        """The next character that is no space, "" at the end; `at` is in front of it then."""
        while True:
            space = _SPACE.match(self.text, self.at)
            self.at = space.end() if space else self.at
            if self.at < len(self.text) or self.ended:
                return self.text[self.at : self.at + 1]
            self.more()
