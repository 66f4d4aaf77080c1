"""ServiceImports of the Multi-Cluster Services API (KEP-1645): Services of several clusters."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from clusterdns.cluster.kinds.checks import PORT_OCTETS, are_addresses, are_ports
from clusterdns.cluster.kinds.spec import Group, KindSpec, Selectors
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.port import Port
from clusterdns.cluster.selection import Selection
from clusterdns.rows import Row

IMPORT: Final = "import"


class ServiceImport(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A ServiceImport of the Multi-Cluster Services API. `headless` is type Headless."""

    namespace: str
    name: str
    headless: bool = False
    cluster_ips: tuple[bytes, ...] = ()
    ports: tuple[Port, ...] = ()
    version: str = ""


def _selectors(selection: Selection) -> Selectors | None:
    return Selectors(labels=selection.labels) if selection.imports else None


def _rows(item: ServiceImport) -> Iterator[Row]:
    yield IMPORT, item.namespace, item.name


def _group(item: ServiceImport) -> Group:
    """That of the Service of its name, of which it has the slices too."""
    return "service", item.namespace, item.name


def _octets(item: ServiceImport) -> int:
    return PORT_OCTETS * len(item.ports)


def _share(item: ServiceImport, pool: Pool) -> ServiceImport:
    return msgspec.structs.replace(item, namespace=pool(item.namespace), ports=pool(item.ports))


def _is_sound(item: ServiceImport, _breathe: Callable[[], None]) -> bool:
    return are_addresses(item.cluster_ips) and are_ports(item.ports)


SERVICE_IMPORTS: Final = KindSpec(
    type=ServiceImport,
    root="/apis/multicluster.x-k8s.io/v1alpha1",
    plural="serviceimports",
    selectors=_selectors,
    code=b"I",
    rows=_rows,
    group=_group,
    octets=_octets,
    share=_share,
    is_sound=_is_sound,
)
