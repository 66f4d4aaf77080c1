"""ServiceImports of the Multi-Cluster Services API (KEP-1645): Services of several clusters."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from clusterdns.cluster.kinds.checks import PORT_OCTETS, are_addresses, are_ports
from clusterdns.cluster.kinds.spec import Group, KindSpec, Ports, Selectors, Shown
from clusterdns.cluster.kube.cleaning import good_addresses
from clusterdns.cluster.kube.faults import Faults
from clusterdns.cluster.kube.making import Making, packed_addresses, version_of
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.kube.shapes import Lean, PortShape, Shape, Text, Whole
from clusterdns.cluster.port import Port
from clusterdns.cluster.selection import Selection
from clusterdns.cluster.work import Work
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


class ImportSpec(Shape, frozen=True):
    type: Text = None
    ips: tuple[str, ...] | None = None
    ports: tuple[PortShape, ...] | None = None


class LeanImport(Shape, frozen=True):
    metadata: Lean
    spec: ImportSpec | None = None


class ServiceImportShape(Whole, frozen=True):
    spec: ImportSpec | None = None


def build(shape: LeanImport | ServiceImportShape, making: Making) -> ServiceImport:
    """A ServiceImport. Raises FieldError."""
    spec = shape.spec
    return ServiceImport(
        namespace=making.namespace_of(shape.metadata),
        name=shape.metadata.name,
        headless=spec is not None and spec.type == "Headless",
        cluster_ips=packed_addresses(spec.ips or (), ("spec", "ips")) if spec else (),
        ports=making.ports(spec.ports or () if spec else ()),
        version=version_of(shape.metadata),
    )


def _clean(shape: LeanImport, faults: Faults) -> Work[LeanImport]:
    """The import with those of its addresses that are some."""
    spec = shape.spec
    if spec is None:
        return shape
    ips = yield from good_addresses(spec.ips or (), ("spec", "ips"), faults)
    return replace(shape, spec=replace(spec, ips=ips))


def _selectors(selection: Selection) -> Selectors | None:
    return Selectors(labels=selection.labels) if selection.imports else None


def _rows(item: ServiceImport) -> Iterator[Row]:
    yield IMPORT, item.namespace, item.name


def _shown(item: ServiceImport) -> Shown:
    return Shown(multicluster=item)


def _group(item: ServiceImport) -> Group:
    """That of the Service of its name, of which it has the slices too."""
    return "service", item.namespace, item.name


def _octets(item: ServiceImport) -> int:
    return PORT_OCTETS * len(item.ports)


def _share(item: ServiceImport, pool: Pool) -> ServiceImport:
    return replace(item, namespace=pool(item.namespace), ports=pool(item.ports))


def _is_sound(item: ServiceImport, _yield_to_loop: Callable[[], None]) -> bool:
    return are_addresses(item.cluster_ips) and are_ports(item.ports)


SERVICE_IMPORTS: Final = KindSpec(
    kind=ServiceImport,
    name="ServiceImport",
    is_label=True,
    root="/apis/multicluster.x-k8s.io/v1alpha1",
    plural="serviceimports",
    selectors=_selectors,
    lean=LeanImport,
    whole=ServiceImportShape,
    ports=Ports(lean=PortShape, whole=PortShape, within=ImportSpec),
    build=build,
    clean=_clean,
    code=b"I",
    rows=_rows,
    name_row=IMPORT,
    shown=_shown,
    group=_group,
    octets=_octets,
    share=_share,
    is_sound=_is_sound,
)
