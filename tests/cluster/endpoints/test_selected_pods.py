"""Endpoints of Services that select Pods, rule by rule as Kubernetes' EndpointSlice controller has them."""

import ipaddress
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


SERVICE = """
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: shop, annotations: {annotations}}}
spec: {{selector: {{app: web}}, ports: [{{name: http, port: 80, targetPort: {target}}}], {more}}}
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {namespace}, labels: {{app: {app}}}{metadata}}}
spec:
  nodeName: node-1
  containers:
  - ports: [{{name: web, containerPort: 9, protocol: UDP}}, {{name: web, containerPort: 8080}}]
  {spec}
status: {status}
"""
READY = "{phase: Running, podIPs: [{ip: 10.1.0.1}], conditions: [{type: Ready, status: 'True'}]}"
NOT_READY = "{phase: Running, podIP: 10.1.0.1, conditions: [{type: Ready, status: 'False'}]}"


def service(*, more: str = "clusterIP: 10.96.0.1", target: str = "8080", annotations: str = "{}") -> str:
    return SERVICE.format(more=more, target=target, annotations=annotations)


def pod(
    name: str = "web-1",
    *,
    status: str = READY,
    app: str = "web",
    namespace: str = "shop",
    metadata: str = "",
    spec: str = "",
) -> str:
    return POD.format(name=name, status=status, app=app, namespace=namespace, metadata=metadata, spec=spec)


def slices(cluster: Cluster, name: str = "web") -> tuple[EndpointSlice, ...]:
    return tuple(cluster.table.slices("shop", name, noted=Noted()))


def endpoints(cluster: Cluster) -> list[Endpoint]:
    return [endpoint for item in slices(cluster) for endpoint in item.endpoints()]


def packed(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


def test_a_ready_pod_becomes_an_endpoint(cluster: Cluster) -> None:
    cluster.declare("all", f"{service()}\n---{pod()}")
    assert endpoints(cluster) == [
        Endpoint(addresses=(packed("10.1.0.1"),), ready=True, pod="web-1", node="node-1")
    ]
    assert slices(cluster)[0].ports == (Port("http", 8080),)


@pytest.mark.parametrize(
    ("status", "metadata", "readiness"),
    [
        pytest.param(NOT_READY, "", [False], id="condition-false"),
        pytest.param(
            "{phase: Running, podIP: 10.1.0.1, conditions: []}", "", [False], id="no-ready-condition"
        ),
        pytest.param("{phase: Running, podIP: 10.1.0.1}", "", [True], id="no-conditions-running"),
        pytest.param("{phase: Pending, podIP: 10.1.0.1}", "", [False], id="no-conditions-pending"),
        pytest.param("{podIP: 10.1.0.1}", "", [False], id="no-phase"),
        pytest.param(READY.replace("Running", "Failed"), "", [], id="failed"),
        pytest.param(READY.replace("Running", "Succeeded"), "", [], id="succeeded"),
        pytest.param("{phase: Running}", "", [], id="no-address"),
        pytest.param("null", "", [], id="no-status"),
        pytest.param(READY, ", deletionTimestamp: 2026-01-01T00:00:00Z", [False], id="being-deleted"),
    ],
)
def test_readiness_of_a_pod(cluster: Cluster, status: str, metadata: str, readiness: list[bool]) -> None:
    cluster.declare("all", f"{service()}\n---{pod(status=status, metadata=metadata)}")
    assert [endpoint.ready for endpoint in endpoints(cluster)] == readiness


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(service(more="publishNotReadyAddresses: true"), id="field"),
        pytest.param(
            service(annotations='{service.alpha.kubernetes.io/tolerate-unready-endpoints: "true"}'),
            id="annotation",
        ),
    ],
)
@pytest.mark.parametrize("metadata", ["", ", deletionTimestamp: 2026-01-01T00:00:00Z"])
def test_not_ready_addresses_can_be_published(cluster: Cluster, text: str, metadata: str) -> None:
    cluster.declare("all", f"{text}\n---{pod(status=NOT_READY, metadata=metadata)}")
    assert [endpoint.ready for endpoint in endpoints(cluster)] == [True]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(pod(app="db"), id="other-label"),
        pytest.param(pod(namespace="ops"), id="other-namespace"),
    ],
)
def test_a_pod_that_is_not_selected_is_no_endpoint(cluster: Cluster, other: str) -> None:
    cluster.declare("all", f"{service()}\n---{other}")
    assert endpoints(cluster) == []


@pytest.mark.parametrize(
    ("target", "ports"),
    [
        pytest.param("8080", (Port("http", 8080),), id="number"),
        pytest.param("web", (Port("http", 8080),), id="name-and-protocol"),
        pytest.param("null", (Port("http", 80),), id="absent-is-the-port-itself"),
        pytest.param("nothing", (), id="unknown-name-leaves-the-port-out"),
    ],
)
def test_target_ports(cluster: Cluster, target: str, ports: tuple[Port, ...]) -> None:
    cluster.declare("all", f"{service(target=target)}\n---{pod()}")
    assert [item.ports for item in slices(cluster)] == [ports]
    assert len(endpoints(cluster)) == 1


def test_a_named_port_of_a_sidecar_counts(cluster: Cluster) -> None:
    sidecar = "initContainers: [{name: s, restartPolicy: Always, ports: [{name: side, containerPort: 7}]}]"
    cluster.declare("all", f"{service(target='side')}\n---{pod(spec=sidecar)}")
    assert slices(cluster)[0].ports == (Port("http", 7),)


def test_pods_that_map_a_name_to_different_ports_get_slices_of_their_own(cluster: Cluster) -> None:
    other = pod("web-2", status=READY.replace("0.1", "0.2")).replace(
        "containerPort: 8080", "containerPort: 81"
    )
    cluster.declare("all", f"{service(target='web')}\n---{pod()}\n---{other}")
    assert [item.ports for item in slices(cluster)] == [(Port("http", 8080),), (Port("http", 81),)]


@pytest.mark.parametrize(
    ("spec", "hostname"),
    [
        pytest.param("{hostname: db-0, subdomain: web}", "db-0", id="subdomain-names-the-service"),
        pytest.param("{hostname: db-0, subdomain: other}", "", id="another-subdomain"),
        pytest.param("{hostname: db-0}", "", id="no-subdomain"),
        pytest.param("{subdomain: web}", "", id="no-hostname"),
    ],
)
def test_a_host_name_needs_the_subdomain_of_the_service(cluster: Cluster, spec: str, hostname: str) -> None:
    fields = "\n  ".join(spec.strip("{}").split(", "))
    cluster.declare("all", f"{service()}\n---{pod(spec=fields)}")
    assert endpoints(cluster)[0].hostname == hostname


DUAL = (
    "{phase: Running, podIP: 10.1.0.1, podIPs: [{ip: 10.1.0.1}, {ip: 'fd00::0:1'}], "
    "conditions: [{type: Ready, status: 'True'}]}"
)


@pytest.mark.parametrize(
    ("more", "addresses"),
    [
        pytest.param("ipFamilies: [IPv4]", ["10.1.0.1"], id="v4"),
        pytest.param("ipFamilies: [IPv6]", ["fd00::1"], id="v6"),
        pytest.param("ipFamilies: [IPv4, IPv6]", ["10.1.0.1", "fd00::1"], id="dual"),
        pytest.param("clusterIPs: ['fd00::a']", ["fd00::1"], id="family-of-the-cluster-ip"),
        pytest.param("clusterIP: None", ["10.1.0.1"], id="headless-takes-the-first-family"),
        pytest.param(
            "clusterIP: None, ipFamilyPolicy: PreferDualStack", ["10.1.0.1", "fd00::1"], id="prefer-dual"
        ),
    ],
)
def test_a_slice_has_one_family(cluster: Cluster, more: str, addresses: list[str]) -> None:
    cluster.declare("all", f"{service(more=more)}\n---{pod(status=DUAL)}")
    assert [endpoint.addresses for endpoint in endpoints(cluster)] == [(packed(text),) for text in addresses]
    assert len(slices(cluster)) == len(addresses)


def test_a_slice_has_at_most_100_endpoints(cluster: Cluster) -> None:
    pods = "\n---".join(pod(f"web-{n}", status=READY.replace("10.1.0.1", f"10.1.1.{n}")) for n in range(101))
    cluster.declare("all", f"{service()}\n---{pods}")
    assert [len(item.endpoints()) for item in slices(cluster)] == [100, 1]


def test_a_headless_service_without_ports_has_endpoints(cluster: Cluster) -> None:
    text = service(more="clusterIP: None").replace("{name: http, port: 80, targetPort: 8080}", "")
    cluster.declare("all", f"{text}\n---{pod()}")
    assert [item.ports for item in slices(cluster)] == [()]
    assert len(endpoints(cluster)) == 1


def test_an_external_name_has_no_endpoints(cluster: Cluster) -> None:
    cluster.declare("all", f"{service(more='type: ExternalName, externalName: a.example')}\n---{pod()}")
    assert slices(cluster) == ()


def test_a_pod_that_comes_later_joins_and_leaves_when_withdrawn(cluster: Cluster) -> None:
    cluster.declare("service", service())
    assert endpoints(cluster) == []
    cluster.declare("pod", pod())
    assert len(endpoints(cluster)) == 1
    cluster.declare("pod", pod(app="db"))
    assert endpoints(cluster) == []
    cluster.declare("pod", pod())
    cluster.withdraw("pod")
    assert slices(cluster) == ()


def test_a_service_that_goes_takes_its_slices_along(cluster: Cluster) -> None:
    cluster.declare("pod", pod())
    cluster.declare("service", service())
    cluster.withdraw("service")
    assert slices(cluster) == ()


def test_a_changed_selector_selects_anew(cluster: Cluster) -> None:
    cluster.declare("pod", pod())
    cluster.declare("service", service().replace("app: web", "app: db"))
    assert endpoints(cluster) == []
    cluster.declare("service", service())
    assert len(endpoints(cluster)) == 1


WRITTEN = """
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: web-x, namespace: shop, labels: {{kubernetes.io/service-name: web{labels}}}}}
addressType: IPv4
endpoints: [{{addresses: [10.9.9.9]}}]
"""


def test_a_written_slice_stands_beside_made_ones(cluster: Cluster) -> None:
    cluster.declare("all", f"{service()}\n---{pod()}\n---{WRITTEN.format(labels='')}")
    assert {item.addresses[0] for item in endpoints(cluster)} == {packed("10.1.0.1"), packed("10.9.9.9")}


def test_in_a_dump_the_controllers_own_slices_are_not_made_again(cluster: Cluster) -> None:
    managed = ", endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io"
    cluster.declare("all", f"{service()}\n---{pod()}\n---{WRITTEN.format(labels=managed)}")
    assert [item.name for item in slices(cluster)] == ["web-x"]
