"""Regular expressions from a Corefile, in RE2's syntax as CoreDNS reads them.

They meet text that clients have a hand in, so matching takes time linear in the text: Python's own
engine tries alternatives one after another and can be held up for minutes by 30 octets.
"""

import importlib
import re
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

__all__ = ["InvalidPattern", "Pattern"]

MAX_OCTETS: Final = 10_000
"""A longer expression is refused before it is compiled."""


_ESCAPES: Final = re.compile(r"\\Q.*?(?:\\E|\Z)|\\.", re.DOTALL)
"""Quoted text and escapes. `\\C`, one octet of a character, is the library's own: Go's RE2 has none."""


class InvalidPattern(ValueError):
    """The text is no regular expression; the message says why."""


class _Compiled(Protocol):
    def search(self, text: bytes, /) -> object | None: ...


@dataclass(frozen=True, slots=True)
class Pattern:
    """One expression; equal to another if the text is.

    Raises:
        InvalidPattern: `text` does not compile or is over `MAX_OCTETS`.
    """

    text: str
    _compiled: _Compiled = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", _compile(self.text))

    def occurs_in(self, text: str) -> bool:
        """Whether the expression matches anywhere in `text`."""
        return self._compiled.search(text.encode(errors="replace")) is not None


def _compile(text: str) -> _Compiled:
    octets = text.encode(errors="replace")
    if len(octets) > MAX_OCTETS:
        raise InvalidPattern(f"it has {len(octets)} octets, more than {MAX_OCTETS}")
    if any(found.group() == "\\C" for found in _ESCAPES.finditer(text)):
        raise InvalidPattern("invalid escape sequence: \\C")
    re2: Any = importlib.import_module("re2")  # without type information, and only loaded when wanted
    options = re2.Options()
    options.log_errors = False
    try:
        compiled: _Compiled = re2.compile(octets, options)
    except re2.error as error:
        raise InvalidPattern(_reason(error)) from None
    return compiled


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else b""
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
