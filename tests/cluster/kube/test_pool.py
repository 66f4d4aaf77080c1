"""Equal small values are shared; nothing large is kept, nor anything of versions that are gone."""

import gc
import sys
import tracemalloc
from collections.abc import Iterator

import msgspec
import pytest

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.kube.pool import MOST_OCTETS, MOST_PORTS, MOST_VALUES, Pool
from clusterdns.cluster.objects import EndpointSlice, Kind, Port, Service, ServiceImport
from clusterdns.cluster.reflector.reading.decoding import Decoder
from clusterdns.cluster.table import Table

VERSIONS = 8
UPDATES = 2000


def ports(count: int, *, first: int = 1, name: str = "p") -> tuple[Port, ...]:
    return tuple(Port(f"{name}{number}", number) for number in range(first, first + count))


def test_equal_small_values_are_one() -> None:
    pool = Pool()
    first, equal = ports(MOST_PORTS), ports(MOST_PORTS)
    assert pool(first) is first
    assert pool(equal) is first
    texts = [f"name-{number}" for number in (7, 7)]
    assert texts[0] is not texts[1]
    assert pool(texts[0]) is pool(texts[1])


def test_a_value_in_use_stays_shared_when_many_others_come() -> None:
    pool = Pool()
    used = pool(ports(1, name="used"))
    for number in range(MOST_VALUES * 2):
        pool(f"name-{number}")
        if number % 1000 == 0:
            assert pool(ports(1, name="used")) is used


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(ports(MOST_PORTS + 1), id="more than are shared"),
        pytest.param((Port("x" * MOST_OCTETS, 1),), id="one of an endless name"),
    ],
)
def test_large_ports_are_not_held(value: tuple[Port, ...]) -> None:
    pool, before = Pool(), sys.getrefcount(value)
    pool(value)
    assert sys.getrefcount(value) == before


def test_a_text_that_is_no_name_is_not_held() -> None:
    pool, text = Pool(), "x" * 254
    before = sys.getrefcount(text)
    pool(text)
    assert sys.getrefcount(text) == before


def grown(work: Iterator[object]) -> int:
    """Octets that stay after all of `work`, beyond those after the first of it."""
    tracemalloc.start()
    try:
        next(work)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in work:
            pass
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def test_what_it_holds_is_bounded_in_octets() -> None:
    pool = Pool()
    texts = (pool(str(number).rjust(253, "x")) for number in range(MOST_OCTETS // 253 * 3))
    assert grown(texts) < MOST_OCTETS * 2


def document(kind: Kind, version: int) -> msgspec.Raw:
    """An object with many ports, each of another name in each version."""
    found = [{"name": f"v{version}-{number}", "port": number} for number in range(1, UPDATES)]
    said = {"ports": found} if kind is EndpointSlice else {"spec": {"ports": found}}
    metadata = {"namespace": "shop", "name": "web", "resourceVersion": str(version)}
    return msgspec.Raw(msgspec.json.encode({"metadata": metadata, **said}))


@pytest.mark.parametrize("kind", [Service, EndpointSlice, ServiceImport])
def test_versions_of_the_past_are_given_back(kind: Kind) -> None:
    table, decoder = Table(), Decoder(kind)

    def updates() -> Iterator[None]:
        for version in range(VERSIONS):
            table.apply(ChangeSet(put=(decoder.decode(document(kind, version)).item,)))
            yield

    one_version = UPDATES * sys.getsizeof(Port("v1-1000", 1))
    assert grown(updates()) < one_version
