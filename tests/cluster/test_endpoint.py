"""Endpoints packed into bytes and read back."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdns.cluster.endpoint import (
    Endpoint,
    pack,
    record_addresses,
    record_is_ready,
    records,
    unpack,
)

texts = st.text(max_size=60)
names = texts.map(str.lower)
families = st.sampled_from((4, 16))
endpoints = families.flatmap(
    lambda size: st.builds(
        Endpoint,
        addresses=st.lists(st.binary(min_size=size, max_size=size), min_size=1, max_size=3).map(tuple),
        ready=st.booleans(),
        hostname=names,
        pod=names,
        node=texts,
        zone=names,
        zone_hints=st.lists(texts, max_size=3).map(tuple),
    )
)


def in_packed_order(given_endpoints: list[Endpoint]) -> list[Endpoint]:
    return sorted(
        given_endpoints,
        key=lambda item: (not item.ready, len(item.addresses[0]), len(item.addresses)),
    )


@given(st.lists(endpoints, max_size=4))
def test_what_was_packed_is_unpacked(given_endpoints: list[Endpoint]) -> None:
    assert unpack(pack(given_endpoints)) == tuple(in_packed_order(given_endpoints))


@given(st.lists(endpoints, max_size=4))
def test_a_record_tells_addresses_and_readiness_without_unpacking(given_endpoints: list[Endpoint]) -> None:
    found = list(records(pack(given_endpoints)))
    expected = in_packed_order(given_endpoints)
    assert [tuple(record_addresses(record)) for record in found] == [item.addresses for item in expected]
    assert [record_is_ready(record) for record in found] == [item.ready for item in expected]


@given(endpoints, endpoints)
def test_records_are_equal_when_their_endpoints_are(one: Endpoint, other: Endpoint) -> None:
    assert (pack([one]) == pack([other])) == (one == other)


def test_an_endpoint_without_addresses_is_left_out() -> None:
    assert unpack(pack([Endpoint(addresses=())])) == ()


@pytest.mark.parametrize("field", ["hostname", "pod", "node", "zone"])
def test_a_text_longer_than_any_name_is_cut(field: str) -> None:
    plain = Endpoint(addresses=(bytes(4),))
    packed = pack([msgspec.structs.replace(plain, **{field: "é" * 200})])
    assert getattr(unpack(packed)[0], field) == "é" * 127


def test_what_names_are_made_of_is_packed_in_lower_case() -> None:
    written = Endpoint(addresses=(bytes(4),), hostname="DB-0", pod="Db-X", node="Node", zone="Zone")
    (read,) = unpack(pack([written]))
    assert (read.hostname, read.pod, read.node, read.zone) == ("db-0", "db-x", "Node", "zone")


def test_half_a_surrogate_pair_is_packed_as_a_question_mark() -> None:
    assert unpack(pack([Endpoint(addresses=(bytes(4),), hostname="a\ud800")]))[0].hostname == "a?"


def test_the_largest_endpoint_is_cut_to_what_fits() -> None:
    large = Endpoint(
        addresses=(bytes(16),) * 256,
        hostname="h" * 255,
        pod="p" * 255,
        node="n" * 255,
        zone="z" * 255,
        zone_hints=("z" * 255,) * 256,
    )
    (found,) = unpack(pack([large]))
    assert (len(found.addresses), len(found.zone_hints)) == (255, 8)


def test_an_ordinary_endpoint_takes_little_more_than_its_text() -> None:
    one = [Endpoint(addresses=(bytes(4),), pod="web-6d4cf56db6-abcde", node="node-17")]
    assert len(pack(one * 101)) - len(pack(one * 100)) == 4 + 20 + 1 + 7 + 1
