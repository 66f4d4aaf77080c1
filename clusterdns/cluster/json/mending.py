r"""JSON as the API server may send it and msgspec refuses it: read as Go reads it.

nested too deeply       msgspec follows arrays and objects by recursion, in fields that are skipped too, and
                        Python bounds that: at 1,000 together with its own calls in 3.11, otherwise later.
                        The API server takes 10,000. What is nested deeper than anything that is read
                        becomes null.
half a surrogate pair   `"\ud800"` is no character. Go reads U+FFFD for it.
octets that are no UTF-8, the same.
"""

import codecs
import re
from typing import Final

from clusterdns.cluster.json.brackets import PIECE, Brackets
from clusterdns.cluster.work import Work

MOST_DEPTH: Final = 64
"""Nothing that is read is nested deeper than 8."""

_WINDOW: Final = 8 * 1024
_REPLACEMENT: Final = rb"\ufffd"
_HEX: Final = rb"[0-9a-fA-F]{2}"
_HIGH: Final = rb"u[dD][89abAB]" + _HEX
_LOW: Final = rb"u[dD][c-fC-F]" + _HEX
_ESCAPE: Final = re.compile(rb"\\(?:\\|" + _HIGH + rb"\\" + _LOW + rb"|(" + _HIGH + rb"|" + _LOW + rb"))")
"""A backslash, a pair, or half a pair, which is the group."""

_LONGEST_ESCAPE: Final = 12


def mend(document: bytes) -> Work[bytes]:
    """The document without what a decoder stumbles over. It yields where a pause may be."""
    document = yield from _as_utf8(document)
    document = yield from _with_whole_characters(document)
    return (yield from _not_deeper(document, MOST_DEPTH))


def _as_utf8(document: bytes) -> Work[bytes]:
    if document.isascii():
        return document
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    kept = bytearray()
    for start in range(0, len(document), _WINDOW):
        piece = document[start : start + _WINDOW]
        kept += decoder.decode(piece, final=start + _WINDOW >= len(document)).encode()
        yield
    return bytes(kept)


def _with_whole_characters(document: bytes) -> Work[bytes]:
    kept = bytearray()
    taken = position = 0
    while position < len(document):
        end = position + _WINDOW
        position = end
        for found in _ESCAPE.finditer(document, end - _WINDOW, end + _LONGEST_ESCAPE):
            if found.start() >= end:
                break
            position = max(end, found.end())
            if found.start(1) >= 0:
                kept += document[taken : found.start()] + _REPLACEMENT
                taken = found.end()
        yield
    return bytes(kept + document[taken:]) if kept else document


def _not_deeper(document: bytes, most: int) -> Work[bytes]:
    brackets, kept = Brackets(), bytearray()
    taken = 0
    was_deep = False
    for start in range(0, len(document), PIECE):
        for place in brackets.take(document[start : start + PIECE]):
            is_deep = brackets.depth > most
            if is_deep and not was_deep:
                kept += document[taken : start + place] + b"null"
            elif was_deep and not is_deep:
                taken = start + place + 1
            was_deep = is_deep
        yield
    return bytes(kept + document[taken:]) if kept else document
