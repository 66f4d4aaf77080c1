"""Packed endpoints, searched by their fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdns.cluster.blocks import (
    READY_IPV4,
    READY_IPV6,
    Block,
    Column,
    blocks,
    is_any_ready,
    is_at,
    is_ready_at,
    joined,
    ready_blocks,
    ready_families,
)
from clusterdns.cluster.endpoint import Endpoint, pack

NAMES = ("", "a", "ab", "a-a", "b", "é", "\x04ab", "ÿ")
ADDRESSES = tuple(
    map(bytes, ((1, 1, 1, 1), (1, 1, 1, 2), (1, 1, 2, 1), (97, 98, 97, 98), (255, 97, 98, 255)))
)
FIELDS = (Column.HOSTNAME, Column.POD, Column.NODE, Column.ZONE)

names = st.sampled_from(NAMES)
endpoints = st.builds(
    Endpoint,
    addresses=st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=3).map(tuple),
    ready=st.booleans(),
    hostname=names,
    pod=names,
    node=names,
    zone=names,
)
slices = st.lists(endpoints, max_size=12)


def fields(endpoint: Endpoint) -> tuple[str, str, str, str]:
    return endpoint.hostname, endpoint.pod, endpoint.node, endpoint.zone


def members(given_endpoints: list[Endpoint], block: Block) -> list[Endpoint]:
    """The endpoints of a block, by number."""
    return [
        each for each in given_endpoints if each.ready == block.ready and len(each.addresses) == block.each
    ]


@given(slices, st.sampled_from(FIELDS), st.sampled_from(NAMES[1:]))
def test_a_text_is_found_in_its_whole_field_only(
    given_endpoints: list[Endpoint], column: Column, text: str
) -> None:
    for block in blocks(pack(given_endpoints)):
        expected = [
            number
            for number, each in enumerate(members(given_endpoints, block))
            if fields(each)[column] == text
        ]
        assert list(block.with_text(column, text.encode())) == expected
        assert len(expected) / 2 <= block.count_text(column, text.encode()) <= len(expected)


@given(slices, st.sampled_from(ADDRESSES))
def test_an_address_is_found_in_its_whole_field_only(given_endpoints: list[Endpoint], address: bytes) -> None:
    packed = pack(given_endpoints)
    for block in blocks(packed):
        assert list(block.with_address(address)) == [
            number
            for number, each in enumerate(members(given_endpoints, block))
            for other in each.addresses
            if other == address
        ]
    having = [each for each in given_endpoints if address in each.addresses]
    assert is_at(packed, address) == bool(having)
    assert is_ready_at(packed, address) == any(each.ready for each in having)


@given(slices)
def test_texts_and_addresses_are_those_of_the_endpoints(given_endpoints: list[Endpoint]) -> None:
    for block in blocks(pack(given_endpoints)):
        expected = members(given_endpoints, block)
        assert block.count == len(expected)
        for column in FIELDS:
            texts = [fields(each)[column].encode() for each in expected]
            assert block.texts(column) == [block.text(column, at) for at in range(block.count)] == texts
            assert block.has_texts(column) == any(texts)
        addresses = [each.addresses for each in expected]
        assert [tuple(block.addresses_of(at)) for at in range(block.count)] == addresses
        assert list(block.addresses_at(range(block.count))) == [each for some in addresses for each in some]


@given(slices)
def test_only_ready_endpoints_have_ready_addresses(given_endpoints: list[Endpoint]) -> None:
    packed = pack(given_endpoints)
    expected = [address for each in given_endpoints if each.ready for address in each.addresses]
    found = [
        address for block in ready_blocks(packed) for address in block.addresses_from(0, block.addresses)
    ]
    assert sorted(found) == sorted(expected)
    assert is_any_ready(packed) == bool(expected)


def test_an_address_that_stands_across_many_others_is_found_where_it_is() -> None:
    """Places where an address only seems to be are left after a few, and all are compared one by one."""
    others = [Endpoint(addresses=(bytes((9, 1, 2, 3)),)), Endpoint(addresses=(bytes((4, 9, 9, 9)),))] * 50
    wanted = bytes((1, 2, 3, 4))
    (block,) = blocks(pack([*others, Endpoint(addresses=(wanted,)), *others]))
    assert list(block.with_address(wanted)) == [100]


@pytest.mark.parametrize(("ready", "size"), [(True, 4), (True, 16), (False, 4)])
def test_the_families_that_are_ready_are_known(ready: bool, size: int) -> None:
    packed = pack([Endpoint(addresses=(bytes(size),), ready=ready)])
    family = READY_IPV6 if size == 16 else READY_IPV4
    assert ready_families(packed) == (family if ready else 0)


endpoints_of_all_kinds = st.lists(
    st.builds(
        Endpoint,
        addresses=st.lists(st.binary(min_size=4, max_size=4), min_size=1, max_size=3).map(tuple)
        | st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=2).map(tuple),
        ready=st.booleans(),
        hostname=st.sampled_from(("", "a", "b")),
        pod=st.sampled_from(("", "p")),
        zone_hints=st.sampled_from(((), ("z",))),
    ),
    max_size=8,
)


@given(endpoints_of_all_kinds, st.integers(1, 4))
def test_parts_are_joined_as_if_they_had_been_packed_together(endpoints: list[Endpoint], size: int) -> None:
    parts = [pack(endpoints[start : start + size]) for start in range(0, len(endpoints), size)]
    assert joined(parts) == pack(endpoints)
