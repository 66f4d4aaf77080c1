"""Formats of lines, read once into small functions that write the pieces."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from clusterdns.dns.constants import Flag, class_text, rcode_text, type_text
from clusterdns.dns.name import Name
from clusterdns.plugin import Transport
from clusterdns_plugins.log.logged_query import LoggedQuery
from clusterdns_plugins.log.size import message_size

__all__ = ["COMBINED", "COMMON", "EMPTY", "Format"]

EMPTY: Final = "-"
"""Stands for what is not known."""

COMMON: Final = (
    '{remote}:{port} - {>id} "{type} {class} {name} {proto} {size} {>do} {>bufsize}"'
    " {rcode} {>rflags} {rsize} {duration}"
)
COMBINED: Final = COMMON + ' "{>opcode}"'

Metadata: TypeAlias = Mapping[str, str]
Piece: TypeAlias = Callable[[LoggedQuery, Metadata], str]


@dataclass(frozen=True, slots=True)
class Format:
    """A format as the Corefile has it; equal to another if the text is."""

    text: str
    _pieces: tuple[Piece, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        text = self.text.replace("{common}", COMMON).replace("{combined}", COMBINED)
        object.__setattr__(self, "_pieces", tuple(_pieces(text)))

    def line(self, logged: LoggedQuery, metadata: Metadata) -> str:
        """The line for one query. `metadata` has a value for each label that is known."""
        return "".join([piece(logged, metadata) for piece in self._pieces])


def _pieces(text: str) -> Iterator[Piece]:
    """Innermost pairs of braces are placeholders if known, and text otherwise."""
    start = 0
    for found in re.finditer(r"\{[^{}]*\}", text):
        piece = _placeholder(found[0])
        if piece is not None:
            yield from _literal(text[start : found.start()])
            yield piece
            start = found.end()
    yield from _literal(text[start:])


def _literal(text: str) -> Iterator[Piece]:
    if text:
        yield lambda logged, metadata: text


def _placeholder(text: str) -> Piece | None:
    if text.startswith("{/"):
        label = text[2:-1]
        return lambda logged, metadata: metadata.get(label, EMPTY)
    write = _PLACEHOLDERS.get(text)
    return None if write is None else lambda logged, metadata: write(logged)


def _name(logged: LoggedQuery) -> str:
    return Name(logged.question.name.key).to_text()


def _buffer_size(logged: LoggedQuery) -> int:
    """The size that the client accepts: at least 512, and 65535 over a stream (RFC 6891 section 6.2.5)."""
    if logged.client.transport is not Transport.UDP:
        return 65535
    edns = logged.request.edns
    return 512 if edns is None else max(512, edns.payload)


def _dnssec_ok(logged: LoggedQuery) -> str:
    edns = logged.request.edns
    return "true" if edns is not None and edns.dnssec_ok else "false"


def _rcode(logged: LoggedQuery) -> str:
    return rcode_text(logged.reply.rcode).removeprefix("RCODE")


def _duration(logged: LoggedQuery) -> str:
    return f"{max(0.0, logged.duration):.9f}".rstrip("0").rstrip(".") + "s"


_FLAGS: Final = (
    (Flag.QR, "qr"),
    (Flag.AA, "aa"),
    (Flag.TC, "tc"),
    (Flag.RD, "rd"),
    (Flag.RA, "ra"),
    (Flag.Z, "z"),
    (Flag.AD, "ad"),
    (Flag.CD, "cd"),
)


def _reply_flags(logged: LoggedQuery) -> str:
    return ",".join([text for flag, text in _FLAGS if logged.reply.flags & flag])


def _bracketed(address: str) -> str:
    """An IPv6 address in brackets, as in a URI (RFC 3986 section 3.2.2)."""
    return f"[{address}]" if ":" in address else address


_PLACEHOLDERS: Final[Mapping[str, Callable[[LoggedQuery], str]]] = {
    "{type}": lambda logged: type_text(logged.question.rtype),
    "{name}": _name,
    "{class}": lambda logged: class_text(logged.question.rrclass),
    "{proto}": lambda logged: logged.client.transport.proto,
    "{remote}": lambda logged: _bracketed(logged.client.address),
    "{port}": lambda logged: str(logged.client.port),
    "{local}": lambda logged: _bracketed(logged.client.local_address),
    "{size}": lambda logged: str(message_size(logged.request)),
    "{rsize}": lambda logged: str(message_size(logged.reply)),
    "{rcode}": _rcode,
    "{duration}": _duration,
    "{>id}": lambda logged: str(logged.request.id),
    "{>opcode}": lambda logged: str(logged.request.opcode),
    "{>do}": _dnssec_ok,
    "{>bufsize}": lambda logged: str(_buffer_size(logged)),
    "{>rflags}": _reply_flags,
}
