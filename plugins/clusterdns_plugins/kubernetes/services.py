"""Finding what stands at and left of a Service's name, in zones of this cluster and of cluster sets."""

from typing import NamedTuple, Protocol

from clusterdns.cluster import EndpointSlice, Port, Service, ServiceImport, Table
from clusterdns.cluster.objects import EXTERNAL_NAME
from clusterdns.rows import Noted
from clusterdns_plugins.kubernetes.cluster_ip import ClusterService
from clusterdns_plugins.kubernetes.endpoints import (
    Endpoints,
    Headless,
    Naming,
    choose,
    has_ready,
    named_backends,
    ready_backends,
)
from clusterdns_plugins.kubernetes.external import alias_of
from clusterdns_plugins.kubernetes.found import Branch, Found
from clusterdns_plugins.kubernetes.request import (
    EndpointRequest,
    PortRequest,
    ServiceLike,
    ServiceRequest,
    ZonalRequest,
)
from clusterdns_plugins.kubernetes.srv import matching_ports


class Origin(Protocol):
    """Where Services and their slices come from."""

    def service(self, namespace: str, name: str, *, noted: Noted) -> Service | ServiceImport | None:
        """The Service of that name, or None."""
        ...

    def slices(self, namespace: str, service: str, *, noted: Noted) -> tuple[EndpointSlice, ...]:
        """Its slices."""
        ...


class Imports(NamedTuple):
    """ServiceImports and the slices of all clusters in the set (KEP-1645)."""

    table: Table

    def service(self, namespace: str, name: str, *, noted: Noted) -> ServiceImport | None:
        """The ServiceImport of that name, or None."""
        return self.table.service_import(namespace, name, noted=noted)

    def slices(self, namespace: str, service: str, *, noted: Noted) -> tuple[EndpointSlice, ...]:
        """Its slices."""
        return self.table.imported_slices(namespace, service, noted=noted)


class Services:
    """Finds Services, their ports and endpoints.

    endpoints: False if endpoints are not served at all (`noendpoints`).
    ignore_empty: a Service with a ClusterIP but no ready endpoint does not exist.
    """

    __slots__ = ("_endpoints", "_ignore_empty", "_naming", "_origin")

    def __init__(
        self, origin: Origin, naming: Naming, *, endpoints: bool = True, ignore_empty: bool = False
    ) -> None:
        self._origin = origin
        self._naming = naming
        self._endpoints = endpoints
        self._ignore_empty = ignore_empty

    def service(self, asked: ServiceRequest, *, noted: Noted) -> Found | None:
        """What stands at the name of the Service itself."""
        service = self._get(asked, noted)
        if service is None or not _is_external(service):
            return self._ports(service, PortRequest(asked.namespace, asked.service, "", ""), noted=noted)
        return alias_of(service)

    def ports(self, asked: PortRequest, *, noted: Noted) -> Found | None:
        """The Service's addresses or endpoints, if it has such a port."""
        return self._ports(self._get(asked, noted), asked, noted=noted)

    def endpoint(self, asked: EndpointRequest, *, noted: Noted) -> Found | None:
        """The endpoints of that name. Where two labels make a name, their right one exists too (RFC 8020)."""
        service = self._get(asked, noted)
        if service is None or _is_external(service):
            return None
        slices = self._slices(asked, noted)
        labels = (asked.endpoint, asked.cluster) if asked.cluster else (asked.endpoint,)
        backends = named_backends(slices, self._naming, labels=labels)
        if backends:
            return Endpoints(service.namespace, service.name, backends)
        return Branch() if len(labels) == 1 and self._has_below(service, asked, noted=noted) else None

    def zonal(self, asked: ZonalRequest, *, noted: Noted) -> Found | None:
        """The endpoints of a headless Service in a topology zone. The name exists for every zone."""
        service = self._get(asked, noted)
        if service is None or not service.headless:
            return None
        if not asked.zone:
            return Branch()
        chosen = choose(self._slices(asked, noted))
        backends = tuple(ready_backends(chosen, self._naming, zone=asked.zone))
        if not backends and asked.prefer:
            backends = tuple(ready_backends(chosen, self._naming))
        return Endpoints(service.namespace, service.name, backends)

    def _ports(
        self, service: Service | ServiceImport | None, asked: PortRequest, *, noted: Noted
    ) -> Found | None:
        if service is None or _is_external(service):
            return None
        if service.headless:
            chosen = choose(self._slices(asked, noted), port=asked.port, protocol=asked.protocol)
            found = Headless(service.namespace, service.name, chosen, self._naming)
            return found if has_ready(item for item, _ in chosen) else None
        ports = _matching_ports(service, asked)
        if not ports or (self._ignore_empty and not has_ready(self._slices(asked, noted))):
            return None
        return ClusterService(service.namespace, service.name, service.cluster_ips, ports)

    def _has_below(self, service: Service | ServiceImport, asked: EndpointRequest, *, noted: Noted) -> bool:
        """Whether there are names left of a label that is no endpoint itself: a protocol, a cluster's id."""
        protocol = PortRequest(asked.namespace, asked.service, "", asked.endpoint.removeprefix("_"))
        if self._ports(service, protocol, noted=noted) is not None:
            return True
        slices = self._slices(asked, noted) if service.headless else ()
        return has_ready(item for item in slices if self._naming.cluster(item).lower() == asked.endpoint)

    def _get(self, asked: ServiceLike, noted: Noted) -> Service | ServiceImport | None:
        return self._origin.service(asked.namespace, asked.service, noted=noted)

    def _slices(self, asked: ServiceLike, noted: Noted) -> tuple[EndpointSlice, ...]:
        if not self._endpoints:
            return ()
        return self._origin.slices(asked.namespace, asked.service, noted=noted)


def _matching_ports(service: Service | ServiceImport, asked: PortRequest) -> tuple[Port, ...]:
    """As in CoreDNS a Service without ports has addresses, and a ServiceImport without ports does not."""
    if isinstance(service, ServiceImport) and not service.ports:
        return ()
    return matching_ports(service.ports, port=asked.port, protocol=asked.protocol)


def _is_external(service: Service | ServiceImport) -> bool:
    return isinstance(service, Service) and service.type == EXTERNAL_NAME
