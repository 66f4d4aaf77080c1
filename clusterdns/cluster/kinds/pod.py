"""Pods: found by their addresses."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from clusterdns.cluster.kinds.checks import are_addresses
from clusterdns.cluster.kinds.spec import CORE, Group, KindSpec, Selectors, Shown
from clusterdns.cluster.kube.cleaning import good_address, good_addresses
from clusterdns.cluster.kube.faults import Faults
from clusterdns.cluster.kube.making import Making, packed_address, version_of
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.kube.shapes import Lean, PortNumber, Shape, Text, Whole
from clusterdns.cluster.selection import Selection
from clusterdns.cluster.work import Work
from clusterdns.rows import Row

RUNNING: Final = "status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown"

ENDED_PHASES: Final = frozenset({"Succeeded", "Failed", "Unknown"})

POD_IP: Final = "pod-ip"


class Pod(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A Pod that runs or will: its status.podIPs, which may be none yet."""

    namespace: str
    name: str
    addresses: tuple[bytes, ...] = ()
    version: str = ""


class ContainerPort(Shape, frozen=True):
    container_port: PortNumber
    name: Text = None
    protocol: Text = None


class Container(Shape, frozen=True):
    ports: tuple[ContainerPort, ...] | None = None
    restart_policy: Text = None


class PodSpec(Shape, frozen=True):
    hostname: Text = None
    subdomain: Text = None
    node_name: Text = None
    containers: tuple[Container, ...] | None = None
    init_containers: tuple[Container, ...] | None = None


class PodIP(Shape, frozen=True):
    ip: str


class PodCondition(Shape, frozen=True):
    type: str
    status: str


class LeanPodStatus(Shape, frozen=True):
    pod_ip: Text = msgspec.field(name="podIP", default=None)
    pod_ips: tuple[PodIP, ...] | None = msgspec.field(name="podIPs", default=None)


class PodStatus(LeanPodStatus, frozen=True):
    phase: Text = None
    conditions: tuple[PodCondition, ...] | None = None


class LeanPod(Shape, frozen=True):
    metadata: Lean
    status: LeanPodStatus | None = None


class PodShape(Whole, frozen=True):
    spec: PodSpec | None = None
    status: PodStatus | None = None


def build(shape: LeanPod | PodShape, making: Making) -> Pod:
    """A Pod with all of its status.podIPs. Raises FieldError."""
    return Pod(
        namespace=making.namespace_of(shape.metadata),
        name=shape.metadata.name,
        addresses=_pod_addresses(shape.status),
        version=version_of(shape.metadata),
    )


def _pod_addresses(status: LeanPodStatus | None) -> tuple[bytes, ...]:
    """All addresses in a Pod's status, none before it has any. Raises FieldError."""
    if status is None:
        return ()
    if status.pod_ips:
        return tuple(
            packed_address(item.ip, ("status", "podIPs", index, "ip"))
            for index, item in enumerate(status.pod_ips)
        )
    return (packed_address(status.pod_ip, ("status", "podIP")),) if status.pod_ip else ()


def is_ended_pod(shape: PodShape) -> bool:
    """Whether a Pod has ended or is lost, so that it has no name any more.

    CoreDNS asks the API server for the same selection when `pods` is `verified`.
    """
    return shape.status is not None and shape.status.phase in ENDED_PHASES


def is_terminating(shape: PodShape) -> bool:
    """Whether a Pod is being deleted."""
    return shape.metadata.deletion_timestamp is not None


def _clean(shape: LeanPod, faults: Faults) -> Work[LeanPod]:
    """The Pod with those of its addresses that are some."""
    status = shape.status
    if status is None:
        return shape
    if status.pod_ips:
        texts = tuple(one.ip for one in status.pod_ips)
        good = set((yield from good_addresses(texts, ("status", "podIPs"), faults)))
        status = replace(status, pod_ips=tuple(one for one in status.pod_ips if one.ip in good))
    if not status.pod_ips and status.pod_ip:
        status = replace(status, pod_ip=good_address(status.pod_ip, ("status", "podIP"), faults))
    return replace(shape, status=status)


def _selectors(selection: Selection) -> Selectors | None:
    return Selectors(labels=selection.labels, fields=RUNNING) if selection.pods else None


def _rows(_item: Pod) -> Iterator[Row]:
    return iter(())


def _addresses(item: Pod) -> tuple[bytes, ...]:
    return item.addresses


def _shown(item: Pod) -> Shown:
    return Shown(cluster=item.addresses)


def _group(item: Pod) -> Group:
    return "pod", item.namespace, item.name


def _octets(_item: Pod) -> int:
    return 0


def _share(item: Pod, pool: Pool) -> Pod:
    return replace(item, namespace=pool(item.namespace))


def _is_sound(item: Pod, _yield_to_loop: Callable[[], None]) -> bool:
    return are_addresses(item.addresses)


PODS: Final = KindSpec(
    kind=Pod,
    name="Pod",
    root=CORE,
    plural="pods",
    selectors=_selectors,
    lean=LeanPod,
    whole=PodShape,
    build=build,
    clean=_clean,
    code=b"P",
    rows=_rows,
    address_row=POD_IP,
    addresses=_addresses,
    shown=_shown,
    group=_group,
    octets=_octets,
    share=_share,
    is_sound=_is_sound,
)
