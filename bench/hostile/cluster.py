"""The objects before the attack begins: an ordinary cluster, and the hostile tenant's large Services.

A question to one of these used to cost as much as they hold.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from bench.hostile.objects import NAMESPACE, SMALL_SLICES
from bench.watch.cluster import Document, Size, documents, service

HUGE: Final = 100_000
PER_SLICE: Final = 100
OWN: Final = 50_000
SHARING: Final = 5000
SHARED: Final = 25_000
OWN_ADDRESS: Final = "127.0.0.1"
"""That at which the server is asked: an endpoint with it may be the zone's name server."""

SHARED_BY_SERVICES: Final = "10.201.0.1"
SHARED_BY_ENDPOINTS: Final = "10.202.0.1"


def write(folder: Path, size: Size) -> None:
    """Write a file that the scripted API server loads."""
    items = {"apiVersion": "v1", "kind": "List", "items": [*documents(size), *dear_objects()]}
    Path(folder, "cluster.json").write_bytes(msgspec.json.encode(items))


def dear_objects() -> Iterator[Document]:
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    for name in ("huge", "own", "shared", "small", "large", "long-name", *ODD):
        yield service(name, NAMESPACE, cluster_ip="None")
    yield from _slices("huge", (_endpoint(at) for at in range(HUGE)))
    yield from _slices("own", ({"addresses": [OWN_ADDRESS]} for _ in range(OWN)))
    yield from _slices("shared", ({"addresses": [SHARED_BY_ENDPOINTS]} for _ in range(SHARED)))
    for at in range(SHARING):
        yield service(f"sharing-{at}", NAMESPACE, cluster_ip=SHARED_BY_SERVICES)
    for at in range(SMALL_SLICES):
        yield _slice(f"small-{at}", "small", [{"addresses": [f"10.211.{at // 250}.{at % 250 + 1}"]}])


ODD: Final = ("odd-port", "odd-zeros", "odd-mapped", "odd-address")


def _endpoint(at: int) -> Document:
    """Each hundredth has the name of a node or of a zone."""
    named = {"hostname": "zone-1" if at % 200 else "node-1"} if at % 100 == 0 else {}
    address = f"10.{128 + at // 62_500}.{at // 250 % 250}.{at % 250 + 1}"
    return named | {"addresses": [address], "nodeName": "node-1", "zone": "zone-1"}


def _slices(name: str, endpoints: Iterable[Document]) -> Iterator[Document]:
    all_endpoints = list(endpoints)
    for at in range(0, len(all_endpoints), PER_SLICE):
        yield _slice(f"{name}-{at}", name, all_endpoints[at : at + PER_SLICE])


def _slice(name: str, owner: str, endpoints: list[Document]) -> Document:
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": name,
            "namespace": NAMESPACE,
            "labels": {"kubernetes.io/service-name": owner},
        },
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
        "endpoints": endpoints,
    }
