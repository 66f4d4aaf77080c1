"""A line of zone-file text to tokens (RFC 1035 section 5.1)."""

from collections.abc import Iterator
from dataclasses import dataclass

from clusterdns.dns.name import escaped_octet

__all__ = ["ZoneFileToken", "tokens"]


@dataclass(frozen=True, slots=True)
class ZoneFileToken:
    """A word as it stands, escapes and all, or what stands between quotes."""

    text: str
    quoted: bool = False

    def octets(self) -> bytes:
        """The octets meant, as in a character string.

        Raises:
            ValueError: a bad escape.
        """
        octets = bytearray()
        at = 0
        while at < len(self.text):
            if self.text[at] == "\\":
                octet, at = escaped_octet(self.text, at)
                octets.append(octet)
            else:
                octets += self.text[at].encode()
                at += 1
        return bytes(octets)


def tokens(line: str) -> Iterator[ZoneFileToken]:
    """The tokens of one line, up to the comment that a `;` begins.

    Raises:
        ValueError: a quote is not closed.
    """
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
        elif line[at] == ";":
            return
        elif line[at] == '"':
            end = _end(line, at + 1, '"')
            if end >= len(line):
                raise ValueError(f"a quote is not closed: {line[at:]}")
            yield ZoneFileToken(line[at + 1 : end], quoted=True)
            at = end + 1
        else:
            end = _end(line, at, ' \t\r\n;"')
            yield ZoneFileToken(line[at:end])
            at = end


def _end(line: str, at: int, stops: str) -> int:
    """Where the first of `stops` that is not escaped stands; the length of the line if none does."""
    while at < len(line) and line[at] not in stops:
        at += 2 if line[at] == "\\" else 1
    return min(at, len(line))
