"""The slices of a Service that has very many: found page by page."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdns.cluster import ChangeSet, Endpoint, EndpointSlice, ObjectKey, Port, Table
from clusterdns.cluster.blocks import READY_IPV4, READY_IPV6, Column
from clusterdns.cluster.endpoint import pack
from clusterdns.cluster.roster import MOST_ON_A_PAGE
from clusterdns.cluster.slices import SLICE_UNITS, Slices, Wanted
from clusterdns.rows import Noted

MANY = 4096


def one(number: int, *, ready: bool = True, service: str = "web", zone: str = "") -> EndpointSlice:
    endpoint = Endpoint(
        addresses=(number.to_bytes(4),), ready=ready, hostname=f"h-{number}", pod=f"p-{number}", zone=zone
    )
    return EndpointSlice(
        namespace="shop",
        name=f"web-{number:05}",
        service=service,
        packed=pack([endpoint]),
        import_name=service,
    )


def of_service(table: Table, service: str = "web") -> Slices:
    return table.slices("shop", service, noted=Noted())


def numbers(slices: Slices) -> list[str]:
    return sorted(item.name for item in slices)


def any_ports(ports: tuple[Port, ...]) -> bool:
    return True


def no_ports(ports: tuple[Port, ...]) -> bool:
    return False


class Counted:
    """Counts the units of looking, and allows them all."""

    def __init__(self) -> None:
        self.units = 0

    def __call__(self, units: int) -> bool:
        self.units += units
        return True


@pytest.fixture(scope="module")
def crowded() -> Table:
    table = Table()
    table.apply(ChangeSet(put=tuple(one(number, zone=f"zone-{number}") for number in range(MANY))))
    return table


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param(Wanted(READY_IPV4, any_ports, ((Column.HOSTNAME, b"h-77"),)), True, id="host-name"),
        pytest.param(
            Wanted(READY_IPV4, any_ports, ((Column.HOSTNAME, b"h"),)), False, id="part-of-a-host-name"
        ),
        pytest.param(
            Wanted(READY_IPV4, any_ports, ((Column.HOSTNAME, b"p-77"),)), False, id="host-name-like-a-Pod"
        ),
        pytest.param(
            Wanted(READY_IPV4, any_ports, ((Column.HOSTNAME, b"x"), (Column.POD, b"p-77"))), True, id="Pod"
        ),
        pytest.param(Wanted(READY_IPV4, any_ports, ((Column.ZONE, b"zone-77"),)), True, id="zone"),
        pytest.param(Wanted(READY_IPV4, any_ports, (), (77).to_bytes(4)), True, id="address"),
        pytest.param(Wanted(READY_IPV6, any_ports), False, id="other-family"),
        pytest.param(Wanted(READY_IPV4, no_ports), False, id="other-ports"),
    ],
)
def test_no_more_is_looked_at_than_pages_and_one_page_of_slices(
    crowded: Table, wanted: Wanted, found: bool
) -> None:
    may = Counted()
    names = [item.name for _, item in of_service(crowded).possible(wanted, may)]
    assert ("web-00077" in names) == found
    # An address may seem to be where two others meet.
    assert len(names) <= 2 * MOST_ON_A_PAGE
    assert may.units < MANY * SLICE_UNITS / 10


def test_the_places_of_what_is_found_are_those_in_the_sequence(crowded: Table) -> None:
    slices = of_service(crowded)
    in_order = list(slices)
    for first, end in ((0, MANY), (1, MANY), (63, 65), (100, 101), (MANY, MANY), (500, 9000)):
        part = slices.part(first, end)
        assert list(part) == in_order[first:end]
        assert len(part) == len(in_order[first:end])
        found = list(part.possible(Wanted(READY_IPV4, any_ports), Counted()))
        assert found == list(enumerate(in_order[first:end]))


def test_looking_ends_when_it_may_not_go_on(crowded: Table) -> None:
    left = iter([True] * 10)
    found = list(of_service(crowded).possible(Wanted(READY_IPV4, any_ports), lambda _: next(left, False)))
    assert len(found) == 9


@given(st.lists(st.tuples(st.integers(0, 99), st.sampled_from(("web", "db", "gone"))), max_size=60))
def test_changes_of_many_slices_are_found_at_once(changes: list[tuple[int, str]]) -> None:
    table, services = Table(), dict.fromkeys(range(100), "web")
    table.apply(ChangeSet(put=tuple(map(one, range(100)))))
    for number, service in changes:
        if service == "gone":
            table.apply(ChangeSet(removed=(ObjectKey(EndpointSlice, "shop", f"web-{number:05}"),)))
        else:
            table.apply(ChangeSet(put=(one(number, ready=False, service=service),)))
        services[number] = service
    for service in ("web", "db"):
        expected = [f"web-{number:05}" for number, other in services.items() if other == service]
        assert numbers(of_service(table, service)) == expected
        assert numbers(table.imported_slices("shop", service, noted=Noted())) == expected
    ready = sorted(services.keys() - {number for number, _ in changes})
    for number in ready[:5]:
        wanted = Wanted(READY_IPV4, any_ports, ((Column.HOSTNAME, b"h-%d" % number),))
        assert one(number) in [item for _, item in of_service(table).possible(wanted, Counted())]


def test_pages_that_are_nearly_empty_are_put_together() -> None:
    table, random = Table(), Random(1)
    table.apply(ChangeSet(put=tuple(map(one, range(MANY)))))
    left = set(random.sample(range(MANY), 100))
    gone = tuple(
        ObjectKey(EndpointSlice, "shop", f"web-{each:05}") for each in range(MANY) if each not in left
    )
    table.apply(ChangeSet(removed=gone))
    may = Counted()
    assert len(list(of_service(table).possible(Wanted(READY_IPV4, any_ports), may))) == len(left)
    assert may.units < len(left) * SLICE_UNITS * 2
