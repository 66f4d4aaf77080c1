"""The beginning of a document that is too large to be held, or no JSON further on, as one of its own."""

import re
from collections.abc import Iterator
from typing import Final

MOST_OCTETS: Final = 16 * 1024
LEAST_OCTETS: Final = 64
"""What is shorter names no object."""

_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{},]', re.DOTALL)
_CLOSING: Final = {b"{": b"}", b"[": b"]"}


def beginnings(document: bytes) -> Iterator[bytes]:
    """The first MOST_OCTETS of a document as a document of its own (see closed), then an eighth fewer each
    time, down to LEAST_OCTETS: one of them ends before the place, not known, from which on it is no JSON.
    """
    length = min(len(document), MOST_OCTETS)
    while length >= LEAST_OCTETS:
        yield closed(document[:length])
        length -= length // 8


def closed(prefix: bytes) -> bytes:
    """The complete values in the beginning of a JSON document, with the open brackets closed.

    `{"a": 1, "b": {"c": 2, "d` becomes `{"a": 1, "b": {"c": 2}}`.
    """
    open_ones: list[bytes] = []
    end = 0
    for found in _TOKEN.finditer(prefix):
        token = found[0]
        if token in _CLOSING:
            open_ones.append(_CLOSING[token])
            end = found.end()
        elif token == b",":
            end = found.start()
        elif token in {b"]", b"}"} and open_ones:
            open_ones.pop()
            end = found.end()
    return prefix[:end] + b"".join(reversed(open_ones))
