"""EndpointSlices of a Service that selects Pods, by the rules of Kubernetes' EndpointSlice controller.

- A Pod counts when it has an address and has not ended (phase Succeeded or Failed).
- It is ready by its condition Ready, and not while it is being deleted. A manifest that gives no
  conditions at all, which no kubelet writes, is taken at its word: phase Running is ready.
- publishNotReadyAddresses, or the annotation that came before it, makes every endpoint ready.
- A host name is given by spec.hostname when spec.subdomain names the Service.
- A named target port is the port of that name and protocol in a container (or a sidecar) of the Pod; where
  a Pod has none, its endpoint goes without that port, in a slice of its own.
- One slice holds addresses of one family and at most 100 endpoints.
- ExternalName Services get none.

Where a Service does not say its ipFamilies nor has a clusterIP that tells, a cluster would choose its own
first family: that is the family of the first address of the Pods.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.kinds.pod import Container, PodShape
from clusterdns.cluster.kinds.service import ServicePort, ServiceShape, ServiceSpec, cluster_addresses
from clusterdns.cluster.objects import EXTERNAL_NAME, EndpointSlice, Port

MOST_ENDPOINTS: Final = 100
TOLERATE_UNREADY: Final = "service.alpha.kubernetes.io/tolerate-unready-endpoints"
_ENDED: Final = frozenset({"Succeeded", "Failed"})
_FAMILIES: Final = {"IPv4": 4, "IPv6": 16}
_NAMES: Final = {size: family.lower() for family, size in _FAMILIES.items()}
_NO_SPEC: Final = ServiceSpec()


@dataclass(frozen=True, slots=True)
class AddressedPod:
    """A Pod as declared, with the packed addresses of its status."""

    shape: PodShape
    addresses: tuple[bytes, ...]


def has_selector(service: ServiceShape) -> bool:
    """Whether a Service selects Pods: else its endpoints are somebody else's business."""
    spec = service.spec
    return spec is not None and bool(spec.selector) and spec.type != EXTERNAL_NAME


def slices_of(
    service: ServiceShape, namespace: str, *, pods: Iterable[AddressedPod]
) -> tuple[EndpointSlice, ...]:
    """The slices of a Service out of the Pods that it selects, named `service/family/number`.

    A cluster's names end in random letters; these cannot be those of a slice in a manifest.
    """
    chosen = sorted((pod for pod in pods if _counts(pod)), key=lambda pod: pod.shape.metadata.name)
    return tuple(
        EndpointSlice(
            namespace=namespace,
            name=f"{service.metadata.name}/{_NAMES[size]}/{number}",
            service=service.metadata.name,
            ports=ports,
            packed=pack(endpoints),
        )
        for size in _families(service, chosen)
        for number, (ports, endpoints) in enumerate(_slices_of_family(service, chosen, size=size))
    )


def _slices_of_family(
    service: ServiceShape, pods: list[AddressedPod], *, size: int
) -> Iterator[tuple[tuple[Port, ...], list[Endpoint]]]:
    by_ports: defaultdict[tuple[Port, ...], list[Endpoint]] = defaultdict(list)
    for pod in pods:
        addresses = tuple(address for address in pod.addresses if len(address) == size)
        if addresses:
            by_ports[_ports(service, pod.shape)].append(_endpoint(service, pod.shape, addresses=addresses))
    for ports, endpoints in by_ports.items():
        for start in range(0, len(endpoints), MOST_ENDPOINTS):
            yield ports, endpoints[start : start + MOST_ENDPOINTS]


def _endpoint(service: ServiceShape, pod: PodShape, *, addresses: tuple[bytes, ...]) -> Endpoint:
    spec = pod.spec
    named = spec is not None and spec.hostname and spec.subdomain == service.metadata.name
    terminating = pod.metadata.deletion_timestamp is not None
    return Endpoint(
        addresses=addresses,
        ready=_publishes_not_ready(service) or (_is_ready(pod) and not terminating),
        hostname=spec.hostname or "" if spec is not None and named else "",
        pod=pod.metadata.name,
        node=(spec.node_name or "") if spec is not None else "",
    )


def _counts(pod: AddressedPod) -> bool:
    status = pod.shape.status
    return bool(pod.addresses) and status is not None and status.phase not in _ENDED


def _is_ready(pod: PodShape) -> bool:
    status = pod.status
    if status is None:
        return False
    if status.conditions is None:
        return status.phase == "Running"
    return any(condition.type == "Ready" and condition.status == "True" for condition in status.conditions)


def _publishes_not_ready(service: ServiceShape) -> bool:
    annotations = service.metadata.annotations or {}
    declared = service.spec is not None and service.spec.publish_not_ready_addresses is True
    return declared or annotations.get(TOLERATE_UNREADY) == "true"


def _families(service: ServiceShape, pods: list[AddressedPod]) -> list[int]:
    spec = service.spec or _NO_SPEC
    if spec.ip_families:
        return [_FAMILIES[family] for family in dict.fromkeys(spec.ip_families) if family in _FAMILIES]
    _, cluster_ips = cluster_addresses(spec)
    if cluster_ips:
        return list(dict.fromkeys(len(address) for address in cluster_ips))
    primary = next((len(pod.addresses[0]) for pod in pods), _FAMILIES["IPv4"])
    if spec.ip_family_policy in {"PreferDualStack", "RequireDualStack"}:
        return sorted(_NAMES, key=lambda size: size != primary)
    return [primary]


def _ports(service: ServiceShape, pod: PodShape) -> tuple[Port, ...]:
    found: list[Port] = []
    for port in (service.spec or _NO_SPEC).ports or ():
        number = _target(port, pod)
        if number is not None:
            found.append(Port((port.name or "").lower(), number, port.protocol or "TCP"))
    return tuple(found)


def _target(port: ServicePort, pod: PodShape) -> int | None:
    if not port.target_port:
        return port.port
    if isinstance(port.target_port, int):
        return port.target_port
    wanted = (port.target_port, port.protocol or "TCP")
    return next(
        (
            offered.container_port
            for container in _containers(pod)
            for offered in container.ports or ()
            if (offered.name, offered.protocol or "TCP") == wanted
        ),
        None,
    )


def _containers(pod: PodShape) -> Iterator[Container]:
    if pod.spec is not None:
        yield from pod.spec.containers or ()
        yield from (item for item in pod.spec.init_containers or () if item.restart_policy == "Always")
