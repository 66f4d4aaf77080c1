"""The beginning of a document that is too large to be held, as a document of its own."""

import re
from typing import Final

_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{},]', re.DOTALL)
_CLOSING: Final = {b"{": b"}", b"[": b"]"}


def closed(prefix: bytes) -> bytes:
    """What is whole in the beginning of a JSON document, with the brackets closed that are open.

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
