"""Services: a name, the addresses and ports that it stands for."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from clusterdns.cluster.kinds.checks import PORT_OCTETS, are_addresses, are_ports, are_short
from clusterdns.cluster.kinds.spec import CORE, Group, KindSpec, Selectors
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.port import Port
from clusterdns.cluster.selection import Selection
from clusterdns.rows import Row

CLUSTER_IP: Final = "ClusterIP"
EXTERNAL_NAME: Final = "ExternalName"

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


def _selectors(selection: Selection) -> Selectors:
    return Selectors(labels=selection.labels)


def _rows(item: Service) -> Iterator[Row]:
    yield SERVICE, item.namespace, item.name


def _addresses(item: Service) -> tuple[bytes, ...]:
    return item.cluster_ips


def _group(item: Service) -> Group:
    return "service", item.namespace, item.name


def _octets(item: Service) -> int:
    return PORT_OCTETS * len(item.ports) + sum(map(len, item.external))


def _share(item: Service, pool: Pool) -> Service:
    return msgspec.structs.replace(
        item, namespace=pool(item.namespace), type=pool(item.type), ports=pool(item.ports)
    )


def _is_sound(item: Service, _breathe: Callable[[], None]) -> bool:
    texts = (item.type, item.external_name, *item.external)
    return are_addresses(item.cluster_ips) and are_ports(item.ports) and are_short(texts)


SERVICES: Final = KindSpec(
    type=Service,
    root=CORE,
    plural="services",
    selectors=_selectors,
    code=b"S",
    rows=_rows,
    address_row=SERVICE_IP,
    addresses=_addresses,
    group=_group,
    octets=_octets,
    share=_share,
    is_sound=_is_sound,
)
