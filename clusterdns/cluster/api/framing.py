"""From chunks, as they arrive, to documents, one a line.

aiohttp's own reader of lines refuses those over 512 KiB, and objects of 1.5 MiB are legal (etcd's bound for
a request); each octet of one that is a control character takes six in JSON.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

LARGEST_DOCUMENT: Final = 16 * 1024 * 1024
"""Octets, as many as client-go takes. What is larger passes through without being held."""

HELD_OF_OVERSIZED: Final = 16 * 1024
"""Octets of its beginning that are kept, for the sake of its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversized:
    """A document over the bound: how it begins, and how many octets it has."""

    head: bytes
    size: int

    @property
    def reason(self) -> str:
        """Why the document is not read, for the log."""
        return f"the document has {self.size} octets, more than are read"


Document: TypeAlias = bytes | Oversized


class Lines:
    """Cuts a stream at line feeds. Holds at most one document that is not complete, up to the bound."""

    def __init__(self, *, largest: int = LARGEST_DOCUMENT) -> None:
        self._largest = largest
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[Document]:
        """The documents that `chunk` completes, without line ends; empty lines are none."""
        first, *others = chunk.split(b"\n")
        self._hold(first)
        if not others:
            return []
        documents = [self._complete(), *map(self._whole, others[:-1])]
        self._hold(others[-1])
        return [one for one in documents if isinstance(one, Oversized) or (one and not one.isspace())]

    @property
    def pending(self) -> int:
        """Octets of a document that has begun and is not complete."""
        return self._size

    def _hold(self, part: bytes) -> None:
        if not part:
            return
        self._size += len(part)
        self._parts.append(part)
        if self._size > self._largest:
            self._parts = [b"".join(self._parts)[:HELD_OF_OVERSIZED]]

    def _complete(self) -> Document:
        document, size = b"".join(self._parts), self._size
        self._parts.clear()
        self._size = 0
        return Oversized(head=document, size=size) if size > self._largest else document

    def _whole(self, document: bytes) -> Document:
        if len(document) <= self._largest:
            return document
        return Oversized(head=document[:HELD_OF_OVERSIZED], size=len(document))
