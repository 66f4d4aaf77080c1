"""The objects of a large cluster: one in five Services is headless, slices hold at most a hundred endpoints.

Three headless Services have sizes of their own; the other endpoints are spread evenly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

NAMESPACES: Final = 100
MOST_IN_SLICE: Final = 100
HEADLESS_EVERY: Final = 5
SPECIAL: Final = {"big": 5000, "thousand": 1000, "ten": 10}
"""Headless Services of namespace `ns-0` by their number of endpoints, each of which has a name."""

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    services: int = 10_000
    endpoints: int = 150_000

    @property
    def special(self) -> dict[str, int]:
        """The special Services of this size: they may hold half of the endpoints at most."""
        return {name: count for name, count in SPECIAL.items() if count * 2 <= self.endpoints}

    @property
    def ordinary(self) -> int:
        """Services without a size of their own, `service-0` and so on."""
        return self.services - len(self.special)

    def span(self, service: int) -> range:
        """The numbers of an ordinary Service's endpoints."""
        left = self.endpoints - sum(self.special.values())
        return range(left * service // self.ordinary, left * (service + 1) // self.ordinary)

    def special_span(self, name: str) -> range:
        """The numbers of a special Service's endpoints, after the ordinary ones."""
        start = self.endpoints - sum(self.special.values())
        for known, count in self.special.items():
            if known == name:
                return range(start, start + count)
            start += count
        raise KeyError(name)


def namespace_of(service: int) -> str:
    return f"ns-{service % NAMESPACES}"


def is_headless(service: int) -> bool:
    return service % HEADLESS_EVERY == 0


def cluster_ip(service: int, *, turn: int = 0) -> str:
    """An address out of 172.16.0.0/12; each turn has others."""
    high, low = divmod(service, 250)
    return f"172.{16 + turn % 16}.{high % 256}.{low + 1}"


def address(endpoint: int, *, turn: int = 0) -> str:
    """An address out of 10.0.0.0/8; each turn has others."""
    high, low = divmod(endpoint, 62_500)
    return f"10.{(turn * 8 + high) % 256}.{low // 250}.{low % 250 + 1}"


def service(name: str, namespace: str, *, cluster_ip: str) -> Document:
    ports = [{"name": "http", "port": 80, "targetPort": 8080}, {"name": "metrics", "port": 9090}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/name": name, "app.kubernetes.io/managed-by": "Helm"},
        },
        "spec": {"clusterIP": cluster_ip, "ports": ports, "selector": {"app.kubernetes.io/name": name}},
    }


def endpoint(number: int, name: str, *, namespace: str, hostname: str, turn: int = 0) -> Document:
    named = {"hostname": hostname} if hostname else {}
    return named | {
        "addresses": [address(number, turn=turn)],
        "conditions": {"ready": True, "serving": True, "terminating": False},
        "nodeName": f"node-{number % 1000}",
        "targetRef": {
            "kind": "Pod",
            "namespace": namespace,
            "name": f"{name}-6d4cf56db6-{number % 99_999:05}",
            "uid": f"5f0a6f0e-0000-4000-8000-{number:012}",
        },
        "zone": f"region-1{'abc'[number % 3]}",
    }


def endpoint_slice(
    name: str, namespace: str, *, numbers: range, part: int, turns: dict[int, int]
) -> Document:
    """One slice of a Service. `turns`: which endpoints have another address than at first.

    A special Service's endpoints have host names, `h0` and so on.
    """
    first = part * MOST_IN_SLICE
    labels = {
        "kubernetes.io/service-name": name,
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    }
    endpoints = [
        endpoint(
            number,
            name,
            namespace=namespace,
            hostname=f"h{first + at}" if name in SPECIAL else "",
            turn=turns.get(first + at, 0),
        )
        for at, number in enumerate(numbers[first : first + MOST_IN_SLICE])
    ]
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": f"{name}-{part:05}", "namespace": namespace, "labels": labels},
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
        "endpoints": endpoints,
    }


def slices(name: str, namespace: str, *, numbers: range) -> Iterator[Document]:
    for part in range((len(numbers) + MOST_IN_SLICE - 1) // MOST_IN_SLICE):
        yield endpoint_slice(name, namespace, numbers=numbers, part=part, turns={})


def documents(size: Size) -> Iterator[Document]:
    """All objects of a cluster."""
    for number in range(NAMESPACES):
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"ns-{number}"}}
    for number in range(size.ordinary):
        name, namespace = f"service-{number}", namespace_of(number)
        yield service(name, namespace, cluster_ip="None" if is_headless(number) else cluster_ip(number))
        yield from slices(name, namespace, numbers=size.span(number))
    for name in size.special:
        yield service(name, "ns-0", cluster_ip="None")
        yield from slices(name, "ns-0", numbers=size.special_span(name))


def write(folder: Path, size: Size) -> None:
    """Write them to a file that the scripted API server loads."""
    items = {"apiVersion": "v1", "kind": "List", "items": list(documents(size))}
    Path(folder, "cluster.json").write_bytes(msgspec.json.encode(items))
