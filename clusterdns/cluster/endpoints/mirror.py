"""EndpointSlices out of Endpoints, by the rules of Kubernetes' mirroring controller.

Endpoints are mirrored when their Service exists and has no selector, unless they are labelled
`endpointslice.kubernetes.io/skip-mirror: "true"` or are the lock of a leader election. Endpoints of a
Service for which the manifests have slices are not: a dump of a cluster holds both, and each would count.
"""

from collections.abc import Iterator
from typing import Final

from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.endpoints.shapes import EndpointAddress, EndpointsShape, Subset
from clusterdns.cluster.kube.making import packed_address
from clusterdns.cluster.objects import EndpointSlice, Port

SKIP_MIRROR: Final = "endpointslice.kubernetes.io/skip-mirror"
LEADER: Final = "control-plane.alpha.kubernetes.io/leader"
_FAMILIES: Final = {4: "ipv4", 16: "ipv6"}


def is_mirrored(endpoints: EndpointsShape) -> bool:
    """Whether Endpoints ask to be mirrored, by themselves."""
    labels = endpoints.metadata.labels or {}
    annotations = endpoints.metadata.annotations or {}
    return labels.get(SKIP_MIRROR) != "true" and LEADER not in annotations


def mirrored_slices(endpoints: EndpointsShape, namespace: str) -> tuple[EndpointSlice, ...]:
    """A slice for each subset and family, named `endpoints/family/number`."""
    name = endpoints.metadata.name
    return tuple(
        EndpointSlice(
            namespace=namespace,
            name=f"{name}/{family}/{number}",
            service=name,
            ports=tuple(
                Port((port.name or "").lower(), port.port, port.protocol or "TCP")
                for port in subset.ports or ()
            ),
            packed=packed,
        )
        for number, subset in enumerate(endpoints.subsets or ())
        for size, family in _FAMILIES.items()
        if (packed := pack(_endpoints(subset, size=size)))
    )


def _endpoints(subset: Subset, *, size: int) -> Iterator[Endpoint]:
    for addresses, ready in ((subset.addresses, True), (subset.not_ready_addresses, False)):
        for address in addresses or ():
            packed = packed_address(address.ip, ())
            if len(packed) == size:
                yield _endpoint(address, packed, ready=ready)


def _endpoint(address: EndpointAddress, packed: bytes, *, ready: bool) -> Endpoint:
    return Endpoint(
        addresses=(packed,),
        ready=ready,
        hostname=address.hostname or "",
        pod=(address.target_ref.name or "") if address.target_ref else "",
        node=address.node_name or "",
    )
