"""From chunks, as they arrive, to documents, one a line.

aiohttp's own reader of lines refuses those over 512 KiB, and objects of 1.5 MiB are legal (etcd's bound for
a request); with managed fields and escapes the JSON of one can be larger.
"""

from typing import Final

from clusterdns.cluster.api.errors import ApiProtocolError

LARGEST_DOCUMENT: Final = 8 * 1024 * 1024


class Lines:
    """Cuts a stream at line feeds. Holds at most one document that is not complete."""

    def __init__(self, *, largest: int = LARGEST_DOCUMENT) -> None:
        self._largest = largest
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """The documents that `chunk` completes, without line ends; empty lines are none.

        Raises:
            ApiProtocolError: a document is larger than the bound.
        """
        first, *others = chunk.split(b"\n")
        self._hold(first)
        if not others:
            return []
        documents = [b"".join(self._parts), *others[:-1]]
        self._parts.clear()
        self._size = 0
        self._hold(others[-1])
        return [document for document in documents if document and not document.isspace()]

    @property
    def pending(self) -> int:
        """Octets of a document that has begun and is not complete."""
        return self._size

    def _hold(self, part: bytes) -> None:
        if not part:
            return
        self._parts.append(part)
        self._size += len(part)
        if self._size > self._largest:
            raise ApiProtocolError(
                f"the API server sent a document of more than {self._largest} octets: expected at most that"
            )
