"""Plain values out of a JSON text that is too large for one call, and the lines of what is in it."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from clusterdns.cluster.manifests.chunks import Chunk
from clusterdns.cluster.manifests.events import CLOSE, KEY, LIST, MAPPING, SCALAR, DocumentEvent, build
from clusterdns.cluster.manifests.json_cutter import JsonFault
from clusterdns.cluster.manifests.pieces import PIECE
from clusterdns.cluster.manifests.window import Window
from clusterdns.cluster.manifests.yielding import YieldToLoop

LONGEST_WORD: Final = 5000
"""Characters of a number: the standard library reads 4,300 digits."""

MOST_TEXT: Final = 4096
"""Characters that are kept of a text which is longer than a piece: nothing that is read is so long."""

SMALL: Final = 2048
"""Characters within which a mapping or list is read by one call."""

VALUES_A_YIELD: Final = 16

_TEXT: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_IN_TEXT: Final = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_WORD: Final = re.compile(r"[-+.0-9A-Za-z]+")
_CLOSING: Final = {MAPPING: "}", LIST: "]"}


def read_json(chunk: Chunk, yield_to_loop: YieldToLoop, *, most: int) -> Any:
    """The value of a text of one value.

    Raises:
        JsonFault: it is not JSON.
        TooManyValuesError: it consists of more than `most` values, small mappings and lists counted as one.
    """
    return build(
        _Events(Window(chunk.pieces, yield_to_loop), yield_to_loop, whole=True).all(),
        yield_to_loop,
        most=most,
    )


def json_events(chunk: Chunk, yield_to_loop: YieldToLoop) -> Iterator[DocumentEvent]:
    """The events of a text of one value, in order, with lines counted from 1 in the chunk.

    Raises:
        JsonFault: it is not JSON.
    """
    return _Events(Window(chunk.pieces, yield_to_loop), yield_to_loop, whole=False).all()


class _Events:
    """`whole`: small mappings and lists are read at once, and are scalars then."""

    def __init__(self, window: Window, yield_to_loop: YieldToLoop, *, whole: bool) -> None:
        self._window = window
        self._yield_to_loop = yield_to_loop
        self._whole = whole
        self._decoder = json.JSONDecoder()

    def all(self) -> Iterator[DocumentEvent]:
        window, number = self._window, 0
        open_ones: list[str] = []
        is_first = True  # nothing stands before the next value, so that no comma does either
        while True:
            symbol = window.peek()
            if open_ones and symbol == _CLOSING[open_ones[-1]]:
                yield DocumentEvent(CLOSE, None, window.line)
                window.at += 1
                open_ones.pop()
                is_first = False
            else:
                if open_ones and not is_first:
                    self._take(",")
                if open_ones and open_ones[-1] == MAPPING:
                    yield self._key()
                event = self._value()
                yield event
                is_first = event.kind in _CLOSING
                if is_first:
                    open_ones.append(event.kind)
            if not open_ones:
                return
            number += 1
            if number % VALUES_A_YIELD == 0:
                self._yield_to_loop()

    def _key(self) -> DocumentEvent:
        if self._window.peek() != '"':
            raise self._fault("expected a key in quotes")
        line = self._window.line
        key = self._text()
        self._take(":")
        return DocumentEvent(KEY, key, line)

    def _value(self) -> DocumentEvent:
        window = self._window
        symbol, line = window.peek(), window.line
        if symbol == '"':
            return DocumentEvent(SCALAR, self._text(), line)
        if symbol == "{" or symbol == "[":  # noqa: PLR1714 - the commonest case, thousands of times
            if self._whole and (found := self._small()) is not None:
                return DocumentEvent(SCALAR, found, line)
            window.at += 1
            return DocumentEvent(MAPPING if symbol == "{" else LIST, None, line)
        return DocumentEvent(SCALAR, self._word(), line)

    def _small(self) -> Any:
        """The mapping or list that comes next, if it ends within SMALL characters; else None."""
        window = self._window
        window.see(SMALL)
        try:
            value, end = self._decoder.raw_decode(window.text[window.at : window.at + SMALL])
        except (ValueError, RecursionError):  # it goes on, or is wrong: then whoever takes it apart says so
            return None
        window.at += end
        return value

    def _word(self) -> Any:
        window = self._window
        window.see(LONGEST_WORD)
        found = _WORD.match(window.text, window.at)
        try:
            value: Any = json.loads(found[0] if found else "")
        except ValueError:
            raise self._fault("Expecting value") from None
        window.at += len(found[0]) if found else 0
        return value

    def _text(self) -> str:
        """A text in quotes. Of one that is longer than a piece only the beginning, as it is written."""
        window = self._window
        window.see(PIECE)
        found = _TEXT.match(window.text, window.at)
        if found is None:
            return self._long_text()
        window.at = found.end()
        try:
            text: str = json.loads(found[0])
        except json.JSONDecodeError as error:
            raise self._fault(error.msg) from None
        return text

    def _long_text(self) -> str:
        window = self._window
        kept = window.text[window.at + 1 : window.at + 1 + MOST_TEXT]
        window.at += 1
        while True:
            found = _IN_TEXT.match(window.text, window.at)
            window.at = found.end() if found else window.at
            if window.text[window.at : window.at + 1] == '"':
                window.at += 1
                return kept
            if window.ended:
                raise self._fault("the end within a text")
            window.more()

    def _take(self, symbol: str) -> None:
        found = self._window.peek()
        if found != symbol:
            raise self._fault(f'expected "{symbol}", found {json.dumps(found) if found else "the end"}')
        self._window.at += 1

    def _fault(self, reason: str) -> JsonFault:
        return JsonFault(self._window.line, reason=f"not JSON: {reason}")
