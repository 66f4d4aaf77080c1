"""Endpoints of Services without selectors, mirrored to slices by the rules of Kubernetes."""

from typing import Protocol

import pytest

from clusterdns.cluster.endpoint import Endpoint
from clusterdns.cluster.objects import EndpointSlice, Port
from clusterdns.cluster.table import Table
from clusterdns.rows import Noted


class Cluster(Protocol):
    table: Table

    def declare(self, name: str, text: str) -> tuple[str, ...]: ...

    def withdraw(self, name: str) -> tuple[str, ...]: ...


SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {clusterIP: None}}"
ENDPOINTS = """
apiVersion: v1
kind: Endpoints
metadata: {name: db, namespace: shop}
subsets:
- addresses:
  - {ip: 10.1.0.1, hostname: db-0, nodeName: node-1, targetRef: {kind: Pod, name: db-0-pod}}
  - {ip: 'fd00::1'}
  notReadyAddresses: [{ip: 10.1.0.2}]
  ports: [{name: sql, port: 5432}]
"""
SLICE = """
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-x, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
endpoints: []
"""


def slices(cluster: Cluster) -> tuple[EndpointSlice, ...]:
    return tuple(cluster.table.slices("shop", "db", noted=Noted()))


def test_endpoints_become_a_slice_for_each_family(cluster: Cluster) -> None:
    cluster.declare("all", f"{SERVICE}\n---{ENDPOINTS}")
    v4, v6 = slices(cluster)
    assert v4.endpoints() == (
        Endpoint(addresses=(bytes((10, 1, 0, 1)),), hostname="db-0", pod="db-0-pod", node="node-1"),
        Endpoint(addresses=(bytes((10, 1, 0, 2)),), ready=False),
    )
    assert v6.endpoints() == (Endpoint(addresses=(b"\xfd" + bytes(14) + b"\x01",)),)
    assert v4.ports == v6.ports == (Port("sql", 5432),)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            f"{SERVICE}\n---{ENDPOINTS}".replace(
                "name: db, namespace: shop}\nsub",
                'name: db, namespace: shop, labels: {endpointslice.kubernetes.io/skip-mirror: "true"}}\nsub',
            ),
            id="labelled-to-be-skipped",
        ),
        pytest.param(
            f"{SERVICE}\n---{ENDPOINTS}".replace(
                "name: db, namespace: shop}\nsub",
                "name: db, namespace: shop, annotations: {control-plane.alpha.kubernetes.io/leader: x}}\nsub",
            ),
            id="lock-of-an-election",
        ),
        pytest.param(ENDPOINTS, id="no-service"),
        pytest.param(
            f"{SERVICE}\n---{ENDPOINTS}".replace("clusterIP: None", "clusterIP: None, selector: {app: db}"),
            id="service-has-a-selector",
        ),
    ],
)
def test_endpoints_that_are_not_mirrored(cluster: Cluster, text: str) -> None:
    cluster.declare("all", text)
    assert slices(cluster) == ()


def test_written_slices_stand_for_endpoints(cluster: Cluster) -> None:
    cluster.declare("all", f"{SERVICE}\n---{ENDPOINTS}\n---{SLICE}")
    assert [item.name for item in slices(cluster)] == ["db-x"]


def test_endpoints_are_mirrored_when_the_written_slice_goes(cluster: Cluster) -> None:
    cluster.declare("all", f"{SERVICE}\n---{ENDPOINTS}")
    cluster.declare("slice", SLICE)
    cluster.withdraw("slice")
    assert len(slices(cluster)) == 2


def test_endpoints_wait_for_their_service(cluster: Cluster) -> None:
    cluster.declare("endpoints", ENDPOINTS)
    cluster.declare("service", SERVICE)
    assert len(slices(cluster)) == 2
    cluster.withdraw("endpoints")
    assert slices(cluster) == ()
