"""A parsed Corefile as values: server blocks, their keys, and the uses of plugins in them.

example.org:1053 {                 ServerBlock   keys = example.org:1053
    forward . 10.0.0.1 {           Directive "forward", its first Entry: args = . 10.0.0.1
        max_fails 3                Option of that entry: name = max_fails, args = 3
    }
    forward net 10.0.0.2           the same Directive, its second Entry
}
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from clusterdns.corefile.errors import Position

DEFAULT_COREFILE = ". {\n    whoami\n    log\n}\n"
"""What is served if a Corefile has no server block, or if there is none in the working directory.

CoreDNS's `.:53`, of which the port follows the flag `-dns.port`, hence the key without one.
"""

DEFAULT_PORTS = {"dns": 53, "tls": 853, "quic": 853, "grpc": 443, "https": 443, "https3": 443}
"""Schemes a key may have, and the port of a key that names none."""


class Token(NamedTuple):
    """A word, environment variables expanded, quotes gone; `quoted` says that it had some."""

    text: str
    position: Position
    quoted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A line of a plugin's block: a name, the words after it, and a block of its own if it opened one.

    `has_block` tells an empty block from none.
    """

    name: Token
    args: tuple[Token, ...] = ()
    options: tuple[Option, ...] = ()
    has_block: bool = False

    @property
    def position(self) -> Position:
        return self.name.position


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One use of a plugin: its name, the words on that line, and the lines of its block.

    As in CoreDNS, words after the `}` of a block, and a `{` on a line of its own, begin another entry.
    """

    name: Token
    args: tuple[Token, ...] = ()
    options: tuple[Option, ...] = ()
    has_block: bool = False

    @property
    def position(self) -> Position:
        return self.name.position


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """All uses of one plugin in a server block: an entry for each time that it is named.

    `tokens` are the same words unstructured, braces included.
    """

    name: str
    position: Position
    entries: tuple[Entry, ...]
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a server block: which zones, over what, on which port.

    `zones` are absolute, lower-case presentation text; more than one where an address prefix was
    expanded to its reverse zones. `port` is None where the key names none; `text` is as written.
    """

    scheme: str
    zones: tuple[str, ...]
    port: int | None
    text: str
    position: Position

    def resolve(self, dns_port: int = DEFAULT_PORTS["dns"]) -> int:
        """The port to listen on; `dns_port` is the default of scheme dns (flag `-dns.port`)."""
        if self.port is not None:
            return self.port
        return dns_port if self.scheme == "dns" else DEFAULT_PORTS[self.scheme]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerBlock:
    """Keys that share one chain of plugins. Directives stand in the order in which they first appear."""

    keys: tuple[Key, ...]
    directives: tuple[Directive, ...]
    position: Position

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones of all keys, which a plugin serves unless its directive names others."""
        return tuple(zone for key in self.keys for zone in key.zones)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorefileWarning:
    """A legal but probably mistaken part of a Corefile: it is logged, and the server starts all the same."""

    position: Position
    message: str

    def __str__(self) -> str:
        return f"{self.position}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed Corefile with everything that it imports.

    `unserved` stand in blocks without keys, which nobody can ask: only their names matter.
    """

    blocks: tuple[ServerBlock, ...]
    warnings: tuple[CorefileWarning, ...] = ()
    unserved: tuple[Directive, ...] = ()

    def sha512(self) -> str:
        """Hexadecimal digest by which `reload` knows a change.

        It covers keys and words with file and line but not columns, so that a comment or an indentation
        counts only if it moves lines, as in CoreDNS.
        """
        digest = hashlib.sha512()
        for word in self._digested():
            digest.update(b"%d:" % len(word) + word)
        return digest.hexdigest()

    def _digested(self) -> Iterator[bytes]:
        for block in self.blocks:
            yield b"block"
            for key in block.keys:
                yield key.text.encode(errors="surrogatepass")
            for directive in block.directives:
                yield b"directive"
                for text, (file, line, _), _ in directive.tokens:
                    yield f"{file}\n{line}\n{text}".encode(errors="surrogatepass")
