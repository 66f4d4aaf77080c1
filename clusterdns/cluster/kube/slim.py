"""From a Kubernetes object as it is written to the slim object of the table."""

from collections.abc import Iterable

from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.kube.addresses import address
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.kube.shapes import (
    EndpointPort,
    EndpointSliceShape,
    ImportPort,
    LeanEndpoint,
    LeanServicePort,
    LeanServiceSpec,
    Metadata,
    NamespaceShape,
    PodShape,
    ServiceImportShape,
    ServiceShape,
    ServiceSpec,
    ServiceStatus,
)
from clusterdns.cluster.objects import (
    CLUSTER_IP,
    EXTERNAL_NAME,
    EndpointSlice,
    Namespace,
    Pod,
    Port,
    Service,
    ServiceImport,
)

SERVICE_NAME = "kubernetes.io/service-name"
IMPORT_NAME = "multicluster.kubernetes.io/service-name"
SOURCE_CLUSTER = "multicluster.kubernetes.io/source-cluster"

DEFAULT_NAMESPACE = "default"
ENDED_PHASES = frozenset({"Succeeded", "Failed", "Unknown"})

_NO_SPEC = ServiceSpec()


class FieldError(ValueError):
    """A value of the right type that is wrong all the same. `path` leads to it from the object's root."""

    def __init__(self, path: tuple[str | int, ...], expected: str, *, found: object) -> None:
        super().__init__(f"expected {expected}")  # what was found may be megabytes
        self.path = path
        self.expected = expected
        self.found = found


class Slimmer:
    """Makes slim objects; equal namespaces, types and ports are shared among all made by one slimmer.

    Every method raises FieldError.
    """

    def __init__(self) -> None:
        self._share = Pool()

    def namespace(self, shape: NamespaceShape) -> Namespace:
        """A Namespace."""
        return Namespace(name=self._share(shape.metadata.name), version=_version(shape.metadata))

    def service(self, shape: ServiceShape) -> Service:
        """A Service. Without a clusterIP, as before one is allocated, it has no addresses."""
        spec = shape.spec or _NO_SPEC
        kind = spec.type or CLUSTER_IP
        headless, cluster_ips = (False, ()) if kind == EXTERNAL_NAME else cluster_addresses(spec)
        return Service(
            namespace=self.namespace_of(shape.metadata),
            name=shape.metadata.name,
            type=self._share(kind),
            headless=headless,
            cluster_ips=cluster_ips,
            ports=self.ports(spec.ports or ()),
            external_name=(spec.external_name or "") if kind == EXTERNAL_NAME else "",
            external=external_places(shape.spec, shape.status),
            version=_version(shape.metadata),
        )

    def slice(self, shape: EndpointSliceShape) -> EndpointSlice:
        """An EndpointSlice. One of address type FQDN has no addresses, so its endpoints are left out."""
        labels = shape.metadata.labels or {}
        found = () if shape.address_type == "FQDN" else shape.endpoints or ()
        return EndpointSlice(
            namespace=self.namespace_of(shape.metadata),
            name=shape.metadata.name,
            service=labels.get(SERVICE_NAME, ""),
            ports=self.ports(shape.ports or ()),
            packed=pack(
                endpoint_of(endpoint, _addresses(endpoint.addresses, ("endpoints", index, "addresses")))
                for index, endpoint in enumerate(found)
            ),
            import_name=labels.get(IMPORT_NAME, ""),
            cluster=self._share(labels.get(SOURCE_CLUSTER, "")),
            version=_version(shape.metadata),
        )

    def pod(self, shape: PodShape) -> Pod:
        """A Pod with all of its status.podIPs."""
        return Pod(
            namespace=self.namespace_of(shape.metadata),
            name=shape.metadata.name,
            addresses=pod_addresses(shape),
            version=_version(shape.metadata),
        )

    def service_import(self, shape: ServiceImportShape) -> ServiceImport:
        """A ServiceImport (KEP-1645)."""
        ips = shape.spec.ips if shape.spec and shape.spec.ips else ()
        ports = shape.spec.ports if shape.spec and shape.spec.ports else ()
        return ServiceImport(
            namespace=self.namespace_of(shape.metadata),
            name=shape.metadata.name,
            headless=shape.spec is not None and shape.spec.type == "Headless",
            cluster_ips=tuple(packed_address(ip, ("spec", "ips", index)) for index, ip in enumerate(ips)),
            ports=self.ports(ports),
            version=_version(shape.metadata),
        )

    def namespace_of(self, metadata: Metadata) -> str:
        """The namespace an object is in, shared."""
        return self._share(metadata.namespace or DEFAULT_NAMESPACE)

    def ports(self, ports: Iterable[LeanServicePort | EndpointPort | ImportPort]) -> tuple[Port, ...]:
        """The ports of a Service, slice or import, shared."""
        return self._share(tuple(Port(port.name or "", port.port, port.protocol or "TCP") for port in ports))


def packed_address(text: str, path: tuple[str | int, ...]) -> bytes:
    """An address in any spelling as 4 or 16 octets. Raises FieldError with `path`."""
    try:
        return address(text)
    except ValueError:
        raise FieldError(path, "an IP address", found=text) from None


def cluster_addresses(spec: ServiceSpec) -> tuple[bool, tuple[bytes, ...]]:
    """Whether a Service is headless; if not, its ClusterIPs: `clusterIPs` or, without them, `clusterIP`."""
    if spec.cluster_ips:
        texts: tuple[str, ...] = spec.cluster_ips
        paths: list[tuple[str | int, ...]] = [("spec", "clusterIPs", index) for index in range(len(texts))]
    else:
        texts, paths = (spec.cluster_ip or "",), [("spec", "clusterIP")]
    if texts[0] == "None":
        return True, ()
    return False, tuple(packed_address(text, path) for text, path in zip(texts, paths, strict=True) if text)


def pod_addresses(shape: PodShape) -> tuple[bytes, ...]:
    """All addresses in a Pod's status, none before it has any. Raises FieldError."""
    status = shape.status
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


def endpoint_of(shape: LeanEndpoint, addresses: tuple[bytes, ...]) -> Endpoint:
    """An endpoint of a slice, whose addresses were read already."""
    hints = shape.hints.for_zones if shape.hints and shape.hints.for_zones else ()
    return Endpoint(
        addresses=addresses,
        # An absent condition means unknown, which the API asks readers to take for ready.
        ready=shape.conditions is None or shape.conditions.ready is not False,
        hostname=shape.hostname or "",
        pod=(shape.target_ref.name or "") if shape.target_ref else "",
        node=shape.node_name or "",
        zone=shape.zone or "",
        zone_hints=tuple(hint.name for hint in hints),
    )


def external_places(spec: LeanServiceSpec | None, status: ServiceStatus | None) -> tuple[str, ...]:
    """Where a Service is found from outside, as written: its externalIPs, then its load balancer's places."""
    declared = spec.external_ips if spec and spec.external_ips else ()
    balancer = status.load_balancer if status else None
    ingress = balancer.ingress if balancer and balancer.ingress else ()
    return (*declared, *(text for item in ingress if (text := item.ip or item.hostname)))


def _addresses(texts: Iterable[str], path: tuple[str | int, ...]) -> tuple[bytes, ...]:
    """Addresses of one family, packed. Raises FieldError."""
    addresses = tuple(packed_address(text, (*path, place)) for place, text in enumerate(texts))
    for place, (packed, text) in enumerate(zip(addresses, texts, strict=True)):
        if len(packed) != len(addresses[0]):
            raise FieldError((*path, place), "an address of the same family as the first", found=text)
    return addresses


def _version(metadata: Metadata) -> str:
    return metadata.resource_version or ""
