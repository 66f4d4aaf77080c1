"""The promise of the table: a look-up whose answer changes has a row among those that are touched."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from clusterdns.cluster.changes import ChangeSet, difference
from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.objects import (
    ClusterObject,
    EndpointSlice,
    Kind,
    Namespace,
    ObjectKey,
    Pod,
    Port,
    Service,
    ServiceImport,
    key_of,
)
from clusterdns.cluster.slices import Slices
from clusterdns.cluster.table import Table
from clusterdns.rows import Noted, Row, RowSource

NAMESPACES = ("", "shop", "ops")
NAMES = ("", "web", "db")
ADDRESSES = (bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)), bytes((10, 0, 0, 3)), b"\xfd" + bytes(15))
KINDS: tuple[Kind, ...] = (Namespace, Service, EndpointSlice, Pod, ServiceImport)

namespaces = st.sampled_from(NAMESPACES[1:])
names = st.sampled_from(NAMES[1:])
addresses = st.sampled_from(ADDRESSES)
versions = st.sampled_from(("1", "2"))
ports = st.lists(st.sampled_from((Port("http", 80), Port("dns", 53, "UDP"))), max_size=2).map(tuple)
few_addresses = st.lists(addresses, max_size=2, unique=True).map(tuple)

endpoints = st.builds(
    Endpoint,
    addresses=st.one_of(
        addresses.map(lambda address: (address,)),
        st.lists(st.sampled_from(ADDRESSES[:3]), min_size=1, max_size=2, unique=True).map(tuple),
    ),
    ready=st.booleans(),
    hostname=st.sampled_from(("", "db-0")),
    zone=st.sampled_from(("", "a")),
)
objects = st.one_of(
    st.builds(Namespace, name=namespaces, version=versions),
    st.builds(
        Service,
        namespace=namespaces,
        name=names,
        cluster_ips=few_addresses,
        ports=ports,
        headless=st.booleans(),
        version=versions,
    ),
    st.builds(
        EndpointSlice,
        namespace=namespaces,
        name=st.sampled_from(("one", "two")),
        service=st.sampled_from(NAMES),
        packed=st.lists(endpoints, max_size=3).map(pack),
        ports=ports,
        import_name=st.sampled_from(NAMES),
        version=versions,
    ),
    st.builds(Pod, namespace=namespaces, name=names, addresses=few_addresses, version=versions),
    st.builds(ServiceImport, namespace=namespaces, name=names, cluster_ips=few_addresses, ports=ports),
)
keys = st.builds(ObjectKey, kind=st.sampled_from(KINDS), namespace=st.sampled_from(NAMESPACES), name=names)
changes = st.builds(
    lambda put, removed: ChangeSet(
        put=tuple({key_of(item): item for item in put}.values()),
        removed=tuple(set(removed) - {key_of(item) for item in put}),
    ),
    put=st.lists(objects, max_size=4),
    removed=st.lists(keys, max_size=3),
)

Answer: TypeAlias = object
LookUp: TypeAlias = Callable[[Table, Noted], Answer]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look-up found, and the rows it noted."""

    answer: Answer
    rows: frozenset[Row]


def look_up(method: str, *arguments: str | bytes | Kind) -> LookUp:
    def asked(table: Table, noted: Noted) -> Answer:
        found = getattr(table, method)(*arguments, noted=noted)
        return tuple(found) if isinstance(found, Iterator | Slices) else found

    return asked


def every_look_up() -> dict[str, LookUp]:
    asked: list[tuple[str | bytes, ...]] = [("is_synced",)]
    by_name = ("service", "slices", "imported_slices")
    by_address = ("services_by_ip", "slices_by_ip", "pods_by_ip")
    asked += [("namespace", namespace) for namespace in NAMESPACES]
    asked += product(by_name, NAMESPACES, NAMES)
    asked += product(by_address, ADDRESSES)
    kinds: tuple[Kind, ...] = (Service, ServiceImport)
    of_kinds = product(kinds, NAMESPACES, NAMES)
    asked += product(("pod_by_ip",), NAMESPACES, ADDRESSES)
    found = {str(question): look_up(str(question[0]), *question[1:]) for question in asked}
    return found | {str(question): look_up("named", *question) for question in of_kinds}


LOOK_UPS = every_look_up()


def look(table: Table) -> dict[str, Seen]:
    seen: dict[str, Seen] = {}
    for name, asked in LOOK_UPS.items():
        noted = Noted()
        answer = without_version(asked(table, noted))
        seen[name] = Seen(answer, frozenset(row for _, row in noted.rows()))
    return seen


def without_version(answer: Answer) -> Answer:
    if isinstance(answer, tuple):
        return tuple(without_version(item) for item in answer)
    fields: list[str] = [name for name in getattr(answer, "__struct_fields__", ()) if name != "version"]
    return (type(answer), [getattr(answer, name) for name in fields]) if fields else answer


def synced_table() -> Table:
    table = Table(clock=lambda: 1.0)
    table.synced = True
    return table


def all_of(table: Table) -> list[ClusterObject]:
    return [item for kind in KINDS for item in table.objects(kind).values()]


def touched_by(table: Table, act: Callable[[], None]) -> frozenset[Row] | None:
    touched: list[frozenset[Row] | None] = []

    def told(source: RowSource, rows: frozenset[Row] | None) -> None:
        touched.append(rows)

    unsubscribe = table.rows.subscribe(told)
    act()
    unsubscribe()
    if None in touched:
        return None
    return frozenset().union(*(rows for rows in touched if rows is not None))


@given(st.lists(changes, max_size=6))
def test_a_look_up_whose_answer_changes_has_a_row_that_is_touched(steps: list[ChangeSet]) -> None:
    table = synced_table()
    for step in steps:
        before = look(table)
        touched = touched_by(table, partial(table.apply, step))
        assert touched is not None
        for name, seen in look(table).items():
            if seen.answer != before[name].answer:
                assert before[name].rows & touched, name


@given(st.lists(changes, max_size=6))
def test_a_table_after_many_changes_equals_one_built_from_scratch(steps: list[ChangeSet]) -> None:
    table, fresh = synced_table(), synced_table()
    for step in steps:
        table.apply(step)
    fresh.apply(ChangeSet(put=tuple(all_of(table))))
    assert look(table) == look(fresh)


@given(st.lists(objects, max_size=8), st.lists(objects, max_size=8))
def test_a_difference_makes_the_new_state_of_the_old(
    old: list[ClusterObject], new: list[ClusterObject]
) -> None:
    table, wanted = synced_table(), synced_table()
    table.apply(ChangeSet(put=tuple(old)))
    wanted.apply(ChangeSet(put=tuple(new)))
    table.apply(difference(all_of(table), new))
    assert look(table) == look(wanted)
    assert not difference(all_of(table), new)


@given(st.lists(objects, max_size=4))
def test_what_is_there_already_touches_nothing(again: list[ClusterObject]) -> None:
    table = synced_table()
    table.apply(ChangeSet(put=tuple(again)))
    generation = table.rows.generation
    table.apply(ChangeSet(put=tuple({key_of(item): item for item in again}.values())))
    assert table.rows.generation == generation


def test_the_first_sync_touches_every_row() -> None:
    table = Table()
    touched = touched_by(table, lambda: setattr(table, "synced", True))
    assert touched is None
    assert table.synced


def test_a_second_sync_touches_nothing() -> None:
    table = Table()
    table.synced = True
    assert touched_by(table, lambda: setattr(table, "synced", True)) == frozenset()


def test_before_the_first_sync_a_change_touches_every_row() -> None:
    table = Table()
    assert touched_by(table, lambda: table.apply(ChangeSet(put=(Namespace(name="shop"),)))) is None
    assert touched_by(table, lambda: table.apply(ChangeSet(put=(Namespace(name="shop"),)))) == frozenset()


def test_a_changed_endpoint_does_not_touch_the_addresses_of_its_neighbours() -> None:
    table = synced_table()
    stays = Endpoint(addresses=(ADDRESSES[0],))
    comes = Endpoint(addresses=(ADDRESSES[1],))
    before = EndpointSlice(namespace="shop", name="one", service="web", packed=pack([stays]))
    after = EndpointSlice(namespace="shop", name="one", service="web", packed=pack([stays, comes]))
    table.apply(ChangeSet(put=(before,)))
    touched = touched_by(table, lambda: table.apply(ChangeSet(put=(after,))))
    assert touched == frozenset({("slices", "shop", "web"), b"endpoint-ip" + ADDRESSES[1]})


def test_a_slice_that_changes_its_service_touches_all_its_addresses() -> None:
    table = synced_table()
    packed = pack([Endpoint(addresses=(ADDRESSES[0],))])
    table.apply(ChangeSet(put=(EndpointSlice(namespace="shop", name="one", service="web", packed=packed),)))
    moved = EndpointSlice(namespace="shop", name="one", service="db", packed=packed)
    touched = touched_by(table, lambda: table.apply(ChangeSet(put=(moved,))))
    assert touched is not None
    assert b"endpoint-ip" + ADDRESSES[0] in touched
