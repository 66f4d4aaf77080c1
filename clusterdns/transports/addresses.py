"""Socket addresses as the rest of the server wants them: text, IPv4 as IPv4."""

import asyncio
import socket
from typing import Any, Final, NamedTuple

__all__ = ["WILDCARDS", "Endpoint", "ListenAddress", "local_of", "peer_of", "plain", "unpacked"]

MAPPED = "::ffff:"

WILDCARDS: Final = frozenset({"::", "0.0.0.0"})
"""What a socket that takes what is sent to any address is bound to."""


class Endpoint(NamedTuple):
    """An address and a port."""

    address: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


class ListenAddress(NamedTuple):
    """A scheme of the Corefile, and an address and port to be asked at in that way."""

    scheme: str
    endpoint: Endpoint

    def __str__(self) -> str:
        """Its name in logs and metrics: `dns://:53`, `dns://127.0.0.1:53`, `tls://[::1]:853`."""
        return f"{self.scheme}://{self.endpoint}"


def plain(address: str) -> str:
    """`address` as text, an IPv4-mapped IPv6 address as the IPv4 address that it stands for."""
    if address.startswith(MAPPED) and "." in address:
        return address[len(MAPPED) :]
    return address


def unpacked(packed: bytes) -> str:
    """The text of 4 or 16 octets, IPv4-mapped ones as IPv4."""
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    return plain(socket.inet_ntop(family, packed))


def peer_of(transport: asyncio.BaseTransport) -> Endpoint:
    """The client's address and port. Without address if it has gone already."""
    return _endpoint(transport.get_extra_info("peername"))


def local_of(transport: asyncio.BaseTransport) -> Endpoint:
    """The address and port of ours that was connected to."""
    return _endpoint(transport.get_extra_info("sockname"))


def _endpoint(address: Any) -> Endpoint:
    return Endpoint(plain(address[0]), address[1]) if address else Endpoint("", 0)
