"""Addresses of a Service with more endpoints than a message holds: made as far as there is room."""

from collections.abc import Iterator

import pytest

from clusterdns.dns.constants import RRType
from clusterdns_plugins.kubernetes.found import MOST_LOOKED_AT, address_data

MOST_OCTETS = 65535


def counted(most: int, size: int, made: list[bytes]) -> Iterator[bytes]:
    for number in range(most):
        made.append(number.to_bytes(size))
        yield made[-1]


@pytest.mark.parametrize("room", [512, 1232, MOST_OCTETS])
@pytest.mark.parametrize(("rtype", "size"), [(RRType.A, 4), (RRType.AAAA, 16)], ids=["A", "AAAA"])
def test_one_record_more_than_fits_is_made_and_the_rest_is_not_looked_at(
    rtype: int, size: int, room: int
) -> None:
    made: list[bytes] = []
    data = address_data(counted(100_000, size, made), rtype, room)
    records = len(data.rdatas)
    assert (records - 1) * (12 + size) <= room < records * (12 + size)
    assert len(made) == records
    assert data.cut


def test_addresses_that_repeat_each_other_are_looked_at_so_far_only() -> None:
    made: list[bytes] = []
    data = address_data((bytes(4) for _ in counted(100_000, 4, made)), RRType.A, 512)
    assert len(data.rdatas) == 1
    assert len(made) == MOST_LOOKED_AT + 1
    assert data.cut


def test_an_address_is_one_record_however_often_it_comes() -> None:
    data = address_data([bytes(4), bytes(16), bytes(4)] * 100, RRType.A, MOST_OCTETS)
    assert (len(data.rdatas), data.cut) == (1, False)
