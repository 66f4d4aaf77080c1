"""The cluster in memory: few words, real objects."""

from ipaddress import ip_address

import pytest

from clusterdns.cluster import Endpoint, EndpointSlice, Namespace, Pod, Port, Service, ServiceImport
from clusterdns.rows import Noted
from clusterdns.testing.cluster import Cluster, endpoint, port


def packed(text: str) -> bytes:
    return ip_address(text).packed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.1", Endpoint(addresses=(packed("10.0.0.1"),))),
        ("10.0.0.1!", Endpoint(addresses=(packed("10.0.0.1"),), ready=False)),
        ("fd00::1=db-0", Endpoint(addresses=(packed("fd00::1"),), hostname="db-0")),
        ("10.0.0.1,10.0.0.2", Endpoint(addresses=(packed("10.0.0.1"), packed("10.0.0.2")))),
        (
            "10.0.0.1=db-0@eu-1a#db-pod!",
            Endpoint(
                addresses=(packed("10.0.0.1"),), hostname="db-0", zone="eu-1a", pod="db-pod", ready=False
            ),
        ),
    ],
)
def test_an_endpoint_in_one_word(text: str, expected: Endpoint) -> None:
    assert endpoint(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80", Port("", 80)),
        ("http:80", Port("http", 80)),
        ("dns:53/UDP", Port("dns", 53, "UDP")),
        ("x:-", Port("x", None)),
    ],
)
def test_a_port_in_one_word(text: str, expected: Port) -> None:
    assert port(text) == expected


def test_what_is_put_can_be_looked_up() -> None:
    cluster, noted = Cluster(), Noted()
    cluster.service("shop/web", "10.96.0.20", ports=["http:80"])
    cluster.headless("shop/db", "10.0.0.5=db-0")
    cluster.external_name("shop/docs", "example.com")
    cluster.pod("shop/web-1", "10.0.0.7")
    cluster.service_import("far/api", "10.112.0.1")
    cluster.imported_slice("far/api", "east", "10.1.0.1")
    cluster.namespace("empty")
    table = cluster.table
    assert table.is_synced(noted=noted)
    web = table.service("shop", "web", noted=noted)
    assert web == Service(
        namespace="shop", name="web", cluster_ips=(packed("10.96.0.20"),), ports=(Port("http", 80),)
    )
    assert [item.name for item in table.slices("shop", "db", noted=noted)] == ["db-1"]
    assert [item.cluster for item in table.imported_slices("far", "api", noted=noted)] == ["east"]
    assert {name for _, name in table.objects(Namespace)} == {"shop", "far", "empty"}
    assert {kind: len(table.objects(kind)) for kind in (Service, EndpointSlice, Pod, ServiceImport)} == {
        Service: 3,
        EndpointSlice: 2,
        Pod: 1,
        ServiceImport: 1,
    }


def test_what_is_removed_is_gone() -> None:
    cluster = Cluster()
    cluster.service("shop/web", "10.96.0.20")
    cluster.remove(Service, "shop/web")
    cluster.remove(Namespace, "shop")
    assert not cluster.table.objects(Service)
    assert not cluster.table.objects(Namespace)


def test_its_clock_gives_the_serials() -> None:
    cluster = Cluster(now=100)
    cluster.service("a/s", "10.0.0.1")
    cluster.now = 200
    assert cluster.table.serial == 100
    cluster.service("a/t", "10.0.0.2")
    assert cluster.table.serial == 200


def test_manifests_give_endpoints_as_a_cluster_would() -> None:
    cluster = Cluster.from_yaml(
        """
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c}]}
status: {phase: Running, podIPs: [{ip: 10.0.0.9}], conditions: [{type: Ready, status: "True"}]}
"""
    )
    (found,) = cluster.table.slices("shop", "web", noted=Noted())
    assert [one.addresses for one in found.endpoints()] == [(packed("10.0.0.9"),)]


def test_manifests_that_are_wrong_fail_the_test() -> None:
    with pytest.raises(AssertionError, match=r"cluster\.yaml:"):
        Cluster.from_yaml("kind: [")
