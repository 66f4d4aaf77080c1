"""Addresses of web listeners, as a Corefile has them: `:8080`, `localhost:9153`, `[::1]:8181`."""

from dataclasses import dataclass, field
from typing import Final

from clusterdns.corefile import Arguments, Position

__all__ = ["WebAddress", "read_web_address"]

MAX_PORT: Final = 65535
LONGEST_PORT: Final = 9
"""Digits, leading zeros counted."""

EXPECTED: Final = "an address with a port such as localhost:8080 or :8080"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAddress:
    """Where to listen. host: a name or an address, "" for every address; port: 0 for any free one.

    Equal if host and port are; `position` is where the Corefile says so, or names the plugin that listens.
    """

    host: str
    port: int
    position: Position = field(compare=False)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def read_web_address(words: Arguments, *, default: str) -> WebAddress:
    """The next and last word as an address, or `default` if there is none.

    `HOST:PORT`, with an IPv6 address in brackets; with nothing behind the colon it is any free port.

    Raises:
        CorefileError: it is no address, or more words follow.
    """
    if not words.more:
        host, port = _split(default)
        return WebAddress(host=host, port=port, position=words.owner.position)
    token = words.token(EXPECTED)
    try:
        host, port = _split(token.text)
    except ValueError as error:
        raise words.wrong(token, EXPECTED, hint=f": {error}") from None
    words.end()
    return WebAddress(host=host, port=port, position=token.position)


def _split(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if bracketed:
        host = host[1:-1]
    if not colon or "[" in host or "]" in host:
        raise ValueError("it has no port")
    if ":" in host and not bracketed:
        raise ValueError("an IPv6 address stands in brackets")
    return host, _port(port) if port else 0


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_PORT and int(text) <= MAX_PORT:
        return int(text)
    raise ValueError(f"its port is no number from 0 to {MAX_PORT}")
