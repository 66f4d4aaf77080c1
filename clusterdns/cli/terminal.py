"""Colours for terminals; a pipe, a file or `NO_COLOR` gets plain text."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, TextIO

__all__ = ["Style"]


@dataclass(frozen=True, slots=True)
class Style:
    """The style of a stream: `terminal` if it is one, `colours` if they may be used."""

    terminal: bool = False
    colours: bool = False

    @classmethod
    def of(cls, stream: TextIO | None, environ: Mapping[str, str] = os.environ) -> Self:
        """The style of a stream; None is a standard stream that the process was started without."""
        terminal = stream is not None and stream.isatty()
        plain = bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb"
        return cls(terminal, terminal and not plain)

    def bold(self, text: str) -> str:
        """Mark a heading or a name."""
        return self._set("1", text)

    def red(self, text: str) -> str:
        """Mark an error."""
        return self._set("31", text)

    def dim(self, text: str) -> str:
        """Mark a side note."""
        return self._set("2", text)

    def _set(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colours else text
