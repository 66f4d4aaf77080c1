"""Addresses that are found together, since an index by each of them would cost more than the endpoints.

An entry for each of 150,000 addresses takes 11 MB, and 16 MB once so large a dictionary has grown;
the addresses of a node stand close together, so that up to eight share an entry. What is found is then looked
through for the one address.
"""

from collections.abc import Iterable
from typing import Final

_FIRST: Final = tuple(bytes((last & 0xF8,)) for last in range(256))


def bucket_of(address: bytes) -> bytes:
    """The first of the eight packed addresses that differ from `address` in the last three bits only."""
    return address[:-1] + _FIRST[address[-1]]


def buckets_of(addresses: Iterable[bytes]) -> set[bytes]:
    """Those of all these addresses."""
    return {address[:-1] + _FIRST[address[-1]] for address in addresses}
