"""Domain names (RFC 1035 section 3.1), compared without case (RFC 4343), spelled as they came."""

from collections.abc import Iterable
from typing import Final

__all__ = ["MAX_LABEL_OCTETS", "MAX_NAME_OCTETS", "ROOT", "Name", "escaped_octet"]

MAX_LABEL_OCTETS: Final = 63
MAX_NAME_OCTETS: Final = 255

_ESCAPED = frozenset(b'."\\();@$')


class Name:
    """An absolute domain name: uncompressed wire octets, root label included.

    `wire` keeps the spelling it was made with; `key` is the same in lower case and is what equality,
    hashing and dictionaries use. A length octet is at most 63, so lowering the case of the whole wire
    form never changes one. Treat a name as frozen: both attributes are set once.
    """

    __slots__ = ("key", "wire")

    wire: Final[bytes]
    key: Final[bytes]

    def __init__(self, wire: bytes) -> None:
        """Take `wire` as it is. The caller has checked it: use `from_labels` or `from_text` otherwise."""
        self.wire = wire
        self.key = wire.lower()

    @classmethod
    def from_labels(cls, labels: Iterable[bytes]) -> "Name":
        """Make the name of `labels` (without the root), leftmost first.

        Raises:
            ValueError: an empty label, one over 63 octets, or a name over 255 octets.
        """
        parts = bytearray()
        for label in labels:
            if not 0 < len(label) <= MAX_LABEL_OCTETS:
                raise ValueError(f"a label has 1 to {MAX_LABEL_OCTETS} octets, not {len(label)}")
            parts.append(len(label))
            parts += label
        parts.append(0)
        if len(parts) > MAX_NAME_OCTETS:
            raise ValueError(f"a name has at most {MAX_NAME_OCTETS} octets, not {len(parts)}")
        return cls(bytes(parts))

    @classmethod
    def from_text(cls, text: str) -> "Name":
        r"""Read presentation form (RFC 1035 section 5.1, `\.` and `\DDD` included), always as absolute.

        Raises:
            ValueError: an empty label, a bad escape, a length over the limits, or text beyond Latin-1.
        """
        if text in (".", ""):
            return ROOT
        if "\\" not in text:
            stripped = text.removesuffix(".")
            return cls.from_labels(label.encode("latin-1") for label in stripped.split("."))
        return cls.from_labels(_unescape(text))

    @property
    def labels(self) -> tuple[bytes, ...]:
        """The labels as spelled, leftmost first, without the root."""
        return tuple(_labels(self.wire))

    @property
    def is_root(self) -> bool:
        """Whether this is the root, `.`."""
        return len(self.wire) == 1

    def parent(self) -> "Name":
        """The name without its leftmost label; the root's parent is the root."""
        return self if self.is_root else Name(self.wire[self.wire[0] + 1 :])

    def prefixed(self, *labels: bytes) -> "Name":
        """`labels` in front of this name.

        Raises:
            ValueError: see `from_labels`.
        """
        return Name.from_labels((*labels, *self.labels))

    def is_subdomain_of(self, other: "Name") -> bool:
        """Whether `other` is this name or stands above it."""
        return self.labels_below(other) is not None

    def labels_below(self, zone: "Name") -> tuple[bytes, ...] | None:
        """The labels left of `zone` in lower case, `()` for `zone` itself, None if it is not above."""
        if not self.key.endswith(zone.key):
            return None
        left: list[bytes] = []
        key, at, end = self.key, 0, len(self.key) - len(zone.key)
        while at < end:
            size = key[at]
            left.append(key[at + 1 : at + 1 + size])
            at += size + 1
        return tuple(left) if at == end else None

    def suffix(self, octets: int) -> "Name":
        """The part of this name, as spelled, that takes the last `octets` of its wire form.

        `name.suffix(len(zone.wire))` is the zone in the asker's spelling.
        """
        return Name(self.wire[len(self.wire) - octets :])

    def to_text(self) -> str:
        """Presentation form with a final dot, special and unprintable octets escaped."""
        if self.is_root:
            return "."
        return "".join(_escape(label) + "." for label in _labels(self.wire))

    def __eq__(self, other: object) -> bool:
        return self.key == other.key if isinstance(other, Name) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"Name({self.to_text()!r})"


def _labels(wire: bytes) -> Iterable[bytes]:
    at = 0
    while size := wire[at]:
        yield wire[at + 1 : at + 1 + size]
        at += size + 1


def _escape(label: bytes) -> str:
    if label.isalnum():
        return label.decode("ascii")
    return "".join(_escape_octet(octet) for octet in label)


def _escape_octet(octet: int) -> str:
    if octet in _ESCAPED:
        return "\\" + chr(octet)
    return chr(octet) if 0x21 <= octet <= 0x7E else f"\\{octet:03d}"


def _unescape(text: str) -> Iterable[bytes]:
    label = bytearray()
    at = 0
    while at < len(text):
        character = text[at]
        if character == "\\":
            octet, at = escaped_octet(text, at)
            label.append(octet)
            continue
        at += 1
        if character == ".":
            yield bytes(label)
            label.clear()
        else:
            label += character.encode("latin-1")
    if label:
        yield bytes(label)


def escaped_octet(text: str, at: int) -> tuple[int, int]:
    r"""The octet that the escape at `text[at]` stands for, and where the text goes on.

    `\DDD` is an octet in decimal, a backslash before any other character is that character (RFC 1035
    section 5.1).

    Raises:
        ValueError: there is no such octet, or nothing after the backslash.
    """
    digits = text[at + 1 : at + 4]
    if len(digits) == 3 and digits.isascii() and digits.isdigit():
        if int(digits) > 255:
            raise ValueError(f"\\{digits} is not an octet: at most \\255")
        return int(digits), at + 4
    if not digits or digits[0].isdigit():
        raise ValueError(f"a backslash needs a character or three digits after it in {text!r}")
    return digits[0].encode("latin-1")[0], at + 2


ROOT: Final = Name(b"\0")
