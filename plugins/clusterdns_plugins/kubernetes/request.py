"""Requests: the zone that a name is in, and the labels left of it, parsed as one of a few kinds.

    SERVICE.NAMESPACE.svc                               a Service
    ENDPOINT.SERVICE.NAMESPACE.svc                      one of its endpoints
    _PORT._PROTOCOL.SERVICE.NAMESPACE.svc               one of its ports, underscores optional
    ENDPOINT.CLUSTER.SERVICE.NAMESPACE.svc              an endpoint elsewhere, in multicluster zones
    ZONE.pin._zone.SERVICE.NAMESPACE.svc                endpoints in a topology zone; also `prefer`
    A-B-C-D.NAMESPACE.pod                               a Pod, up to two labels in front ignored

(Kubernetes DNS-Based Service Discovery 1.1.0, KEP-1645; the zonal form is CoreDNS's.) Every text is in
lower case, as names in Kubernetes are.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final, NamedTuple, TypeAlias

from clusterdns.dns.name import ROOT, Name

SERVICES = b"svc"
PODS = b"pod"
ZONAL_ANCHOR = b"_zone"
MOST_LABELS_IN_FRONT = 2

REVERSE_ROOTS = (Name.from_text("in-addr.arpa"), Name.from_text("ip6.arpa"))


class Zone(NamedTuple):
    """A zone and the kinds of names in it.

    multicluster: it holds ServiceImports instead of Services (KEP-1645).
    services: names below it are those of the Kubernetes DNS specification.
    addresses: names below it may be addresses spelled backwards.
    """

    name: Name
    multicluster: bool = False
    services: bool = True
    addresses: bool = False


class Place(NamedTuple):
    """The place of a name: its zone, and the labels left of that zone in lower case, leftmost first."""

    zone: Zone
    labels: tuple[bytes, ...]

    def origin(self, name: Name) -> Name:
        """The zone as it is spelled in `name`, which stands here."""
        zone = self.zone.name
        return zone if name.wire.endswith(zone.wire) else name.suffix(len(zone.wire))


class Zones:
    """Zones by their names. Finding one costs a dictionary look-up a label."""

    def __init__(self, names: Iterable[Name], *, multicluster: Iterable[Name] = ()) -> None:
        several = tuple(multicluster)
        self._by_key = {name.key: _zone(name, several) for name in names}

    def place(self, name: Name) -> Place | None:
        """The place of `name` in the longest zone above or at it; None if it is in no zone."""
        key, at = name.key, 0
        labels: list[bytes] = []
        while size := key[at]:
            zone = self._by_key.get(key[at:])
            if zone is not None:
                return Place(zone, tuple(labels))
            labels.append(key[at + 1 : at + 1 + size])
            at += size + 1
        root = self._by_key.get(ROOT.key)
        return None if root is None else Place(root, tuple(labels))


class Fixed(Enum):
    """Names that every zone has."""

    APEX = "the zone itself"
    BRANCH = "a name that only has others below it"
    VERSION = "dns-version"
    NAME_SERVER = "ns.dns"


class NamespaceRequest(NamedTuple):
    """NAMESPACE.svc"""

    namespace: str


class ServiceRequest(NamedTuple):
    """SERVICE.NAMESPACE.svc"""

    namespace: str
    service: str


class EndpointRequest(NamedTuple):
    """ENDPOINT.SERVICE.NAMESPACE.svc, or with CLUSTER in between."""

    namespace: str
    service: str
    endpoint: str
    cluster: str = ""


class PortRequest(NamedTuple):
    """PORT.PROTOCOL.SERVICE.NAMESPACE.svc; an empty text stands for all."""

    namespace: str
    service: str
    port: str
    protocol: str


class ZonalRequest(NamedTuple):
    """ZONE.pin._zone.SERVICE.NAMESPACE.svc; `prefer` widens to all endpoints if the zone has none.

    `zone` is empty for the names between this one and the Service, which exist and hold nothing.
    """

    namespace: str
    service: str
    zone: str
    prefer: bool = False


class PodNamespaceRequest(NamedTuple):
    """NAMESPACE.pod"""

    namespace: str


class PodRequest(NamedTuple):
    """POD.NAMESPACE.pod, where POD is an address with dashes."""

    namespace: str
    pod: str


ServiceLike: TypeAlias = ServiceRequest | EndpointRequest | PortRequest | ZonalRequest
"""What stands at or left of the name of a Service."""

NamedRequest: TypeAlias = ServiceLike | NamespaceRequest | PodNamespaceRequest | PodRequest
"""What stands in a Namespace, or is one."""

Request: TypeAlias = Fixed | NamedRequest

FIXED: Final[Mapping[tuple[bytes, ...], Fixed]] = {
    (): Fixed.APEX,
    (SERVICES,): Fixed.BRANCH,
    (PODS,): Fixed.BRANCH,
    (b"dns",): Fixed.BRANCH,
    (b"ns", b"dns"): Fixed.NAME_SERVER,
    (b"dns-version",): Fixed.VERSION,
}


def first_forward_zone(names: Iterable[Name]) -> Name | None:
    """The zone that the targets of PTR records stand in.

    As in CoreDNS, in-addr.arpa and ip6.arpa themselves count as forward zones: only what is below them
    is told to be reverse.
    """
    return next((name for name in names if not any(_is_below(name, root) for root in REVERSE_ROOTS)), None)


def parse_request(
    labels: tuple[bytes, ...], *, multicluster: bool = False, zonal: bool = False
) -> Request | None:
    """Parse `labels`, lower case and leftmost first, into a request; None if no such name can exist."""
    if len(labels) <= MOST_LABELS_IN_FRONT and labels in FIXED:
        return FIXED[labels]
    if labels[-1] == SERVICES:
        return _service_request(labels[:-1], multicluster=multicluster, zonal=zonal and not multicluster)
    if labels[-1] == PODS:
        return _pod_request(labels[:-1])
    return None


def _service_request(labels: tuple[bytes, ...], *, multicluster: bool, zonal: bool) -> Request | None:
    namespace = _text(labels[-1])
    if len(labels) == 1:
        return NamespaceRequest(namespace)
    service, front = _text(labels[-2]), labels[:-2]
    if not front:
        return ServiceRequest(namespace, service)
    if zonal and front[-1] == ZONAL_ANCHOR:
        found = _zonal_request(namespace, service, front=front[:-1])
        if found is not None:
            return found
    return _endpoint_or_port(namespace, service, front=front, multicluster=multicluster)


def _endpoint_or_port(
    namespace: str, service: str, *, front: tuple[bytes, ...], multicluster: bool
) -> Request | None:
    """One label is an endpoint; two are port and protocol, or in multicluster zones an endpoint's, too."""
    if len(front) > MOST_LABELS_IN_FRONT:
        return None
    if len(front) == 1:
        return EndpointRequest(namespace, service, _text(front[0]))
    if multicluster and not any(label.startswith(b"_") for label in front):
        return EndpointRequest(namespace, service, _text(front[0]), _text(front[1]))
    return PortRequest(namespace, service, _bare(front[0]), _bare(front[1]))


def _zonal_request(namespace: str, service: str, *, front: tuple[bytes, ...]) -> ZonalRequest | None:
    """The request for `front`, the labels left of `_zone`. A topology zone's name may be several labels."""
    if not front:
        return ZonalRequest(namespace, service, "")
    if front[-1] not in (b"pin", b"prefer"):
        return None
    zone = ".".join(_text(label) for label in front[:-1])
    return ZonalRequest(namespace, service, zone, front[-1] == b"prefer")


def _pod_request(labels: tuple[bytes, ...]) -> Request | None:
    namespace = _text(labels[-1])
    if len(labels) == 1:
        return PodNamespaceRequest(namespace)
    if len(labels) - 2 > MOST_LABELS_IN_FRONT:
        return None
    return PodRequest(namespace, _text(labels[-2]))


def _text(label: bytes) -> str:
    """A label as text; dots in it are escaped, so that it cannot equal a Kubernetes name that has one."""
    text = label.decode("latin-1")  # never fails, and what is not ASCII equals no name either
    return text.replace(".", "\\.") if "." in text else text


def _bare(label: bytes) -> str:
    return _text(label[1:] if label.startswith(b"_") else label)


def _zone(name: Name, multicluster: tuple[Name, ...]) -> Zone:
    return Zone(
        name,
        multicluster=any(name.is_subdomain_of(other) for other in multicluster),
        services=not any(name.is_subdomain_of(root) for root in REVERSE_ROOTS),
        addresses=any(name.is_subdomain_of(root) or root.is_subdomain_of(name) for root in REVERSE_ROOTS),
    )


def _is_below(name: Name, root: Name) -> bool:
    return name != root and name.is_subdomain_of(root)
