"""What of the declared objects the table holds."""

from collections.abc import Callable
from typing import Protocol

import pytest

from clusterdns.cluster.objects import EndpointSlice, Namespace, Pod, Service
from clusterdns.cluster.table import Table


class Cluster(Protocol):
    table: Table

    def declare(self, name: str, text: str) -> tuple[str, ...]: ...


def pod(phase: str = "Running", metadata: str = "") -> str:
    return (
        f"{{apiVersion: v1, kind: Pod, metadata: {{name: web{metadata}}}, "
        f"status: {{phase: {phase}, podIP: 10.1.0.1}}}}"
    )


DELETED = ", deletionTimestamp: 2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param(pod(), 1, id="running"),
        pytest.param(pod("Pending"), 1, id="pending"),
        pytest.param(pod("Succeeded"), 0, id="succeeded"),
        pytest.param(pod("Failed"), 0, id="failed"),
        pytest.param(pod("Unknown"), 0, id="unknown"),
        pytest.param(pod(metadata=DELETED), 0, id="first-seen-being-deleted"),
    ],
)
def test_which_pods_have_names(cluster: Cluster, text: str, count: int) -> None:
    cluster.declare("all", text)
    assert len(cluster.table.objects(Pod)) == count


def test_a_pod_keeps_its_name_while_it_is_deleted(cluster: Cluster) -> None:
    cluster.declare("all", pod())
    cluster.declare("all", pod(metadata=DELETED).replace("10.1.0.1", "10.1.0.2"))
    (found,) = cluster.table.objects(Pod).values()
    assert isinstance(found, Pod)
    assert found.addresses == (bytes((10, 1, 0, 1)),)
    cluster.declare("all", pod("Succeeded", DELETED))
    assert not cluster.table.objects(Pod)


LABELLED = """
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: ops}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {team: a}}
spec: {clusterIP: None, selector: {app: web}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
status: {phase: Running, podIP: 10.1.0.1}
"""


def test_labels_select_services_slices_and_pods(cluster_with: Callable[..., Cluster]) -> None:
    cluster = cluster_with(labels="team=a")
    cluster.declare("all", LABELLED)
    assert list(cluster.table.objects(Service)) == [("shop", "web")]
    assert list(cluster.table.objects(EndpointSlice)) == [("shop", "web/ipv4/0")]
    assert not cluster.table.objects(Pod)
    assert len(cluster.table.objects(Namespace)) == 2


def test_namespace_labels_select_namespaces_only(cluster_with: Callable[..., Cluster]) -> None:
    cluster = cluster_with(namespace_labels="team=a")
    cluster.declare("all", LABELLED)
    assert list(cluster.table.objects(Namespace)) == [("", "shop")]
    assert len(cluster.table.objects(Service)) == 2


def test_a_label_that_goes_takes_the_object_out(cluster_with: Callable[..., Cluster]) -> None:
    cluster = cluster_with(labels="team=a")
    cluster.declare("all", LABELLED)
    cluster.declare("all", LABELLED.replace("team: a", "team: b"))
    assert not cluster.table.objects(Service)
    assert not cluster.table.objects(EndpointSlice)


def test_a_service_without_an_address_is_named_once(cluster: Cluster) -> None:
    bare = (
        "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {ports: [{port: 80}]}}"
    )
    namespace = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"
    warnings = cluster.declare("all", f"{namespace}\n---\n{bare}")
    assert [warning.split(":")[0] for warning in warnings] == ["Service shop/web without clusterIP"]
    assert cluster.declare("all", f"{namespace}\n---\n{bare.replace('80', '81')}") == ()
    (service,) = cluster.table.objects(Service).values()
    assert isinstance(service, Service)
    assert (service.headless, service.cluster_ips) == (False, ())


def test_an_undeclared_namespace_is_named_once(cluster: Cluster) -> None:
    text = "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {clusterIP: None}}"
    assert cluster.declare("all", text) == (
        "Namespace shop is used and not declared: names in it do not exist until a manifest declares it",
    )
    assert cluster.declare("more", text.replace("web", "db")) == ()
