"""Cutting the text of a file into documents, cheaply, so that only changed ones are parsed again.

A YAML document begins at a line `---`: nothing indented, quoted or folded can start with these in the
first column (YAML 1.1, section 4.3.1). The items of a JSON list are documents of their own.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from clusterdns.cluster.manifests.breath import Breathe

_MARKER: Final = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)
_SAYS_NOTHING: Final = re.compile(r"(?:\s|^[#%].*$|^---(?=\s|\Z)|^\.\.\.(?=\s|\Z))*", re.MULTILINE)
_SPACE: Final = re.compile(r"[ \t\r\n]*")


class JsonFault(ValueError):
    """Text that is not JSON: at which line of the file, and why."""

    def __init__(self, line: int, *, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The text of one document, or of a few; the line of the file where it begins, counted from 1.

    An item of a typed list (`ServiceList`) need not repeat what it is: `list_kind` and `list_version` are
    the kind and apiVersion of the list it comes from.
    """

    text: str
    line: int
    list_kind: str = ""
    list_version: str = ""

    @property
    def digest(self) -> bytes:
        """Equal for equal texts."""
        text = f"{self.list_kind} {self.list_version} {self.text}"
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def yaml_chunks(text: str, breathe: Breathe) -> Iterator[Chunk]:
    """The documents of a YAML stream, each with its marker. What holds nothing is left out."""
    line, start = 1, 0
    for end in _ends(text):
        piece = text[start:end]
        if not _SAYS_NOTHING.fullmatch(piece):
            yield Chunk(text=piece, line=line)
        line += piece.count("\n")
        start = end
        breathe()


def _ends(text: str) -> Iterator[int]:
    for found in _MARKER.finditer(text):
        if found.start():
            yield found.start()
    yield len(text)


def json_chunks(text: str, breathe: Breathe) -> Iterator[Chunk]:
    """The items of a JSON list of Kubernetes objects, or the values that follow one another in a file.

    Raises JsonFault.
    """
    reader = _JsonReader(text)
    while not reader.at_end():
        found = reader.objects()
        for start, end in found.places:
            yield Chunk(
                text=text[start:end],
                line=reader.line_at(start),
                list_kind=found.kind,
                list_version=found.version,
            )
            breathe()


@dataclass(frozen=True, slots=True)
class _Objects:
    """Where objects begin and end, and what list they are the items of, if any."""

    places: list[tuple[int, int]]
    kind: str = ""
    version: str = ""


class _JsonReader:
    """Finds where values begin and end, in pieces: one item at a time."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._decoder = json.JSONDecoder()
        self._position = 0
        self._line, self._counted = 1, 0

    def line_at(self, position: int) -> int:
        """The line of a position; to be asked for in rising order."""
        self._line += self._text.count("\n", self._counted, position)
        self._counted = position
        return self._line

    def at_end(self) -> bool:
        self._skip_space()
        return self._position == len(self._text)

    def objects(self) -> _Objects:
        """The objects in the next value: the items of a list, else the value itself."""
        start = self._position
        if self._peek() != "{":
            self._value()
            return _Objects([(start, self._position)])
        items: list[tuple[int, int]] | None = None
        said: dict[str, object] = {}
        for key in self._keys():
            if key == "items" and self._peek() == "[":
                items = list(self._elements())
            else:
                said[key] = self._value()
        if items is None:
            return _Objects([(start, self._position)])
        return _Objects(items, str(said.get("kind", "")), str(said.get("apiVersion", "")))

    def _keys(self) -> Iterator[str]:
        self._position += 1
        self._skip_space()
        if self._peek() == "}":
            self._position += 1
            return
        while True:
            key = self._value()
            if not isinstance(key, str):
                raise self._fault("expected a key in quotes")
            self._take(":")
            self._skip_space()
            yield key
            if self._take(",", "}") == "}":
                return

    def _elements(self) -> Iterator[tuple[int, int]]:
        self._position += 1
        self._skip_space()
        if self._peek() == "]":
            self._position += 1
            return
        while True:
            self._skip_space()
            start = self._position
            self._value()
            yield start, self._position
            if self._take(",", "]") == "]":
                return

    def _value(self) -> object:
        self._skip_space()
        try:
            value, self._position = self._decoder.raw_decode(self._text, self._position)
        except json.JSONDecodeError as error:
            raise JsonFault(error.lineno, reason=f"not JSON: {error.msg}") from None
        except ValueError:  # Python reads integers of up to 4,300 digits
            raise self._fault("a number has too many digits") from None
        except RecursionError:
            raise self._fault("nested too deeply") from None
        return value

    def _take(self, *wanted: str) -> str:
        self._skip_space()
        found = self._peek()
        if found not in wanted:
            expected = " or ".join(f'"{symbol}"' for symbol in wanted)
            raise self._fault(f"expected {expected}, found {json.dumps(found) if found else 'the end'}")
        self._position += 1
        return found

    def _peek(self) -> str:
        return self._text[self._position : self._position + 1]

    def _skip_space(self) -> None:
        space = _SPACE.match(self._text, self._position)
        self._position = space.end() if space else self._position

    def _fault(self, reason: str) -> JsonFault:
        return JsonFault(1 + self._text.count("\n", 0, self._position), reason=f"not JSON: {reason}")
