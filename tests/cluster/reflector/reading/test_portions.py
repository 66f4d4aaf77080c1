"""Large documents are read as small ones are, only a piece at a time; odd ones are left to others."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdns.cluster.objects import EndpointSlice, Kind, Namespace, Pod, Service, ServiceImport
from clusterdns.cluster.reflector.reading.decoding import Decoded, Decoder
from clusterdns.cluster.reflector.reading.portions import PORTION, Portions
from clusterdns.cluster.work import at_once

METADATA = {
    "namespace": "shop",
    "name": "web-1",
    "resourceVersion": "7",
    "labels": {"kubernetes.io/service-name": "web"},
    "managedFields": [{"fieldsV1": {"endpoints": [{}, {"f:ports": {}}], "spec": {"ports": [{}]}}}] * 9,
}
ENDPOINTS = PORTION // 16
PORTS = [{"name": f"p{number}", "port": number} for number in range(1, PORTION // 8)]

Write = Callable[[object], bytes]


def compact(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def spaced(document: object) -> bytes:
    return json.dumps(document, indent=1).encode()


def endpoint(number: int, **more: Any) -> dict[str, Any]:
    return {"addresses": [f"10.0.{number // 256}.{number % 256}"], "nodeName": f"node-{number}", **more}


def slice_of(*endpoints: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"metadata": METADATA, "addressType": "IPv4", "endpoints": endpoints, "ports": PORTS[:3], **more}


def many(**more: Any) -> list[dict[str, Any]]:
    return [endpoint(number, **more) for number in range(ENDPOINTS)]


GOOD = [
    pytest.param(EndpointSlice, slice_of(*many()), id="endpoints"),
    pytest.param(
        EndpointSlice,
        slice_of(*many(hints={"forZones": [{"name": "a"}, {"name": "b"}, {"name": "c"}]})),
        id="inner objects",
    ),
    pytest.param(
        EndpointSlice,
        slice_of(*many(targetRef={"kind": "Pod", "name": '},{"addresses":["10.0.0.9"]},{'})),
        id="texts that look like the end of an element",
    ),
    pytest.param(EndpointSlice, slice_of(*many(zone='a"},\\{'), ports=PORTS), id="escapes, many ports"),
    pytest.param(
        EndpointSlice,
        slice_of({"addresses": [f"10.1.{at // 256}.{at % 256}" for at in range(1500)]}, *many()),
        id="many addresses of one",
    ),
    pytest.param(
        EndpointSlice,
        slice_of(*({"addresses": [f"fd00::{number:x}"]} for number in range(ENDPOINTS)), addressType="IPv6"),
        id="IPv6",
    ),
    pytest.param(EndpointSlice, slice_of(*many(), addressType="FQDN"), id="names instead of addresses"),
    pytest.param(EndpointSlice, slice_of(ports=PORTS), id="no endpoint"),
    pytest.param(EndpointSlice, {"metadata": METADATA, "endpoints": None, "ports": None}, id="null"),
    pytest.param(EndpointSlice, {"metadata": METADATA}, id="neither"),
    pytest.param(
        Service, {"metadata": METADATA, "spec": {"clusterIP": "None", "ports": PORTS}}, id="Service"
    ),
    pytest.param(
        Service,
        {
            "metadata": METADATA,
            "spec": {"clusterIPs": ["10.96.0.1", "fd00::1"], "ports": PORTS, "externalIPs": ["1.2.3.4"]},
            "status": {"loadBalancer": {"ingress": [{"hostname": "lb.example"}]}},
        },
        id="Service with addresses",
    ),
    pytest.param(
        Service,
        {"metadata": METADATA, "spec": {"type": "ExternalName", "externalName": "a.example", "ports": PORTS}},
        id="ExternalName",
    ),
    pytest.param(Service, {"metadata": METADATA}, id="no spec"),
    pytest.param(
        ServiceImport,
        {"metadata": METADATA, "spec": {"type": "ClusterSetIP", "ips": ["10.7.0.1"], "ports": PORTS}},
        id="ServiceImport",
    ),
    pytest.param(Pod, {"metadata": METADATA, "status": {"podIP": "10.0.0.7"}}, id="a kind without lists"),
    pytest.param(Namespace, {"metadata": METADATA}, id="one without anything"),
]


def portions(kind: Kind) -> Portions:
    return Portions(kind, Decoder(kind).at_once)


@pytest.mark.parametrize("write", [compact, spaced])
@pytest.mark.parametrize(("kind", "document"), GOOD)
def test_a_document_reads_in_portions_as_it_reads_whole(
    kind: Kind, document: dict[str, Any], write: Write
) -> None:
    raw = msgspec.Raw(write(document))
    assert at_once(portions(kind).read(raw)) == Decoder(kind).decode(raw)


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        pytest.param(EndpointSlice, slice_of(*many(), endpoint(300 * 256)), id="no address"),
        pytest.param(
            EndpointSlice, slice_of(*many(), {"addresses": ["10.0.0.1", "fd00::1"]}), id="two families"
        ),
        pytest.param(EndpointSlice, slice_of(*many(), {"addresses": None}), id="null for a list"),
        pytest.param(EndpointSlice, slice_of(*many(), 7), id="no object"),  # type: ignore[arg-type]
        pytest.param(EndpointSlice, slice_of(*many(), ports=[*PORTS, {"port": "http"}]), id="odd port"),
        pytest.param(EndpointSlice, {"metadata": METADATA, "endpoints": {"addresses": []}}, id="no list"),
        pytest.param(EndpointSlice, {"endpoints": many()}, id="no metadata"),
        pytest.param(Service, {"metadata": METADATA, "spec": {"ports": [*PORTS, {}]}}, id="no port"),
        pytest.param(Service, {"metadata": METADATA, "spec": 7}, id="no spec"),
    ],
)
def test_what_is_odd_is_given_back(kind: Kind, document: dict[str, Any]) -> None:
    assert at_once(portions(kind).read(msgspec.Raw(compact(document)))) is None


def test_text_that_ends_early_is_given_back() -> None:
    text = compact(slice_of(*many()))
    for length in (10, len(text) // 2, len(text) - 1):
        assert at_once(portions(EndpointSlice).read(msgspec.Raw(text[:length]))) is None


@pytest.mark.parametrize(
    ("kind", "document", "octets"),
    [
        pytest.param(EndpointSlice, slice_of(*many()), PORTION * 2, id="endpoints"),
        pytest.param(EndpointSlice, slice_of(ports=PORTS), PORTION * 2, id="ports"),
        pytest.param(Service, {"metadata": METADATA, "spec": {"ports": PORTS}}, PORTION * 2, id="Service"),
    ],
)
def test_no_piece_reads_much_more_than_a_portion(kind: Kind, document: dict[str, Any], octets: int) -> None:
    raw = msgspec.Raw(compact(document))
    pieces = sum(1 for _ in portions(kind).read(raw))
    assert pieces >= len(compact(document)) / octets


endpoints = st.lists(
    st.builds(
        endpoint,
        st.integers(0, 65535),
        hostname=st.text(max_size=8),
        zone=st.text('"\\{}[],: a', max_size=300),
        hints=st.builds(
            lambda zones: {"forZones": [{"name": zone} for zone in zones]},
            st.lists(st.text('},{"', max_size=20), max_size=8),
        ),
    ),
    max_size=40,
)


@given(st.lists(endpoints, min_size=1, max_size=3))
def test_any_endpoints_read_in_portions_as_they_read_whole(found: list[list[dict[str, Any]]]) -> None:
    several = [one for some in found for one in some] * 4
    raw = msgspec.Raw(compact(slice_of(*several)))
    read: Decoded | None = at_once(portions(EndpointSlice).read(raw))
    assert read is None or read == Decoder(EndpointSlice).decode(raw)


@pytest.mark.parametrize(
    ("kind", "odd", "without"),
    [
        pytest.param(
            EndpointSlice, slice_of(*many(), endpoint(300 * 256)), slice_of(*many()), id="an address"
        ),
        pytest.param(
            Service,
            {"metadata": METADATA, "spec": {"ports": [{"port": 70_000}, *PORTS]}},
            {"metadata": METADATA, "spec": {"ports": PORTS}},
            id="a port",
        ),
    ],
)
def test_a_large_document_with_one_odd_value_is_read_in_pieces_too(
    kind: Kind, odd: dict[str, Any], without: dict[str, Any]
) -> None:
    decoder = Decoder(kind)
    work, pieces = decoder.in_steps(msgspec.Raw(compact(odd))), 0
    decoded: Decoded | None = None
    while decoded is None:
        pieces += 1
        try:
            next(work)
        except StopIteration as end:
            decoded = end.value
    assert decoded.item == decoder.decode(msgspec.Raw(compact(without))).item
    assert decoded.faults is not None
    assert decoded.faults.count == 1
    assert pieces >= ENDPOINTS / 4
