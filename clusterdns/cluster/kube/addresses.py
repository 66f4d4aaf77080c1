"""Addresses as the API server reads them.

It reads some that other readers refuse: octets of IPv4 with leading zeros, which are decimal all the same,
and IPv4 mapped into IPv6 (`::ffff:10.96.0.13`), which is IPv4. (Go, net.ParseIP; ParseIPSloppy of
k8s.io/utils/net)
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from itertools import repeat
from typing import Final

LONGEST_TEXT: Final = 64
"""Characters. An IPv6 address takes up to 45 of them; what is longer has zeros without end."""

MAPPED: Final = bytes(10) + b"\xff\xff"
_DOTTED: Final = re.compile(
    r"((?:[0-9a-fA-F:]*:)?)0*(\d{1,3})\.0*(\d{1,3})\.0*(\d{1,3})\.0*(\d{1,3})", re.ASCII
)


def address(text: str) -> bytes:
    """An address in any spelling as 4 or 16 octets. Raises ValueError."""
    if ":" not in text:
        try:
            return socket.inet_pton(socket.AF_INET, text)
        except (OSError, ValueError):
            return _unusual(text)
    try:
        packed = socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):
        return _unusual(text)
    return packed[12:] if packed.startswith(MAPPED) else packed


def addresses(texts: Sequence[str]) -> list[bytes]:
    """Many of them: ordinary IPv4 addresses cost a third of what they cost one by one. Raises ValueError."""
    try:
        return list(map(socket.inet_pton, repeat(socket.AF_INET), texts))
    except (OSError, ValueError):
        return list(map(address, texts))  # of the other family, or in another spelling


def _unusual(text: str) -> bytes:
    """One with leading zeros, or with a zone, which has no octets."""
    if len(text) > LONGEST_TEXT:
        raise ValueError("an address is not so long")
    dotted = _DOTTED.fullmatch(text)
    if dotted is not None:
        head, *octets = dotted.groups()
        packed = ipaddress.ip_address(head + ".".join(octets)).packed
    elif "%" in text:
        packed = ipaddress.IPv6Address(text).packed
    else:
        raise ValueError("an address is written otherwise")
    return packed[12:] if packed.startswith(MAPPED) else packed
