"""Messages in a byte stream: two octets of length, then the message (RFC 1035 section 4.2.2)."""

from typing import Final

__all__ = ["Frames", "framed"]

LENGTH_OCTETS: Final = 2


class Frames:
    """Takes octets as they come and gives whole messages, in order. It never holds more than was fed."""

    __slots__ = ("_at", "_octets")

    def __init__(self) -> None:
        self._octets = b""
        self._at = 0

    def feed(self, octets: bytes) -> None:
        """Append what has been received."""
        self._octets = self._octets[self._at :] + octets
        self._at = 0

    def next(self) -> bytes | None:
        """The next whole message, None if it is not complete yet."""
        start = self._at + LENGTH_OCTETS
        if start > len(self._octets):
            return None
        end = start + int.from_bytes(self._octets[self._at : start])
        if end > len(self._octets):
            return None
        self._at = end
        return self._octets[start:end]

    def __len__(self) -> int:
        """Octets held: part of a message, or messages not taken yet."""
        return len(self._octets) - self._at


def framed(message: bytes) -> bytes:
    """`message` with its length in front. A message has at most 65,535 octets."""
    return len(message).to_bytes(LENGTH_OCTETS) + message
