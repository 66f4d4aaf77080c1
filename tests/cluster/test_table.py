"""Look-ups in the table: what they find, and that they note what they asked for."""

from collections.abc import Callable

import pytest

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.objects import (
    EndpointSlice,
    Namespace,
    ObjectKey,
    Pod,
    Port,
    Service,
    ServiceImport,
)
from clusterdns.cluster.table import Table
from clusterdns.rows import Noted, Row

VIP = bytes((10, 96, 0, 1))
ONE, TWO = bytes((10, 1, 0, 1)), bytes((10, 1, 0, 2))
READY = Endpoint(addresses=(ONE,), hostname="db-0")
UNREADY = Endpoint(addresses=(TWO,), ready=False)

WEB = Service(namespace="shop", name="web", cluster_ips=(VIP,), ports=(Port("http", 80),))
WEB_1 = EndpointSlice(namespace="shop", name="web-1", service="web", packed=pack([READY, UNREADY]))
WEB_2 = EndpointSlice(namespace="shop", name="web-2", service="web", packed=pack([READY]))
REMOTE = EndpointSlice(
    namespace="shop", name="remote", import_name="web", cluster="east", packed=pack([READY])
)
POD = Pod(namespace="shop", name="web-abc", addresses=(ONE, TWO))
HOST_POD = Pod(namespace="ops", name="agent", addresses=(ONE,))
IMPORT = ServiceImport(namespace="shop", name="web", cluster_ips=(VIP,))
EVERYTHING = (Namespace(name="shop"), WEB, WEB_2, WEB_1, REMOTE, POD, HOST_POD, IMPORT)


def filled() -> Table:
    table = Table()
    table.apply(ChangeSet(put=EVERYTHING))
    return table


LookUp = Callable[[Table, Noted], object]


@pytest.mark.parametrize(
    ("look_up", "found"),
    [
        pytest.param(lambda t, n: t.service("shop", "web", noted=n), WEB, id="service"),
        pytest.param(lambda t, n: t.service("ops", "web", noted=n), None, id="no-service"),
        pytest.param(
            lambda t, n: tuple(t.slices("shop", "web", noted=n)), (WEB_1, WEB_2), id="slices-in-order"
        ),
        pytest.param(lambda t, n: tuple(t.slices("shop", "db", noted=n)), (), id="no-slices"),
        pytest.param(lambda t, n: t.namespace("shop", noted=n), Namespace(name="shop"), id="namespace"),
        pytest.param(lambda t, n: t.namespace("ops", noted=n), None, id="no-namespace"),
        pytest.param(lambda t, n: t.services_by_ip(VIP, noted=n), (WEB,), id="service-by-ip"),
        pytest.param(lambda t, n: t.services_by_ip(ONE, noted=n), (), id="no-service-by-ip"),
        pytest.param(lambda t, n: tuple(t.slices_by_ip(ONE, noted=n)), (WEB_1, WEB_2), id="slices-by-ip"),
        pytest.param(
            lambda t, n: tuple(t.slices_by_ip(TWO, noted=n)),
            (WEB_1,),
            id="slice-by-ip-not-ready-is-found-too",
        ),
        pytest.param(lambda t, n: tuple(t.slices_by_ip(VIP, noted=n)), (), id="no-slice-by-ip"),
        pytest.param(lambda t, n: t.pods_by_ip(ONE, noted=n), (HOST_POD, POD), id="pods-by-ip"),
        pytest.param(lambda t, n: t.pod_by_ip("shop", ONE, noted=n), POD, id="pod-of-namespace"),
        pytest.param(lambda t, n: t.pod_by_ip("ops", TWO, noted=n), None, id="no-pod-of-namespace"),
        pytest.param(lambda t, n: t.named(ServiceImport, "shop", "web", noted=n), IMPORT, id="import"),
        pytest.param(
            lambda t, n: tuple(t.imported_slices("shop", "web", noted=n)), (REMOTE,), id="imported-slices"
        ),
    ],
)
def test_a_look_up_finds_what_was_put(look_up: LookUp, found: object) -> None:
    assert look_up(filled(), Noted()) == found


@pytest.mark.parametrize(
    ("look_up", "row"),
    [
        pytest.param(lambda t, n: t.is_synced(noted=n), ("synced",), id="synced"),
        pytest.param(lambda t, n: t.service("a", "b", noted=n), ("service", "a", "b"), id="service"),
        pytest.param(lambda t, n: t.slices("a", "b", noted=n), ("slices", "a", "b"), id="slices"),
        pytest.param(lambda t, n: t.namespace("a", noted=n), ("namespace", "a"), id="namespace"),
        pytest.param(lambda t, n: t.services_by_ip(b"1234", noted=n), ("service-ip", b"1234"), id="vip"),
        pytest.param(lambda t, n: t.slices_by_ip(b"1234", noted=n), b"endpoint-ip1234", id="local"),
        pytest.param(lambda t, n: t.pods_by_ip(b"1234", noted=n), ("pod-ip", b"1234"), id="pods"),
        pytest.param(lambda t, n: t.pod_by_ip("a", b"1234", noted=n), ("pod-ip", b"1234"), id="pod"),
        pytest.param(
            lambda t, n: t.named(ServiceImport, "a", "b", noted=n), ("import", "a", "b"), id="import"
        ),
        pytest.param(
            lambda t, n: t.imported_slices("a", "b", noted=n), ("imported", "a", "b"), id="imported"
        ),
    ],
)
def test_a_look_up_that_finds_nothing_notes_its_row(look_up: LookUp, row: Row) -> None:
    table, noted = Table(), Noted()
    look_up(table, noted)
    assert noted.rows() == ((table.rows, row),)


def test_slices_by_ip_note_the_slices_that_are_taken() -> None:
    table, noted = filled(), Noted()
    found = table.slices_by_ip(ONE, noted=noted)
    assert [row for _, row in noted.rows()] == [b"endpoint-ip" + ONE]
    assert next(found) == WEB_1
    assert [row for _, row in noted.rows()] == [b"endpoint-ip" + ONE, ("slices", "shop", "web")]


def test_slices_of_other_clusters_are_not_found_by_address() -> None:
    table = Table()
    table.apply(ChangeSet(put=(REMOTE,)))
    assert not tuple(table.slices_by_ip(ONE, noted=Noted()))


def test_what_was_removed_is_not_found() -> None:
    table = filled()
    keys = tuple(ObjectKey(type(item), item.namespace, item.name) for item in EVERYTHING)
    table.apply(ChangeSet(removed=keys))
    noted = Noted()
    assert table.service("shop", "web", noted=noted) is None
    assert not table.slices("shop", "web", noted=noted)
    assert not tuple(table.slices_by_ip(ONE, noted=noted))
    assert table.pods_by_ip(ONE, noted=noted) == ()
    assert table.services_by_ip(VIP, noted=noted) == ()
    assert not table.imported_slices("shop", "web", noted=noted)


def test_removing_what_is_not_there_changes_nothing() -> None:
    table = filled()
    generation = table.rows.generation
    table.apply(ChangeSet(removed=(ObjectKey(Service, "shop", "nothing"),)))
    assert table.rows.generation == generation


def test_an_address_that_moves_to_another_service_is_found_there_only() -> None:
    table = filled()
    moved = EndpointSlice(namespace="shop", name="db-1", service="db", packed=WEB_2.packed)
    gone = (ObjectKey(EndpointSlice, "shop", "web-1"), ObjectKey(EndpointSlice, "shop", "web-2"))
    table.apply(ChangeSet(put=(moved,), removed=gone))
    assert [found.service for found in table.slices_by_ip(ONE, noted=Noted())] == ["db"]


def test_a_new_version_alone_is_kept_and_touches_nothing() -> None:
    table = Table()
    table.synced = True
    table.apply(ChangeSet(put=(Service(namespace="shop", name="web", version="1"),)))
    generation = table.rows.generation
    table.apply(ChangeSet(put=(Service(namespace="shop", name="web", version="2"),)))
    assert table.rows.generation == generation
    assert table.objects(Service)["shop", "web"].version == "2"


def test_iterating_services_survives_changes() -> None:
    table = filled()
    services = table.services()
    table.apply(ChangeSet(put=(Service(namespace="shop", name="new"),)))
    assert [service.name for service in services] == ["web"]
