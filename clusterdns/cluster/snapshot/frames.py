"""Frames: pieces of a stream with a length, a kind and a checksum.

    frame = length of the content (4) | CRC-32 of kind and content (4) | kind (1) | content

Integers are big-endian. The checksum finds torn writes and flipped bits; it is no signature.
"""

import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

from clusterdns.cluster.snapshot.errors import damaged

LENGTH_OCTETS: Final = 4
CHECKSUM_OCTETS: Final = 4
HEAD_OCTETS: Final = LENGTH_OCTETS + CHECKSUM_OCTETS + 1

MOST_CONTENT: Final = 16 * 1024 * 1024
"""Octets of a frame's content. A batch is far smaller, unless a single slice is huge."""


class ByteSource(Protocol):
    """Where octets are read from: a file, a socket's file."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` octets, fewer only at the end."""
        ...


class Frame(NamedTuple):
    """One frame: its kind is a single octet."""

    kind: bytes
    content: bytes


def write_frame(kind: bytes, content: bytes) -> bytes:
    """The octets of a frame."""
    body = kind + content
    return b"".join(
        (
            len(content).to_bytes(LENGTH_OCTETS, "big"),
            zlib.crc32(body).to_bytes(CHECKSUM_OCTETS, "big"),
            body,
        )
    )


def read_frames(source: ByteSource) -> Iterator[Frame]:
    """The frames up to the end of `source`.

    Raises:
        SnapshotError: a frame is cut off, too long, or not what was written.
    """
    while head := source.read(HEAD_OCTETS):
        if len(head) < HEAD_OCTETS:
            raise damaged("it ends in the middle of a frame")
        length = int.from_bytes(head[:LENGTH_OCTETS], "big")
        if length > MOST_CONTENT:
            raise damaged(f"a frame of {length} octets, expected at most {MOST_CONTENT}")
        content = source.read(length)
        if len(content) < length:
            raise damaged("it ends in the middle of a frame")
        kind = head[LENGTH_OCTETS + CHECKSUM_OCTETS :]
        if zlib.crc32(content, zlib.crc32(kind)) != int.from_bytes(head[4:8], "big"):
            raise damaged("a checksum does not fit")
        yield Frame(kind, content)
