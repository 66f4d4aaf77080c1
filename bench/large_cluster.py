"""A cluster of many Services, for measuring: one in ten is headless with ten endpoints."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

NAMESPACES: Final = 100


def manifests(services: int) -> Iterator[str]:
    """YAML documents of a cluster with this many Services, spread over a hundred namespaces."""
    for number in range(NAMESPACES):
        yield f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: ns-{number}}}\n"
    for number in range(services):
        yield _headless(number) if number % 10 == 0 else _cluster_ip(number)


def _cluster_ip(number: int) -> str:
    high, low = divmod(number, 250)
    return (
        "apiVersion: v1\nkind: Service\n"
        f"metadata: {{name: service-{number}, namespace: ns-{number % NAMESPACES}}}\n"
        f"spec: {{clusterIP: 10.96.{high}.{low + 1}, ports: [{{name: http, port: 80}}]}}\n"
    )


def _headless(number: int) -> str:
    name, namespace = f"service-{number}", f"ns-{number % NAMESPACES}"
    high, low = divmod(number * 10, 65536)
    endpoints = ", ".join(
        f"{{addresses: [10.{128 + high}.{(low + each) // 256}.{(low + each) % 256}], hostname: h{each}}}"
        for each in range(10)
    )
    return (
        "apiVersion: v1\nkind: Service\n"
        f"metadata: {{name: {name}, namespace: {namespace}}}\n"
        "spec: {clusterIP: None, ports: [{name: http, port: 80}]}\n"
        "---\n"
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\n"
        f"metadata: {{name: {name}-1, namespace: {namespace},"
        f" labels: {{kubernetes.io/service-name: {name}}}}}\n"
        "ports: [{name: http, port: 8080}]\n"
        f"endpoints: [{endpoints}]\n"
    )


def write(folder: Path, services: int) -> None:
    """Write them into a file of `folder`."""
    (folder / "cluster.yaml").write_text("---\n".join(manifests(services)), encoding="utf-8")
