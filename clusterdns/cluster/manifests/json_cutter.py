"""Cutting a JSON file: the items of a list are documents of their own.

What is small is passed by with one call of the standard library's decoder; what is not, bracket by bracket.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from clusterdns.cluster.manifests.chunks import Chunk
from clusterdns.cluster.manifests.pieces import PIECE
from clusterdns.cluster.manifests.window import Window
from clusterdns.cluster.manifests.yielding import YieldToLoop

_CUT_OFF: Final = 16
"""Characters before the end of what is seen in which a fault may be that more is to come."""

_NEXT: Final = re.compile(r'[^"{}\[\]]*')
_WORD: Final = re.compile(r"[-+.0-9A-Za-z]+")
_IN_TEXT: Final = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)


class JsonFault(ValueError):
    """Text that is not JSON: at which line, and why."""

    def __init__(self, line: int, *, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def json_chunks(pieces: Iterable[str], yield_to_loop: YieldToLoop) -> Iterator[Chunk]:
    """The items of a JSON list of Kubernetes objects, or the values that follow one another in a file.

    Raises JsonFault.
    """
    cutter = _Cutter(Window(pieces, yield_to_loop))
    while cutter.window.peek():
        found = cutter.objects()
        for line, text in found.places:
            yield Chunk(pieces=text, line=line, list_kind=found.kind, list_version=found.version)
            yield_to_loop()


@dataclass(frozen=True, slots=True)
class _Objects:
    """Objects with their lines, and what list they are the items of, if any."""

    places: list[tuple[int, tuple[str, ...]]]
    kind: str = ""
    version: str = ""


class _Cutter:
    """Finds where values begin and end: one item at a time."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self._decoder = json.JSONDecoder()

    def objects(self) -> _Objects:
        """The objects in the next value: the items of a list, else the value itself."""
        line = self.window.line
        self.window.begin()
        if self.window.peek() != "{":
            self._value()
            return _Objects([(line, self.window.taken())])
        items: list[tuple[int, tuple[str, ...]]] | None = None
        said: dict[str, object] = {}
        for key in self._keys():
            if key == "items" and self.window.peek() == "[":
                self.window.taken()
                items = list(self._elements())
            else:
                said[key] = self._value()
        if items is None:
            return _Objects([(line, self.window.taken())])
        return _Objects(items, str(said.get("kind", "")), str(said.get("apiVersion", "")))

    def _keys(self) -> Iterator[str]:
        self.window.at += 1
        if self.window.peek() == "}":
            self.window.at += 1
            return
        while True:
            if self.window.peek() != '"':
                raise self._fault("expected a key in quotes")
            key = self._value()
            self._take(":")
            self.window.peek()
            yield str(key)
            if self._take(",", "}") == "}":
                return

    def _elements(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        self.window.at += 1
        if self.window.peek() == "]":
            self.window.at += 1
            return
        while True:
            self.window.peek()
            line = self.window.line
            self.window.begin()
            self._value()
            yield line, self.window.taken()
            if self._take(",", "]") == "]":
                return

    def _value(self) -> object:
        """Pass the next value by; what it is, None where it is not small."""
        window = self.window
        window.peek()
        for least in (PIECE // 4, PIECE):
            window.see(least)
            try:
                value, end = self._decoder.raw_decode(window.text, window.at)
            except json.JSONDecodeError as error:
                if window.ended or not self._may_be_cut_off(error):
                    window.at = error.pos
                    raise self._fault(error.msg) from None
            except ValueError:  # Python reads integers of up to 4,300 digits
                if window.ended:
                    raise self._fault("a number has too many digits") from None
            except RecursionError:
                break
            else:
                if window.ended or (end < len(window.text) and not _WORD.match(window.text, end)):
                    window.at = end
                    return value
        self._pass_by()
        return None

    def _may_be_cut_off(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith("Unterminated") or error.pos >= len(self.window.text) - _CUT_OFF

    def _pass_by(self) -> None:
        """Pass a value by that is not small, bracket by bracket. It is looked at when it is read."""
        window, depth = self.window, 0
        if window.peek() not in {"{", "[", '"'}:
            self._pass_word_by()
            return
        while True:
            found = _NEXT.match(window.text, window.at)
            window.at = found.end() if found else window.at
            symbol = window.text[window.at : window.at + 1]
            if not symbol:
                if window.ended:
                    raise self._fault("the end within a value")
                window.more()
                continue
            window.at += 1
            if symbol == '"':
                self._pass_text_by()
            else:
                depth += 1 if symbol in "{[" else -1
            if depth <= 0:
                return

    def _pass_word_by(self) -> None:
        window = self.window
        if not _WORD.match(window.text, window.at):
            raise self._fault("Expecting value")
        while True:
            found = _WORD.match(window.text, window.at)
            window.at = found.end() if found else window.at
            if window.at < len(window.text) or window.ended:
                return
            window.more()

    def _pass_text_by(self) -> None:
        window = self.window
        while True:
            found = _IN_TEXT.match(window.text, window.at)
            window.at = found.end() if found else window.at
            if window.text[window.at : window.at + 1] == '"':
                window.at += 1
                return
            if window.ended:
                raise self._fault("the end within a text")
            window.more()

    def _take(self, *wanted: str) -> str:
        found = self.window.peek()
        if not found or found not in wanted:
            expected = " or ".join(f'"{symbol}"' for symbol in wanted)
            raise self._fault(f"expected {expected}, found {json.dumps(found) if found else 'the end'}")
        self.window.at += 1
        return found

    def _fault(self, reason: str) -> JsonFault:
        return JsonFault(self.window.line, reason=f"not JSON: {reason}")
