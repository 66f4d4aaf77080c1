"""Checks of objects from a snapshot that several kinds share."""

from collections.abc import Iterable
from typing import Final

from clusterdns.cluster.port import Port

MOST_TEXT: Final = 4096
"""Characters of a text that is no name: an external host name, a version."""

MOST_PORT: Final = 65535
PORT_OCTETS: Final = 48
"""What a port takes in a snapshot, names of fields included."""

_ADDRESS_OCTETS: Final = frozenset({4, 16})


def are_addresses(addresses: Iterable[bytes]) -> bool:
    """Whether each is a packed address."""
    return all(len(address) in _ADDRESS_OCTETS for address in addresses)


def are_ports(ports: Iterable[Port]) -> bool:
    """Whether each has a number that ports have, if it has one, and no endless texts."""
    return all(
        (port.number is None or 0 <= port.number <= MOST_PORT) and are_short((port.name, port.protocol))
        for port in ports
    )


def are_short(texts: Iterable[str]) -> bool:
    """Whether none is longer than what Kubernetes lets anybody write."""
    return all(len(text) <= MOST_TEXT for text in texts)
