"""Which changes move the serials on (the rules of CoreDNS, and where we differ)."""

import pytest

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.objects import (
    ClusterObject,
    EndpointSlice,
    Namespace,
    Pod,
    Port,
    Service,
    ServiceImport,
    key_of,
)
from clusterdns.cluster.serials import SERIALS, Serials, Shows, is_newer
from clusterdns.cluster.table import Table

ONE, TWO = bytes((10, 1, 0, 1)), bytes((10, 1, 0, 2))


def service(**fields: object) -> Service:
    return Service(namespace="shop", name="web", **fields)  # type: ignore[arg-type]


def slice_of(*endpoints: Endpoint, **fields: object) -> EndpointSlice:
    given = {"service": "web", **fields}
    return EndpointSlice(namespace="shop", name="web-1", packed=pack(endpoints), **given)  # type: ignore[arg-type]


def serials_after(old: ClusterObject | None, new: ClusterObject | None) -> tuple[int, int, int]:
    """The three serials after `old` (put at 100) became `new` (at 200)."""
    now = 100.0
    table = Table(clock=lambda: now)
    if old is not None:
        table.apply(ChangeSet(put=(old,)))
    now = 200.9
    table.apply(ChangeSet(put=(new,)) if new is not None else ChangeSet(removed=(key_of(old or service()),)))
    return table.serial, table.multicluster_serial, table.external_serial


def test_a_serial_is_0_before_the_first_change() -> None:
    assert Table().serial == 0


def test_a_serial_is_the_unix_time_of_the_change() -> None:
    assert serials_after(None, service())[0] == 200


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(service(), None, id="service-goes"),
        pytest.param(service(), service(ports=(Port("http", 80),)), id="ports"),
        pytest.param(service(), service(external_name="example.org"), id="external-name"),
        pytest.param(service(), service(cluster_ips=(ONE,)), id="cluster-ip"),
        pytest.param(None, slice_of(), id="slice-comes"),
        pytest.param(slice_of(), slice_of(Endpoint(addresses=(ONE,))), id="ready-address"),
        pytest.param(
            slice_of(Endpoint(addresses=(ONE,), ready=False)),
            slice_of(Endpoint(addresses=(ONE,))),
            id="gets-ready",
        ),
        pytest.param(
            slice_of(Endpoint(addresses=(ONE,))),
            slice_of(Endpoint(addresses=(ONE,), hostname="a")),
            id="host-name",
        ),
        pytest.param(
            slice_of(Endpoint(addresses=(ONE,))), slice_of(Endpoint(addresses=(ONE,), zone="a")), id="zone"
        ),
        pytest.param(slice_of(), slice_of(ports=(Port("", 80),)), id="slice-ports"),
        pytest.param(
            Pod(namespace="shop", name="p", addresses=(ONE,)),
            Pod(namespace="shop", name="p", addresses=(TWO,)),
            id="pod-address",
        ),
    ],
)
def test_a_relevant_change_moves_the_serial_on(old: ClusterObject | None, new: ClusterObject | None) -> None:
    assert serials_after(old, new)[0] == 200


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(service(), service(version="2"), id="service-version"),
        pytest.param(service(), service(external=("192.0.2.1",)), id="external-address"),
        pytest.param(
            slice_of(Endpoint(addresses=(ONE,))),
            slice_of(Endpoint(addresses=(ONE,)), Endpoint(addresses=(TWO,), ready=False)),
            id="address-that-is-not-ready",
        ),
        pytest.param(
            slice_of(Endpoint(addresses=(ONE,), node="a", pod="a")),
            slice_of(Endpoint(addresses=(ONE,), node="b", pod="b")),
            id="node-and-pod",
        ),
        pytest.param(
            Pod(namespace="shop", name="p", addresses=(ONE,)),
            Pod(namespace="shop", name="p", addresses=(ONE,), version="2"),
            id="pod-that-keeps-its-address",
        ),
    ],
)
def test_a_change_that_does_not_show_leaves_the_serial(old: ClusterObject, new: ClusterObject) -> None:
    assert serials_after(old, new)[0] == 100


def test_a_namespace_does_not_count() -> None:
    assert serials_after(None, Namespace(name="shop")) == (0, 0, 0)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(ServiceImport(namespace="shop", name="web"), id="import"),
        pytest.param(slice_of(service="", import_name="web"), id="imported-slice"),
    ],
)
def test_what_other_clusters_export_counts_in_multicluster_zones_only(item: ClusterObject) -> None:
    assert serials_after(None, item) == (0, 200, 0)


def test_an_external_address_counts_in_external_zones() -> None:
    assert serials_after(service(), service(external=("192.0.2.1",))) == (100, 0, 200)


HALF = SERIALS // 2


@pytest.mark.parametrize(
    ("one", "other", "newer"),
    [
        pytest.param(2, 1, True, id="greater"),
        pytest.param(1, 2, False, id="less"),
        pytest.param(1, 1, False, id="equal"),
        pytest.param(5, SERIALS - 5, True, id="past-the-end"),
        pytest.param(SERIALS - 5, 5, False, id="before-the-end"),
        pytest.param(HALF, 1, True, id="farthest-ahead"),
        pytest.param(HALF + 1, 1, False, id="neither"),
        pytest.param(1, HALF + 1, False, id="neither-either"),
    ],
)
def test_serials_are_compared_as_in_rfc_1982(one: int, other: int, newer: bool) -> None:
    assert is_newer(one, other) is newer


@pytest.mark.parametrize(
    ("times", "serials"),
    [
        pytest.param((100, 101, 105), (100, 101, 105), id="the-clock-goes-on"),
        pytest.param((100, 100.9, 101), (100, 100, 101), id="twice-in-a-second"),
        pytest.param((100, 40, 99, 101), (100, 100, 100, 101), id="set-back"),
        pytest.param((5, 1.8e9, 6, 1.8e9 + 1), (5, 18 * 10**8, 18 * 10**8, 18 * 10**8 + 1), id="set-late"),
        pytest.param((SERIALS - 1, SERIALS + 3), (SERIALS - 1, 3), id="past-32-bits"),
        pytest.param((HALF + 9, HALF + 8), (HALF + 9, HALF + 9), id="after-2038"),
    ],
)
def test_serials_follow_the_clock_and_never_go_back(
    times: tuple[float, ...], serials: tuple[int, ...]
) -> None:
    clock = iter(times)
    table = Table(clock=lambda: next(clock))
    found: list[int] = []
    for number, _ in enumerate(times):
        table.apply(ChangeSet(put=(service(external_name=f"e{number}"),)))
        found.append(table.serial)
    assert tuple(found) == serials


def test_each_family_of_zones_has_a_serial_of_its_own() -> None:
    kept = Serials(cluster=300, multicluster=100, external=100)
    shown = [
        Shows(cluster=True, multicluster=False, external=False),
        Shows(cluster=False, multicluster=True, external=False),
    ]
    assert kept.after(shown, now=200) == Serials(cluster=300, multicluster=200, external=100)


@pytest.mark.parametrize(
    ("kept", "now", "serial"),
    [
        pytest.param(50, 200, 200, id="the-clock-is-ahead"),
        pytest.param(500, 200, 500, id="the-clock-was-set-back"),
        pytest.param(0, 200, 200, id="nothing-kept"),
        pytest.param(SERIALS - 9, SERIALS + 200, 200, id="past-32-bits"),
    ],
)
def test_a_table_goes_on_from_kept_serials(kept: int, now: float, serial: int) -> None:
    table = Table(clock=lambda: now)
    table.continue_serials(Serials(cluster=kept, external=kept))
    assert (table.serial, table.external_serial) == (kept, kept)
    table.apply(ChangeSet(put=(service(),)))
    assert (table.serial, table.external_serial) == (serial, kept)


def test_serials_that_are_older_than_its_own_do_not_move_a_table_back() -> None:
    table = Table(clock=lambda: 200.0)
    table.apply(ChangeSet(put=(service(),)))
    table.continue_serials(Serials(cluster=100, multicluster=100))
    assert table.serials == Serials(cluster=200, multicluster=100)
