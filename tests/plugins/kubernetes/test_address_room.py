"""Addresses of a Service with more endpoints than a message holds: made as far as there is room."""

from collections.abc import Iterator

import pytest

from clusterdns.dns.constants import RRType
from clusterdns_plugins.kubernetes.found import address_data

MOST_OCTETS = 65535


def counted(most: int, size: int, made: list[bytes]) -> Iterator[bytes]:
    for number in range(most):
        made.append(number.to_bytes(size))
        yield made[-1]


@pytest.mark.parametrize(("rtype", "size"), [(RRType.A, 4), (RRType.AAAA, 16)], ids=["A", "AAAA"])
def test_one_record_more_than_fits_is_made_and_the_rest_is_not_looked_at(rtype: int, size: int) -> None:
    made: list[bytes] = []
    records = address_data(counted(100_000, size, made), rtype).rdatas
    assert (len(records) - 1) * (12 + size) <= MOST_OCTETS < len(records) * (12 + size)
    assert len(made) == len(records)


def test_an_address_is_one_record_however_often_it_comes() -> None:
    assert len(address_data([bytes(4), bytes(16), bytes(4)] * 10_000, RRType.A).rdatas) == 1
