"""Kubernetes objects as the API writes them, and the slim objects made of them."""

import msgspec
import pytest

from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.kinds import KINDS
from clusterdns.cluster.kinds.endpoint_slice import EndpointSliceShape
from clusterdns.cluster.kinds.namespace import NamespaceShape
from clusterdns.cluster.kinds.pod import PodShape
from clusterdns.cluster.kinds.service import ServiceShape, build
from clusterdns.cluster.kinds.service_import import ServiceImportShape
from clusterdns.cluster.kube.making import DEFAULT_NAMESPACE, FieldError, Making
from clusterdns.cluster.kube.shapes import Whole
from clusterdns.cluster.objects import (
    ClusterObject,
    EndpointSlice,
    Namespace,
    Pod,
    Port,
    Service,
    ServiceImport,
)

V4, V6 = bytes((10, 96, 0, 1)), b"\xfd" + bytes(14) + b"\x01"
HTTP = Port("http", 80)


def slim(shape: Whole) -> ClusterObject:
    (spec,) = (spec for spec in KINDS if spec.whole is type(shape))
    item: ClusterObject = spec.build(shape, Making(default_namespace=DEFAULT_NAMESPACE))
    return item


def service(**fields: object) -> Service:
    return Service(namespace="shop", name="web", **fields)  # type: ignore[arg-type]


META = '"metadata": {"name": "web", "namespace": "shop"}'


@pytest.mark.parametrize(
    ("shape", "text", "made"),
    [
        pytest.param(
            NamespaceShape,
            '{"metadata": {"name": "shop", "resourceVersion": "7", "unknown": [1]}}',
            Namespace(name="shop", version="7"),
            id="namespace",
        ),
        pytest.param(
            ServiceShape,
            f'{{{META}, "spec": {{"clusterIP": "10.96.0.1", "ports": [{{"name": "http", "port": 80}}]}}}}',
            service(cluster_ips=(V4,), ports=(HTTP,)),
            id="cluster-ip",
        ),
        pytest.param(
            ServiceShape,
            f'{{{META}, "spec": {{"clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1", "FD00:0:0::1"]}}}}',
            service(cluster_ips=(V4, V6)),
            id="dual-stack-in-any-spelling",
        ),
        pytest.param(
            ServiceShape,
            f'{{{META}, "spec": {{"clusterIP": "None"}}}}',
            service(headless=True),
            id="headless",
        ),
        pytest.param(
            ServiceShape,
            f'{{{META}, "spec": {{"clusterIP": "None", "clusterIPs": ["None"]}}}}',
            service(headless=True),
            id="headless-twice",
        ),
        pytest.param(ServiceShape, f'{{{META}, "spec": {{"clusterIP": ""}}}}', service(), id="not-allocated"),
        pytest.param(ServiceShape, f"{{{META}}}", service(), id="no-spec"),
        pytest.param(
            ServiceShape,
            f'{{{META}, "spec": {{"type": "ExternalName", "externalName": "a.example", "clusterIP": ""}}}}',
            service(type="ExternalName", external_name="a.example"),
            id="external-name",
        ),
        pytest.param(
            ServiceShape,
            f'{{{META}, "spec": {{"type": "LoadBalancer", "clusterIP": "10.96.0.1", '
            '"externalIPs": ["192.0.2.1"]},'
            '"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.2"}, {"hostname": "lb.example"}, {}]}}}',
            service(
                type="LoadBalancer", cluster_ips=(V4,), external=("192.0.2.1", "192.0.2.2", "lb.example")
            ),
            id="external-addresses",
        ),
        pytest.param(
            EndpointSliceShape,
            '{"metadata": {"name": "web-1", "labels": {"kubernetes.io/service-name": "web"}},'
            '"ports": [{"name": "", "port": null}], "addressType": "IPv4",'
            '"endpoints": [{"addresses": ["10.96.0.1"], "conditions": {"ready": null}, "hostname": "a",'
            '"nodeName": "n", "zone": "z", "targetRef": {"kind": "Pod", "name": "p"},'
            '"hints": {"forZones": [{"name": "z"}]}}, {"addresses": [], "conditions": {"ready": false}}]}',
            EndpointSlice(
                namespace="default",
                name="web-1",
                service="web",
                ports=(Port("", None),),
                packed=pack(
                    [Endpoint(addresses=(V4,), hostname="a", node="n", zone="z", pod="p", zone_hints=("z",))]
                ),
            ),
            id="slice-where-absent-readiness-is-ready",
        ),
        pytest.param(
            EndpointSliceShape,
            '{"metadata": {"name": "web-1", "labels": {"multicluster.kubernetes.io/service-name": "web",'
            '"multicluster.kubernetes.io/source-cluster": "east"}}, "endpoints": null, "ports": null}',
            EndpointSlice(namespace="default", name="web-1", import_name="web", cluster="east"),
            id="slice-of-another-cluster",
        ),
        pytest.param(
            EndpointSliceShape,
            f'{{{META}, "addressType": "FQDN", "endpoints": [{{"addresses": ["a.example"]}}]}}',
            EndpointSlice(namespace="shop", name="web"),
            id="slice-of-names-has-no-addresses",
        ),
        pytest.param(
            PodShape,
            f'{{{META}, "status": {{"podIP": "10.96.0.1", '
            '"podIPs": [{"ip": "10.96.0.1"}, {"ip": "fd00::1"}]}}',
            Pod(namespace="shop", name="web", addresses=(V4, V6)),
            id="pod-with-all-addresses",
        ),
        pytest.param(
            PodShape,
            f'{{{META}, "status": {{"podIP": "fd00:0::1"}}}}',
            Pod(namespace="shop", name="web", addresses=(V6,)),
            id="pod-with-one-address",
        ),
        pytest.param(PodShape, f"{{{META}}}", Pod(namespace="shop", name="web"), id="pod-without-status"),
        pytest.param(
            ServiceImportShape,
            f'{{{META}, "spec": {{"type": "ClusterSetIP", "ips": ["10.96.0.1"], '
            '"ports": [{"name": "http", "port": 80}]}}',
            ServiceImport(namespace="shop", name="web", cluster_ips=(V4,), ports=(HTTP,)),
            id="import",
        ),
        pytest.param(
            ServiceImportShape,
            f'{{{META}, "spec": {{"type": "Headless"}}}}',
            ServiceImport(namespace="shop", name="web", headless=True),
            id="headless-import",
        ),
    ],
)
def test_an_object_is_made_slim(shape: type[Whole], text: str, made: ClusterObject) -> None:
    assert slim(msgspec.json.decode(text, type=shape)) == made


@pytest.mark.parametrize(
    ("shape", "text", "path"),
    [
        pytest.param(
            ServiceShape,
            '{"spec": {"clusterIPs": ["10.0.0.1", "x"]}}',
            ("spec", "clusterIPs", 1),
            id="service",
        ),
        pytest.param(
            EndpointSliceShape,
            '{"endpoints": [{"addresses": ["10.0.0.1", "10.0.0.256"]}]}',
            ("endpoints", 0, "addresses", 1),
            id="slice",
        ),
        pytest.param(
            EndpointSliceShape,
            '{"endpoints": [{"addresses": ["fd00::1", "10.0.0.1"]}]}',
            ("endpoints", 0, "addresses", 1),
            id="slice-of-two-families",
        ),
        pytest.param(
            PodShape, '{"status": {"podIPs": [{"ip": "1"}]}}', ("status", "podIPs", 0, "ip"), id="pod"
        ),
        pytest.param(ServiceImportShape, '{"spec": {"ips": ["::g"]}}', ("spec", "ips", 0), id="import"),
    ],
)
def test_an_address_that_is_none_is_an_error_with_its_place(
    shape: type[Whole], text: str, path: tuple[str | int, ...]
) -> None:
    decoded = msgspec.json.decode(f'{{"metadata": {{"name": "a"}}, {text[1:]}', type=shape)
    with pytest.raises(FieldError) as caught:
        slim(decoded)
    assert caught.value.path == path


def test_equal_ports_and_namespaces_are_one_object() -> None:
    making = Making()
    text = f'{{{META}, "spec": {{"ports": [{{"port": 80}}, {{"port": 443}}]}}}}'
    one, other = (build(msgspec.json.decode(text, type=ServiceShape), making) for _ in range(2))
    assert one.ports is other.ports
    assert one.namespace is other.namespace
