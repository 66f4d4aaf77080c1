"""Buckets of eight addresses, which share an entry of an index: one by each address would cost more than the
endpoints.

An entry for each of 150,000 addresses takes 11 MB, and 16 MB once so large a dictionary has grown;
the addresses of a node stand close together, so that up to eight share an entry. What is found is then looked
through for the one address.
"""

from collections.abc import Iterable
from typing import Final

_FIRST: Final = tuple(bytes((last & 0xF8,)) for last in range(256))


def bucket_of(address: bytes) -> bytes:
    """The bucket of a packed address: it stands for eight that differ in the last three bits only."""
    return address[:-1] + _FIRST[address[-1]]


def buckets_of(addresses: Iterable[bytes]) -> set[bytes]:
    """The buckets of all these packed addresses, each once."""
    return {address[:-1] + _FIRST[address[-1]] for address in addresses}
