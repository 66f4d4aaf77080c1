"""The sockets of connections to the API server: one on which packets vanish is known to be dead in 30 s.

A watch over HTTP/1.1 sends nothing, so only the kernel can notice that the other side is gone without a
word: it asks after 15 quiet seconds, then every 5. What we send ourselves and nobody acknowledges is bounded
by the same 30 s, or it would be sent again for a quarter of an hour.
"""

import socket
from typing import Any, Final

KEEP_ALIVE: Final = (
    ("TCP_KEEPIDLE", 15),
    ("TCP_KEEPALIVE", 15),  # what macOS calls the one above
    ("TCP_KEEPINTVL", 5),
    ("TCP_KEEPCNT", 3),
    ("TCP_USER_TIMEOUT", 30_000),  # milliseconds (RFC 5482); Linux
)

AddressInfo = tuple[int, int, int, str, Any]


def watched_socket(address: AddressInfo) -> socket.socket:
    """A socket for the address (as getaddrinfo gives it), as far as the platform knows the options."""
    family, kind, protocol, _, _ = address
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEP_ALIVE:
        if hasattr(socket, name):
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return made
