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
