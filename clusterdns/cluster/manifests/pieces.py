"""The text of a file in pieces, so that no call takes long, however large the file is."""

import codecs
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from clusterdns.cluster.manifests.errors import ManifestError
from clusterdns.cluster.manifests.yielding import YieldToLoop
from clusterdns.files import open_regular, too_large

PIECE: Final = 16 * 1024
"""Octets of a piece: what is done with one takes well below a millisecond."""


def read_pieces(path: Path, yield_to_loop: YieldToLoop, *, most: int) -> Iterator[str]:
    """The text of a regular file of at most `most` octets, without a byte order mark.

    Raises:
        OSError: it cannot be read, is something else, or is larger.
        ManifestError: it is not UTF-8 text.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, is_first = 1, True
    for octets in _octets(path, most):
        try:
            text = decoder.decode(octets, final=not octets)
        except UnicodeDecodeError as error:
            line += error.object.count(b"\n", 0, error.start)
            raise ManifestError(path, line, reason="is not UTF-8 text") from None
        if is_first and text:
            text, is_first = text.removeprefix("\ufeff"), False
        line += text.count("\n")
        if text:
            yield text
        yield_to_loop()


def _octets(path: Path, most: int) -> Iterator[bytes]:
    """The octets in pieces; an empty one stands last."""
    descriptor, left = open_regular(path), most
    try:
        if os.fstat(descriptor).st_size > most:
            raise too_large(most)
        while octets := os.read(descriptor, PIECE):
            left -= len(octets)
            if left < 0:  # it grows
                raise too_large(most)
            yield octets
        yield b""
    finally:
        os.close(descriptor)


def lines_together(pieces: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The text in other pieces, which end where a line does, and whether each begins where one does.

    A line that is longer than a piece is in several.
    """
    rest, begins = "", True
    for piece in pieces:
        text = rest + piece
        end = text.rfind("\n") + 1 or (len(text) if len(text) >= PIECE else 0)
        if end:
            yield text[:end], begins
            begins = text[end - 1] == "\n"
        rest = text[end:]
    if rest:
        yield rest, begins
