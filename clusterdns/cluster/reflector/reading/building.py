"""From the shapes of the API's JSON to the table's objects. Equal values of many objects are shared."""

from collections.abc import Iterable, Sequence
from typing import Final

from clusterdns.cluster.endpoint import Endpoint, Packer, pack
from clusterdns.cluster.kube.addresses import address, addresses
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.kube.shapes import LeanEndpoint, LeanServiceSpec
from clusterdns.cluster.kube.slim import Slimmer, endpoint_of, external_places
from clusterdns.cluster.objects import (
    CLUSTER_IP,
    EXTERNAL_NAME,
    EndpointSlice,
    Namespace,
    Pod,
    Service,
    ServiceImport,
)
from clusterdns.cluster.reflector.reading.lean import (
    Lean,
    LeanImport,
    LeanObject,
    LeanPod,
    LeanService,
    LeanSlice,
    SliceLabels,
)
from clusterdns.cluster.work import PIECE, Work, pieces

NO_CLUSTER_IP: Final = "None"
FQDN: Final = "FQDN"
ENDPOINT_COSTS: Final = 8
"""Addresses that take as long to pack as what else an endpoint says."""

_NO_SPEC: Final = LeanServiceSpec()
_NO_LABELS: Final = SliceLabels()


class Builder:
    """Makes objects. All methods raise ValueError for an address that is none."""

    def __init__(self) -> None:
        self._share = Pool()
        self._ports = Slimmer().ports

    def namespace(self, shape: LeanObject) -> Namespace:
        """A Namespace."""
        return Namespace(name=shape.metadata.name, version=shape.metadata.resource_version or "")

    def service(self, shape: LeanService) -> Service:
        """A Service. Without a clusterIP, as before one is allocated, it has no addresses."""
        spec = shape.spec or _NO_SPEC
        kind = spec.type or CLUSTER_IP
        ips = () if kind == EXTERNAL_NAME else spec.cluster_ips or (spec.cluster_ip or "",)
        headless = bool(ips) and ips[0] == NO_CLUSTER_IP
        return Service(
            namespace=self._namespace(shape.metadata),
            name=shape.metadata.name,
            type=self._share(kind),
            headless=headless,
            cluster_ips=() if headless else tuple(address(ip) for ip in ips if ip),
            ports=self._ports(spec.ports or ()),
            external_name=(spec.external_name or "") if kind == EXTERNAL_NAME else "",
            external=external_places(shape.spec, shape.status),
            version=shape.metadata.resource_version or "",
        )

    def slice(self, shape: LeanSlice) -> EndpointSlice:
        """An EndpointSlice. One of address type FQDN has no addresses, so its endpoints are left out."""
        labels = shape.metadata.labels or _NO_LABELS
        found = () if shape.address_type == FQDN else shape.endpoints or ()
        return EndpointSlice(
            namespace=self._namespace(shape.metadata),
            name=shape.metadata.name,
            service=labels.service,
            ports=self._ports(shape.ports or ()),
            packed=pack(map(_endpoint, found)),
            import_name=labels.import_name,
            cluster=self._share(labels.cluster),
            version=shape.metadata.resource_version or "",
        )

    def pod(self, shape: LeanPod) -> Pod:
        """A Pod with all of its status.podIPs."""
        status = shape.status
        ips: tuple[str, ...] = ()
        if status is not None:
            ips = tuple(one.ip for one in status.pod_ips or ()) or (status.pod_ip or "",)
        return Pod(
            namespace=self._namespace(shape.metadata),
            name=shape.metadata.name,
            addresses=tuple(address(ip) for ip in ips if ip),
            version=shape.metadata.resource_version or "",
        )

    def service_import(self, shape: LeanImport) -> ServiceImport:
        """A ServiceImport (KEP-1645)."""
        spec = shape.spec
        return ServiceImport(
            namespace=self._namespace(shape.metadata),
            name=shape.metadata.name,
            headless=spec is not None and spec.type == "Headless",
            cluster_ips=tuple(map(address, spec.ips or ())) if spec else (),
            ports=self._ports(spec.ports or () if spec else ()),
            version=shape.metadata.resource_version or "",
        )

    def _namespace(self, metadata: Lean) -> str:
        return self._share(metadata.namespace or "")


def packing(endpoints: Iterable[LeanEndpoint]) -> Work[bytes]:
    """Endpoints of a slice packed, hundreds of addresses at a time. Raises ValueError, as Builder does."""
    packer, done = Packer(), 0
    for endpoint in endpoints:
        packer.add(endpoint_of(endpoint, (yield from _addresses(endpoint.addresses))))
        done += ENDPOINT_COSTS + len(endpoint.addresses)
        if done >= PIECE:
            yield
            done = 0
    return packer.packed()


def _addresses(texts: tuple[str, ...]) -> Work[tuple[bytes, ...]]:
    found: list[bytes] = []
    for some in pieces(texts):
        if found:
            yield
        found += addresses(some)
    _check_family(found)
    return tuple(found)


def _endpoint(shape: LeanEndpoint) -> Endpoint:
    found = tuple(map(address, shape.addresses))
    _check_family(found)
    return endpoint_of(shape, found)


def _check_family(found: Sequence[bytes]) -> None:
    if len(found) > 1 and len(set(map(len, found))) > 1:
        raise ValueError("an endpoint has addresses of one family")
