"""The cost of an audit: octets received and seconds of CPU.

    python -m bench.audit_octets [SERVICES] [ENDPOINTS] [ENDPOINTS_A_SLICE]

Objects carry the metadata that a cluster's own have: labels, owners, annotations of kubectl and Helm, notes
of managed fields. The API server is the scripted one, in this process; its CPU is not counted apart.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from clusterdns.cluster.api import ApiClient, ApiSettings
from clusterdns.cluster.audit import Auditor
from clusterdns.cluster.reflector import ApiSource, SourceSettings
from testbed.apiserver import ApiServer

NAMESPACES = 100
PERIOD = 1800.0
CREATED = "2026-01-01T00:00:00Z"


def managed(manager: str, fields: list[str], *, operation: str = "Update") -> dict[str, Any]:
    return {
        "manager": manager,
        "operation": operation,
        "apiVersion": "v1",
        "time": CREATED,
        "fieldsType": "FieldsV1",
        "fieldsV1": {f"f:{field}": {".": {}, f"f:{field}-of-it": {}} for field in fields},
    }


def service(number: int) -> dict[str, Any]:
    name = f"service-{number}"
    labels = {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/instance": f"{name}-release",
        "app.kubernetes.io/managed-by": "Helm",
        "helm.sh/chart": "service-1.2.3",
    }
    spec = {"clusterIP": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", "ports": [{"port": 80}]}
    applied = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
    }
    annotations = {
        "kubectl.kubernetes.io/last-applied-configuration": json.dumps(applied),
        "meta.helm.sh/release-name": f"{name}-release",
    }
    fields = [
        "annotations",
        "labels",
        "internalTrafficPolicy",
        "ports",
        "selector",
        "sessionAffinity",
        "type",
    ]
    return {
        "kind": "Service",
        "metadata": {
            "namespace": f"namespace-{number % NAMESPACES}",
            "name": name,
            "labels": labels,
            "annotations": annotations,
            "managedFields": [managed("helm", fields)],
        },
        "spec": spec,
    }


def slices(number: int, endpoints: range, most: int) -> Iterator[dict[str, Any]]:
    name = f"service-{number}"
    for start in range(endpoints.start, endpoints.stop, most):
        some = range(start, min(start + most, endpoints.stop))
        yield {
            "kind": "EndpointSlice",
            "metadata": {
                "namespace": f"namespace-{number % NAMESPACES}",
                "name": f"{name}-{start:05x}",
                "generateName": f"{name}-",
                "generation": 17,
                "labels": {
                    "app.kubernetes.io/name": name,
                    "app.kubernetes.io/instance": f"{name}-release",
                    "app.kubernetes.io/managed-by": "Helm",
                    "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
                    "kubernetes.io/service-name": name,
                },
                "annotations": {"endpoints.kubernetes.io/last-change-trigger-time": CREATED},
                "ownerReferences": [
                    {"apiVersion": "v1", "kind": "Service", "name": name, "controller": True}
                ],
                "managedFields": [
                    managed(
                        "kube-controller-manager", ["addressType", "endpoints", "labels", "owner", "ports"]
                    )
                ],
            },
            "addressType": "IPv4",
            "endpoints": [
                {"addresses": [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"], "conditions": {"ready": True}}
                for n in some
            ],
            "ports": [{"name": "http", "port": 80}],
        }


def fill(server: ApiServer, services: int, endpoints: int, most: int) -> int:
    count = 0
    for number in range(NAMESPACES):
        server.put({"kind": "Namespace", "metadata": {"name": f"namespace-{number}"}})
    for number in range(services):
        server.put(service(number))
        own = range(endpoints * number // services, endpoints * (number + 1) // services)
        for item in slices(number, own, most):
            server.put(item)
            count += 1
    return count


async def measure(services: int, endpoints: int, most: int, *, compress: bool) -> None:
    async with ApiServer(window=10, compress=compress) as server:
        count = fill(server, services, endpoints, most)
        client = ApiClient(ApiSettings(endpoints=(server.url,)))
        async with ApiSource(SourceSettings(), client=client) as source:
            await source.wait_synced()
            await asyncio.sleep(2)
            auditor = Auditor(source, client, period=PERIOD)
            began = time.process_time()
            await auditor.audit()
            cpu = time.process_time() - began
    coding = "gzip" if compress else "plain"
    megabytes = auditor.octets_per_hour / 1e6
    print(f"{services:,} Services, {endpoints:,} endpoints, {count:,} slices, {coding}: {megabytes:.1f} MB/h")
    for name, figures in auditor.figures.items():
        print(f"  {name}: {figures.octets_last / 1e6:.2f} MB an audit, {figures.missed} missed")
    print(f"  {cpu:.2f} s of CPU an audit, the server's share included")


def main(services: int = 10_000, endpoints: int = 150_000, most: int = 100) -> None:
    for compress in (True, False):
        asyncio.run(measure(services, endpoints, most, compress=compress))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
