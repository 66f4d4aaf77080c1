"""What the API sends is read as manifests are, faster, and without building what nobody needs."""

from ipaddress import IPv6Address
from random import Random
from typing import Any

import msgspec
import pytest

from clusterdns.cluster import EndpointSlice, Namespace, Pod, Service, ServiceImport
from clusterdns.cluster.kinds import SPECS
from clusterdns.cluster.kube.making import DEFAULT_NAMESPACE, Making
from clusterdns.cluster.objects import ClusterObject, Kind
from clusterdns.cluster.reflector.reading.decoding import NOBODY, Decoder, ObjectIdentity, UnreadableError


def raw(document: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(document))


def as_manifest(kind: Kind, document: object) -> ClusterObject:
    spec = SPECS[kind]
    shape = msgspec.json.decode(msgspec.json.encode(document), type=spec.whole)
    item: ClusterObject = spec.build(shape, Making(default_namespace=DEFAULT_NAMESPACE))
    return item


class Documents:
    """Random documents, in every form that the API has."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def any_of(self, kind: Kind) -> dict[str, Any]:
        makers = {
            Namespace: dict[str, Any],
            Service: self._service,
            EndpointSlice: self._slice,
            Pod: self._pod,
            ServiceImport: self._import,
        }
        document: dict[str, Any] = makers[kind]()
        metadata = document.setdefault("metadata", {})
        metadata |= {"name": self._word(), "resourceVersion": str(self._random.randrange(10**6))}
        if kind is not Namespace:
            metadata["namespace"] = self._word()
        return document

    def _service(self) -> dict[str, Any]:
        random = self._random
        spec: dict[str, Any] = {"selector": {"app": self._word()}, "ports": self._ports()}
        if random.random() < 0.9:
            spec["type"] = random.choice(("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"))
        if random.random() < 0.8:
            spec["clusterIP"] = random.choice(("None", "", self._ip()))
        if random.random() < 0.5:
            spec["clusterIPs"] = random.choice((["None"], [self._ip(), self._ip6()], None))
        if random.random() < 0.4:
            spec["externalIPs"] = [self._ip()]
            spec["externalName"] = "example.org"
        status = {"loadBalancer": {"ingress": [{"ip": self._ip()}, {"hostname": "lb.example.org"}, {}]}}
        return {"spec": spec, "status": random.choice((status, {}, {"loadBalancer": {}}))}

    def _slice(self) -> dict[str, Any]:
        random = self._random
        six = random.random() < 0.3
        labels = {
            "kubernetes.io/service-name": self._word(),
            "multicluster.kubernetes.io/service-name": self._word(),
            "multicluster.kubernetes.io/source-cluster": self._word(),
            "other": "x",
        }
        chosen = {key: value for key, value in labels.items() if random.random() < 0.6}
        return {
            "metadata": {"labels": random.choice((chosen, None))},
            "addressType": random.choice(("FQDN", "IPv6" if six else "IPv4", "IPv6" if six else "IPv4")),
            "ports": random.choice((self._ports(), None, [{"name": "", "port": None}])),
            "endpoints": [self._endpoint(six=six) for _ in range(random.randrange(5))] or None,
        }

    def _endpoint(self, *, six: bool) -> dict[str, Any]:
        random = self._random
        endpoint: dict[str, Any] = {"addresses": [self._ip6() if six else self._ip()]}
        extras: dict[str, Any] = {
            "conditions": random.choice(({"ready": True}, {"ready": False}, {"ready": None}, {})),
            "hostname": self._word(),
            "nodeName": self._word(),
            "targetRef": random.choice(({"kind": "Pod", "name": self._word()}, {"kind": "Node"})),
            "zone": "zone-a",
            "hints": random.choice(({"forZones": [{"name": "zone-a"}]}, {})),
        }
        return endpoint | {key: value for key, value in extras.items() if random.random() < 0.6}

    def _pod(self) -> dict[str, Any]:
        random = self._random
        ips = [{"ip": self._ip()}, {"ip": self._ip6()}]
        status = {"podIP": ips[0]["ip"], "podIPs": random.choice((ips, [], None)), "phase": "Running"}
        return {"spec": {"containers": []}, "status": random.choice((status, {}, {"podIP": ""}))}

    def _import(self) -> dict[str, Any]:
        kind = self._random.choice(("Headless", "ClusterSetIP"))
        return {
            "spec": {"type": kind, "ips": self._random.choice(([self._ip()], None)), "ports": self._ports()}
        }

    def _ports(self) -> list[dict[str, Any]]:
        numbers = range(self._random.randrange(3))
        return [{"name": f"p{number}", "port": 80 + number, "protocol": "UDP"} for number in numbers]

    def _word(self) -> str:
        return self._random.choice(("web", "db", "a-b-c", "x" * 63))

    def _ip(self) -> str:
        return ".".join(str(self._random.randrange(256)) for _ in range(4))

    def _ip6(self) -> str:
        return str(IPv6Address(self._random.getrandbits(128)))


@pytest.mark.parametrize("kind", [Namespace, Service, EndpointSlice, Pod, ServiceImport])
def test_documents_are_read_as_manifests_are(kind: Kind) -> None:
    documents, decoder = Documents(Random(3)), Decoder(kind)
    for _ in range(200):
        document = documents.any_of(kind)
        item = decoder.decode(raw(document)).item
        assert item == as_manifest(kind, document)
        identity = decoder.peek(raw(document))
        assert identity.names == (item.namespace, item.name)
        assert identity.version == item.version


@pytest.mark.parametrize(
    ("document", "identity"),
    [
        pytest.param(b"[]", NOBODY, id="no object"),
        pytest.param(b"{}", NOBODY, id="no metadata"),
        pytest.param(b'{"metadata":{"namespace":"shop"}}', NOBODY, id="no name"),
        pytest.param(b'{"metadata":{"name":["web"],"namespace":"shop"}}', NOBODY, id="odd name"),
        pytest.param(b'{"metadata":{"name":"web","namespace":7}}', NOBODY, id="odd namespace"),
        pytest.param(b'{"metadata":{"name":"web"},"spec":{"a":NaN}}', NOBODY, id="no JSON"),
        pytest.param(b"\xff\xfe", NOBODY, id="no text"),
        pytest.param(b"", NOBODY, id="nothing"),
    ],
)
def test_what_has_no_name_is_one_error(document: bytes, identity: ObjectIdentity) -> None:
    with pytest.raises(UnreadableError) as caught:
        Decoder(Service).decode(msgspec.Raw(document))
    assert caught.value.identity == identity


def test_the_moment_of_the_change_is_kept_for_slices() -> None:
    notes = {"endpoints.kubernetes.io/last-change-trigger-time": "2026-01-02T03:04:05Z", "other": "x"}
    decoded = Decoder(EndpointSlice).decode(raw({"metadata": {"name": "a", "annotations": notes}}))
    assert decoded.trigger == "2026-01-02T03:04:05Z"


def test_the_bookmark_that_ends_initial_events_is_known() -> None:
    notes = {"k8s.io/initial-events-end": "true"}
    bookmark = {"kind": "Service", "metadata": {"resourceVersion": "7", "annotations": notes}}
    assert Decoder(Service).peek(raw(bookmark)) == (("", ""), "7", True)
    assert not Decoder(Service).peek(raw({"metadata": {"resourceVersion": "7"}})).ends_initial


def test_equal_texts_are_shared() -> None:
    decoder = Decoder(Service)
    document = {"metadata": {"name": "a", "namespace": "shop"}, "spec": {"ports": [{"port": 80}]}}
    one, other = decoder.decode(raw(document)).item, decoder.decode(raw(document)).item
    assert isinstance(one, Service)
    assert isinstance(other, Service)
    assert one.namespace is other.namespace
    assert one.ports is other.ports
