"""One odd value leaves only that value out, of every kind and in every field that is read."""

from typing import Any, Final

import msgspec
import pytest

from clusterdns.cluster import EndpointSlice, Namespace, Pod, Port, Service, ServiceImport
from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.objects import ClusterObject, Kind
from clusterdns.cluster.reflector.reading.decoding import Decoder
from clusterdns.cluster.work import at_once

V4, V6 = bytes((10, 96, 0, 13)), b"\xfd" + bytes(14) + b"\x01"
HTTP = Port("http", 80)
META: Final = '"metadata":{"namespace":"shop","name":"web","resourceVersion":"7"}'
DEEP: Final = '{"f:a":' * 10_000 + "1" + "}" * 10_000
NAMES: Final[dict[str, Any]] = {"namespace": "shop", "name": "web", "version": "7"}


def read(kind: Kind, document: str) -> tuple[ClusterObject, str]:
    decoded = Decoder(kind).decode(msgspec.Raw(document.encode("utf-8", "surrogatepass")))
    return decoded.item, str(decoded.faults or "")


def service(spec: str, status: str = "{}") -> tuple[ClusterObject, str]:
    return read(Service, f'{{{META},"spec":{spec},"status":{status}}}')


def sliced(rest: str) -> tuple[ClusterObject, str]:
    return read(EndpointSlice, f'{{{META},"addressType":"IPv4",{rest}}}')


def a_service(**fields: Any) -> Service:
    usual: dict[str, Any] = {"cluster_ips": (V4,), "ports": (HTTP,)}
    return Service(**usual | NAMES | fields)


PORTS: Final = '"ports":[{"name":"http","port":80}]'
IP: Final = '"clusterIP":"10.96.0.13"'


@pytest.mark.parametrize(
    ("spec", "fields", "fault"),
    [
        pytest.param(f"{{{IP},{PORTS},\"selector\":{DEEP}}}", {}, "", id="nested deeply, not read"),
        pytest.param(f'{{{IP},{PORTS},"x":"\\ud800"}}', {}, "", id="half a surrogate pair, not read"),
        pytest.param(f'{{{IP},{PORTS},"x":{"9" * 5000},"y":1e999999}}', {}, "", id="numbers, not read"),
        pytest.param(f'{{{IP},"ports":[{{"name":"http","port":80,"targetPort":[]}}]}}', {}, "",
                     id="odd target port, not read"),
        pytest.param('{"clusterIP":"010.096.000.013",' + PORTS + "}", {}, "", id="leading zeros"),
        pytest.param('{"clusterIP":"::ffff:10.96.0.13",' + PORTS + "}", {}, "", id="mapped IPv4"),
        pytest.param('{"clusterIPs":["10.96.0.13","ten","fd00::1"],' + PORTS + "}",
                     {"cluster_ips": (V4, V6)}, 'spec.clusterIPs[1]: expected an IP address, found "ten"',
                     id="one bad address"),
        pytest.param('{"clusterIPs":["10.96.0.13",7,null],' + PORTS + "}", {},
                     "spec.clusterIPs[1]: expected str, got int; 1 more like these", id="no text"),
        pytest.param(f'{{"clusterIPs":{{}},{IP},{PORTS}}}', {}, "spec.clusterIPs: expected array",
                     id="no list"),
        pytest.param('{"clusterIPs":["ten"],' + IP + "," + PORTS + "}", {}, "spec.clusterIPs[0]: expected",
                     id="the other field is good"),
        pytest.param('{"clusterIP":"ten",' + PORTS + "}", {"cluster_ips": ()}, "spec.clusterIP: expected",
                     id="no address"),
        pytest.param('{"type":["x"],' + IP + "," + PORTS + "}", {}, "spec.type: expected str", id="odd type"),
        pytest.param('{"type":"ExternalName","externalName":{"a":1}}',
                     {"type": "ExternalName", "cluster_ips": (), "ports": ()}, "spec.externalName: expected",
                     id="odd name"),
        pytest.param(f'{{{IP},"ports":[{{"port":0}},{{"name":"http","port":80}},{{"port":70000}}]}}', {},
                     "spec.ports[0].port: expected int >= 1; 1 more like these", id="ports"),
        pytest.param(f'{{{IP},"ports":[{{"port":{"9" * 30}}},{{"name":"http","port":80}}]}}', {},
                     "spec.ports[0].port: ", id="a large number"),
        pytest.param(f'{{{IP},"ports":[{{"port":{"9" * 5000}}},{{"name":"http","port":80}}]}}', {},
                     "spec.ports[0].port: ", id="a number of 5,000 digits"),
        pytest.param(f'{{{IP},"ports":[{{"port":8e400}},{{"name":"http","port":80}}]}}', {},
                     "spec.ports[0].port: ", id="a number over all bounds"),
        pytest.param(f'{{{IP},"ports":[{{"port":53,"protocol":[]}},{{"name":"http","port":80}}]}}', {},
                     "spec.ports[0].protocol: expected str", id="not another protocol"),
        pytest.param(f'{{{IP},"ports":[null,7,{{}},{{"name":"http","port":80}}]}}', {},
                     "spec.ports[0]: expected object", id="no ports"),
        pytest.param(f'{{{IP},{PORTS},"externalIPs":["192.0.2.1",7]}}', {"external": ("192.0.2.1",)},
                     "spec.externalIPs[1]: expected str", id="odd external address"),
        pytest.param(f'{{{IP},{PORTS},"externalIPs":null,"type":null,"externalName":null}}', {}, "",
                     id="null"),
        pytest.param(f'{{"clusterIP":"9.9.9.9",{IP},{PORTS}}}', {}, "", id="the last of two keys counts"),
        pytest.param("7", {"cluster_ips": (), "ports": ()}, "spec: expected object", id="no spec"),
        pytest.param("null", {"cluster_ips": (), "ports": ()}, "", id="null spec"),
    ],
)  # fmt: skip
def test_of_a_service(spec: str, fields: dict[str, Any], fault: str) -> None:
    item, found = service(spec)
    assert item == a_service(**fields)
    assert found.startswith(fault)
    assert bool(found) == bool(fault)


@pytest.mark.parametrize(
    ("status", "external"),
    [
        ("7", ()),
        ('{"loadBalancer":[]}', ()),
        ('{"loadBalancer":{"ingress":[7,{"ip":"192.0.2.1"},{"ip":[],"hostname":"a.example"}]}}',
         ("192.0.2.1", "a.example")),
    ],
)  # fmt: skip
def test_of_a_load_balancer(status: str, external: tuple[str, ...]) -> None:
    item, found = service(f"{{{IP},{PORTS}}}", status)
    assert item == a_service(external=external)
    assert found.startswith("status")


GOOD: Final = '{"addresses":["10.96.0.13"]}'
ONE: Final = pack([Endpoint(addresses=(V4,))])


@pytest.mark.parametrize(
    ("rest", "packed", "fault"),
    [
        pytest.param(f'"endpoints":[{GOOD},{{"addresses":["10.96.0.256"]}}]', ONE,
                     'endpoints[1].addresses[0]: expected an IP address, found "10.96.0.256"',
                     id="bad address"),
        pytest.param('"endpoints":[{"addresses":["ten","010.096.000.013",7]}]', ONE,
                     "endpoints[0].addresses[2]: expected str, got int; 1 more like these",
                     id="bad beside good"),
        pytest.param('"endpoints":[{"addresses":["fd00::1","10.96.0.13"]}]', ONE,
                     "endpoints[0].addresses[0]: expected an address of the family of the others",
                     id="families"),
        pytest.param(f'"endpoints":[{GOOD},{{"addresses":null}},{{}},null,7,[]]', ONE,
                     "endpoints[1].addresses: expected a value", id="no endpoints"),
        pytest.param('"endpoints":[{"addresses":["10.96.0.13"],"hostname":7,"nodeName":[],"zone":{},'
                     '"targetRef":"x","conditions":7,"hints":{"forZones":[{"name":null}]}}]', ONE,
                     "endpoints[0].conditions: expected object", id="all else is odd"),
        pytest.param('"endpoints":[{"addresses":["10.96.0.13"],"conditions":{"ready":"no"}}]', ONE,
                     "endpoints[0].conditions.ready: expected bool", id="odd readiness is unknown"),
        pytest.param(f'"endpoints":[{GOOD}],"ports":[{{"port":0}},{{"port":70000}}]', ONE,
                     "ports[0].port: expected int >= 1; 1 more like these", id="ports"),
        pytest.param(f'"endpoints":[{GOOD}],"ports":"x"', ONE, "ports: expected array", id="no ports"),
        pytest.param('"endpoints":{"a":1}', b"", "endpoints: expected array", id="no list"),
        pytest.param(f'"endpoints":[{GOOD}],"x":{DEEP}', ONE, "", id="nested deeply, not read"),
        pytest.param(f'"endpoints":[{GOOD[:-1]},"targetRef":{{"name":"a","x":{DEEP}}}}}]',
                     pack([Endpoint(addresses=(V4,), pod="a")]), "", id="nested deeply, beside what is read"),
        pytest.param(f'"endpoints":[{GOOD[:-1]},"hostname":"a\\ud800"}}]',
                     pack([Endpoint(addresses=(V4,), hostname="a\ufffd")]), "", id="half a surrogate pair"),
    ],
)  # fmt: skip
def test_of_a_slice(rest: str, packed: bytes, fault: str) -> None:
    item, found = sliced(rest)
    assert item == EndpointSlice(**NAMES, packed=packed)
    assert found.startswith(fault)
    assert bool(found) == bool(fault)


@pytest.mark.parametrize(
    ("metadata", "fields"),
    [
        ('"labels":7', {}),
        ('"labels":{"kubernetes.io/service-name":7,"multicluster.kubernetes.io/source-cluster":"east"}',
         {"cluster": "east"}),
        ('"labels":{"kubernetes.io/service-name":"web","other":7}', {"service": "web"}),
        ('"labels":{"kubernetes.io/service-name":null}', {}),
        ('"annotations":[]', {}),
        ('"annotations":{"endpoints.kubernetes.io/last-change-trigger-time":7}', {}),
        (f'"managedFields":[{{"fieldsV1":{DEEP}}}]', {}),
        ('"managedFields":[{"fieldsV1":{"f:\\ud800":{}}}]', {}),
    ],
)  # fmt: skip
def test_of_the_metadata(metadata: str, fields: dict[str, Any]) -> None:
    item, _ = read(EndpointSlice, f'{{{META[:-1]},{metadata}}},"endpoints":[{GOOD}]}}')
    assert item == EndpointSlice(**NAMES, packed=ONE, **fields)


@pytest.mark.parametrize(
    ("kind", "document", "item"),
    [
        (Namespace, '{"metadata":{"name":"shop","resourceVersion":7,"labels":[]},"spec":7}',
         Namespace(name="shop")),
        (Pod, f'{{{META},"status":{{"podIPs":[{{"ip":"ten"}},{{"ip":"010.96.0.13"}},{{}},null]}}}}',
         Pod(**NAMES, addresses=(V4,))),
        (Pod, f'{{{META},"status":{{"podIPs":7,"podIP":"::ffff:10.96.0.13"}}}}',
         Pod(**NAMES, addresses=(V4,))),
        (Pod, f'{{{META},"status":{{"podIP":"ten"}}}}', Pod(**NAMES)),
        (Pod, f'{{{META},"status":[]}}', Pod(**NAMES)),
        (ServiceImport, f'{{{META},"spec":{{"ips":["ten","10.96.0.13",7],"type":7,"ports":[{{"port":0}}]}}}}',
         ServiceImport(**NAMES, cluster_ips=(V4,))),
        (ServiceImport, f'{{{META},"spec":{{"x":{DEEP},"ips":["10.96.0.13"]}}}}',
         ServiceImport(**NAMES, cluster_ips=(V4,))),
        (ServiceImport, f'{{{META},"spec":"x"}}', ServiceImport(**NAMES)),
    ],
)  # fmt: skip
def test_of_other_kinds(kind: Kind, document: str, item: ClusterObject) -> None:
    assert read(kind, document)[0] == item


@pytest.mark.parametrize("name", ["UPPER", "a b", "x" * 300, "-", "\u00e9", "a.b", "\\u0000", "\\ud800"])
def test_a_name_may_be_any_text(name: str) -> None:
    item, _ = read(Namespace, f'{{"metadata":{{"name":"{name}"}}}}')
    assert item.name
    assert item.name.encode()  # no half a surrogate pair, which could not be written to a snapshot


def test_a_document_with_many_odd_values_is_read_in_steps() -> None:
    endpoints = ",".join(['{"addresses":["ten","10.96.0.13"]}'] * 2000)
    document = msgspec.Raw(f'{{{META},"endpoints":[{endpoints}]}}'.encode())
    decoder = Decoder(EndpointSlice)
    assert decoder.at_once(document) is None
    steps = sum(1 for _ in decoder.in_steps(document))
    assert steps >= 2000
    assert str(at_once(decoder.in_steps(document)).faults).endswith("1999 more like these")
