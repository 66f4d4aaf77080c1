"""Cutting the text of a file into documents, cheaply, so that only changed ones are parsed again.

A YAML document begins at a line `---`: nothing indented, quoted or folded can start with these in the
first column (YAML 1.1, section 4.3.1).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from clusterdns.cluster.manifests.memory import give_back
from clusterdns.cluster.manifests.pieces import PIECE, lines_together
from clusterdns.cluster.manifests.yielding import YieldToLoop

_MARKER: Final = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)
_SAYS_NOTHING: Final = re.compile(r"(?:\s|^[#%].*$|^---(?=\s|\Z)|^\.\.\.(?=\s|\Z))*", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The text of one document, or of a few, in pieces; the line of the file where it begins, counted from 1.

    An item of a typed list (`ServiceList`) need not repeat what it is: `list_kind` and `list_version` are
    the kind and apiVersion of the list it comes from.
    """

    pieces: tuple[str, ...]
    line: int
    list_kind: str = ""
    list_version: str = ""

    @property
    def is_small(self) -> bool:
        """Whether one call may work on all of it."""
        return sum(map(len, self.pieces)) <= PIECE

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.pieces)

    def digest(self, yield_to_loop: YieldToLoop) -> bytes:
        """Equal for equal texts."""
        found = blake2b(digest_size=16)
        for piece in (f"{self.list_kind} {self.list_version} ", *self.pieces):
            found.update(piece.encode("utf-8", "surrogatepass"))
            yield_to_loop()
        return found.digest()


def yaml_chunks(pieces: Iterable[str], yield_to_loop: YieldToLoop) -> Iterator[Chunk]:
    """The documents of a YAML stream, each with its marker. What holds nothing is left out."""
    line, says_something = 1, False
    held: list[str] = []
    for text, is_document in _at_markers(pieces, yield_to_loop):
        if is_document and held:
            if says_something:
                yield Chunk(pieces=tuple(held), line=line)
            line += sum(piece.count("\n") for piece in held)
            held, says_something = [], False
        held.append(text)
        says_something = says_something or not _SAYS_NOTHING.fullmatch(text)
        yield_to_loop()
    if held and says_something:
        yield Chunk(pieces=tuple(held), line=line)
    give_back(held, yield_to_loop)


def _at_markers(pieces: Iterable[str], yield_to_loop: YieldToLoop) -> Iterator[tuple[str, bool]]:
    """The text, cut in front of each marker, and whether a document begins there."""
    for text, begins_line in lines_together(pieces):
        start, is_document = 0, False
        for found in _MARKER.finditer(text):
            if found.start() or begins_line:
                if found.start() > start:
                    yield text[start : found.start()], is_document
                start, is_document = found.start(), True
        yield text[start:], is_document
        yield_to_loop()
