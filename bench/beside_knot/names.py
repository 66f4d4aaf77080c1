"""A cluster, as manifests for us and as a zone for Knot, and questions about it."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

ZONE: Final = "cluster.local"
ENDPOINTS: Final = 15
"""Addresses of a headless Service; every tenth Service is one."""

NAMESPACES: Final = 100
TTL: Final = 5


class Cluster:
    """`services` Services, of which every tenth is headless."""

    def __init__(self, services: int) -> None:
        self.services = services

    def cluster_ips(self) -> Iterator[int]:
        return (number for number in range(self.services) if number % 10)

    def headless(self) -> Iterator[int]:
        return iter(range(0, self.services, 10))

    def write_manifests(self, folder: Path) -> None:
        """All objects, as lists of JSON."""
        objects = [_namespace(number) for number in range(NAMESPACES)]
        objects += [_service(number, _cluster_ip(number)) for number in self.cluster_ips()]
        for number in self.headless():
            objects += [_service(number, "None"), _slice(number)]
        for part, at in enumerate(range(0, len(objects), 5_000)):
            chosen = {"apiVersion": "v1", "kind": "List", "items": objects[at : at + 5_000]}
            (folder / f"cluster-{part}.json").write_text(json.dumps(chosen), encoding="utf-8")

    def write_zone(self, file: Path) -> None:
        """The same records as a zone of Knot."""
        with file.open("w", encoding="utf-8") as zone:
            zone.write(f"$ORIGIN {ZONE}.\n$TTL {TTL}\n")
            zone.write(f"@ SOA ns.dns hostmaster 1 7200 1800 86400 {TTL}\n@ NS ns.dns\nns.dns A 127.0.0.1\n")
            for number in self.cluster_ips():
                zone.write(f"{_path(number)} A {_cluster_ip(number)}\n")
                zone.write(f"_http._tcp.{_path(number)} SRV 0 100 80 {_path(number)}\n")
            for number in self.headless():
                for place in range(ENDPOINTS):
                    host = f"h{place}.{_path(number)}"
                    zone.write(f"{_path(number)} A {_endpoint(number, place)}\n")
                    zone.write(f"{host} A {_endpoint(number, place)}\n")
                    zone.write(f"_http._tcp.{_path(number)} SRV 0 7 8080 {host}\n")


def fqdn(number: int, prefix: str = "") -> str:
    """The name of a Service, or one below it."""
    return f"{prefix}{_path(number)}.{ZONE}."


def spelled(names: Iterable[str], seed: int) -> list[str]:
    """The names in a spelling that was not asked for before: no memory of packets knows them."""
    random = Random(seed)
    return ["".join(random.choice((each.lower(), each.upper())) for each in name) for name in names]


def _path(number: int) -> str:
    return f"service-{number}.ns-{number % NAMESPACES}.svc"


def _cluster_ip(number: int) -> str:
    return f"10.{96 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


def _endpoint(number: int, place: int) -> str:
    at = number * ENDPOINTS + place
    return f"{100 + (at >> 24)}.{at >> 16 & 255}.{at >> 8 & 255}.{at & 255}"


def _namespace(number: int) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"ns-{number}"}}


def _service(number: int, address: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": f"service-{number}", "namespace": f"ns-{number % NAMESPACES}"},
        "spec": {"clusterIP": address, "ports": [{"name": "http", "port": 80}]},
    }


def _slice(number: int) -> dict[str, Any]:
    name = f"service-{number}"
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": f"{name}-1",
            "namespace": f"ns-{number % NAMESPACES}",
            "labels": {"kubernetes.io/service-name": name},
        },
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": 8080}],
        "endpoints": [
            {"addresses": [_endpoint(number, place)], "hostname": f"h{place}"} for place in range(ENDPOINTS)
        ],
    }
