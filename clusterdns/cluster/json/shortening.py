"""Very large documents without what makes them so: texts that are longer than anything that is read.

A megabyte of control characters is six of JSON. To pass over 16 MB takes a decoder 12 ms, each time;
this takes it in pieces, once. Other documents of that size consist of many values, and stay as they are.
"""

import re
from typing import Final

from clusterdns.cluster.work import Work

VERY_LARGE: Final = 4 * 1024 * 1024
"""Octets of documents that are worth it: smaller ones are passed over in three milliseconds."""

LONGEST: Final = 8 * 1024
"""Octets of a text that stays. Nothing that is read may have more than 253 characters, or is cut at 255."""

KEPT: Final = 1024
"""Characters of a longer one that stay, so that it is still too long for what it says."""

_WINDOW: Final = 16 * 1024
_QUOTE: Final = ord('"')
_BACKSLASH: Final = ord("\\")

# Groups are not possessive: what they contain is then not matched as it should be before Python 3.11.5.
_TEXT: Final = rb'[^"\\]*+(?:\\.[^"\\]*+)*'
_WHOLE_TEXTS: Final = re.compile(rb'(?:[^"]*+"' + _TEXT + rb'")*[^"]*+', re.DOTALL)
_IN_TEXT: Final = re.compile(_TEXT, re.DOTALL)
_HEAD: Final = re.compile(rb'(?:[^"\\\x80-\xff]|\\u[0-9a-fA-F]{4}|\\[^u]){0,%d}' % KEPT, re.DOTALL)


def shorten(document: bytes) -> Work[bytes]:
    """The document with the beginnings of texts that are longer than `LONGEST`."""
    kept, taken, position = bytearray(), 0, 0
    while position < len(document):
        found = _WHOLE_TEXTS.match(document, position, position + _WINDOW)
        end = position if found is None else found.end()
        if end > position or document[position] != _QUOTE:
            position = max(end, position + 1)
        else:
            start = position + 1
            position = yield from _end_of_text(document, start)
            if position - start > LONGEST:
                head = _HEAD.match(document, start)
                kept += document[taken:start] if head is None else document[taken : head.end()]
                taken = position
            position += 1
        yield
    return bytes(kept + document[taken:]) if kept else document


def shortened(document: bytes) -> Work[bytes]:
    """The same if it is very large, else the document as it is."""
    return (yield from shorten(document)) if len(document) > VERY_LARGE else document


def _end_of_text(document: bytes, position: int) -> Work[int]:
    """Where the quote stands that ends the text, or the document."""
    while position < len(document):
        found = _IN_TEXT.match(document, position, position + _WINDOW)
        end = position if found is None else found.end()
        if end < len(document) and document[end] == _QUOTE:
            return end
        # The window ends here, or in an escape.
        position = end if end > position else position + 1
        yield
    return position
