"""Services: a name, the addresses and ports that it stands for."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from clusterdns.cluster.kinds.checks import PORT_OCTETS, are_addresses, are_ports, are_short
from clusterdns.cluster.kinds.spec import CORE, Group, KindSpec, Ports, Selectors, Shown
from clusterdns.cluster.kube.cleaning import good_address, good_addresses
from clusterdns.cluster.kube.faults import Faults
from clusterdns.cluster.kube.making import Making, packed_address, packed_addresses, version_of
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.kube.shapes import Labels, Lean, PortShape, Shape, Text, Whole
from clusterdns.cluster.port import Port
from clusterdns.cluster.selection import Selection
from clusterdns.cluster.work import Work
from clusterdns.rows import Row

CLUSTER_IP: Final = "ClusterIP"
EXTERNAL_NAME: Final = "ExternalName"
NO_CLUSTER_IP: Final = "None"

SERVICE: Final = "service"
SERVICE_IP: Final = "service-ip"


class Service(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A Service.

    `headless` is a clusterIP of None; then, and for ExternalName, and before an address was allocated,
    `cluster_ips` is empty. `external` are spec.externalIPs, then the load balancer's addresses or
    host names, as written.
    """

    namespace: str
    name: str
    type: str = CLUSTER_IP
    headless: bool = False
    cluster_ips: tuple[bytes, ...] = ()
    ports: tuple[Port, ...] = ()
    external_name: str = ""
    external: tuple[str, ...] = ()
    version: str = ""


class ServicePort(PortShape, frozen=True):
    target_port: int | str | None = None


class LeanServiceSpec(Shape, frozen=True):
    type: Text = None
    cluster_ip: Text = msgspec.field(name="clusterIP", default=None)
    cluster_ips: tuple[str, ...] | None = msgspec.field(name="clusterIPs", default=None)
    ports: tuple[PortShape, ...] | None = None
    external_name: Text = None
    external_ips: tuple[str, ...] | None = msgspec.field(name="externalIPs", default=None)


class ServiceSpec(LeanServiceSpec, frozen=True):
    ports: tuple[ServicePort, ...] | None = None
    selector: Labels = None
    publish_not_ready_addresses: bool | None = None
    ip_families: tuple[str, ...] | None = None
    ip_family_policy: Text = None


class Ingress(Shape, frozen=True):
    ip: Text = None
    hostname: Text = None


class LoadBalancer(Shape, frozen=True):
    ingress: tuple[Ingress, ...] | None = None


class ServiceStatus(Shape, frozen=True):
    load_balancer: LoadBalancer | None = None


class LeanService(Shape, frozen=True):
    metadata: Lean
    spec: LeanServiceSpec | None = None
    status: ServiceStatus | None = None


class ServiceShape(Whole, frozen=True):
    spec: ServiceSpec | None = None
    status: ServiceStatus | None = None


_NO_SPEC: Final = LeanServiceSpec()


def build(shape: LeanService | ServiceShape, making: Making) -> Service:
    """A Service. Without a clusterIP, as before one is allocated, it has no addresses. Raises FieldError."""
    spec = shape.spec or _NO_SPEC
    kind = spec.type or CLUSTER_IP
    headless, cluster_ips = (False, ()) if kind == EXTERNAL_NAME else cluster_addresses(spec)
    return Service(
        namespace=making.namespace_of(shape.metadata),
        name=shape.metadata.name,
        type=making.share(kind),
        headless=headless,
        cluster_ips=cluster_ips,
        ports=making.ports(spec.ports or ()),
        external_name=(spec.external_name or "") if kind == EXTERNAL_NAME else "",
        external=_external_places(shape.spec, shape.status),
        version=version_of(shape.metadata),
    )


def cluster_addresses(spec: LeanServiceSpec) -> tuple[bool, tuple[bytes, ...]]:
    """Whether a Service is headless; if not, its ClusterIPs: `clusterIPs` or, without them, `clusterIP`.

    Raises FieldError.
    """
    if not spec.cluster_ips:
        text = spec.cluster_ip or ""
        if text == NO_CLUSTER_IP:
            return True, ()
        return False, (packed_address(text, ("spec", "clusterIP")),) if text else ()
    if spec.cluster_ips[0] == NO_CLUSTER_IP:
        return True, ()
    if "" in spec.cluster_ips:
        return False, packed_addresses([text for text in spec.cluster_ips if text], ("spec", "clusterIPs"))
    return False, packed_addresses(spec.cluster_ips, ("spec", "clusterIPs"))


def _external_places(spec: LeanServiceSpec | None, status: ServiceStatus | None) -> tuple[str, ...]:
    """Where a Service is found from outside, as written: its externalIPs, then its load balancer's places."""
    declared = spec.external_ips if spec and spec.external_ips else ()
    balancer = status.load_balancer if status else None
    ingress = balancer.ingress if balancer and balancer.ingress else ()
    return (*declared, *(text for item in ingress if (text := item.ip or item.hostname)))


def _clean(shape: LeanService, faults: Faults) -> Work[LeanService]:
    """The Service with those of its ClusterIPs that are addresses."""
    spec = shape.spec
    if spec is None or spec.type == EXTERNAL_NAME:
        return shape
    return replace(shape, spec=(yield from _with_addresses(spec, faults)))


def _with_addresses(spec: LeanServiceSpec, faults: Faults) -> Work[LeanServiceSpec]:
    if spec.cluster_ips and spec.cluster_ips[0] != NO_CLUSTER_IP:
        kept = yield from good_addresses(spec.cluster_ips, ("spec", "clusterIPs"), faults)
        spec = replace(spec, cluster_ips=kept)
    if not spec.cluster_ips and spec.cluster_ip not in {None, "", NO_CLUSTER_IP}:
        spec = replace(spec, cluster_ip=good_address(spec.cluster_ip or "", ("spec", "clusterIP"), faults))
    return spec


def _selectors(selection: Selection) -> Selectors:
    return Selectors(labels=selection.labels)


def _rows(item: Service) -> Iterator[Row]:
    yield SERVICE, item.namespace, item.name


def _addresses(item: Service) -> tuple[bytes, ...]:
    return item.cluster_ips


def _shown(item: Service) -> Shown:
    return Shown(
        cluster=(item.type, item.headless, item.cluster_ips, item.ports, item.external_name),
        external=(item.external, item.ports) if item.external else None,
    )


def _group(item: Service) -> Group:
    return "service", item.namespace, item.name


def _octets(item: Service) -> int:
    return PORT_OCTETS * len(item.ports) + sum(map(len, item.external))


def _share(item: Service, pool: Pool) -> Service:
    return replace(item, namespace=pool(item.namespace), type=pool(item.type), ports=pool(item.ports))


def _is_sound(item: Service, _yield_to_loop: Callable[[], None]) -> bool:
    texts = (item.type, item.external_name, *item.external)
    return are_addresses(item.cluster_ips) and are_ports(item.ports) and are_short(texts)


SERVICES: Final = KindSpec(
    kind=Service,
    name="Service",
    is_label=True,
    root=CORE,
    plural="services",
    selectors=_selectors,
    lean=LeanService,
    whole=ServiceShape,
    ports=Ports(lean=PortShape, whole=ServicePort, within=LeanServiceSpec),
    build=build,
    clean=_clean,
    code=b"S",
    rows=_rows,
    name_row=SERVICE,
    address_row=SERVICE_IP,
    addresses=_addresses,
    shown=_shown,
    group=_group,
    octets=_octets,
    share=_share,
    is_sound=_is_sound,
)
