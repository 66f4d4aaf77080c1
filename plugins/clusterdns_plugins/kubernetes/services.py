"""Finds names of Services, their ports and endpoints, in zones of this cluster and of cluster sets."""

from random import Random
from typing import Final, NamedTuple, Protocol, TypeAlias

from clusterdns.cluster import Port, Service, ServiceImport, Table
from clusterdns.cluster.objects import EXTERNAL_NAME
from clusterdns.cluster.slices import NamedSlices, Slices
from clusterdns.dns.constants import RRType
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import AAAA, A
from clusterdns.rows import Noted
from clusterdns_plugins.kubernetes.endpoints import Endpoints
from clusterdns_plugins.kubernetes.external import alias_of
from clusterdns_plugins.kubernetes.filters import Every, Filter, InZone, NamedBy
from clusterdns_plugins.kubernetes.found import IPV4_OCTETS, NO_DATA, Branch, Data, Found, address_data
from clusterdns_plugins.kubernetes.looking import Looking
from clusterdns_plugins.kubernetes.naming import Naming
from clusterdns_plugins.kubernetes.ports import NO_PORTS, PortFilter, matching_ports
from clusterdns_plugins.kubernetes.request import (
    EndpointRequest,
    PortRequest,
    ServiceLike,
    ServiceRequest,
    ZonalRequest,
)
from clusterdns_plugins.kubernetes.selection import Selection
from clusterdns_plugins.kubernetes.srv import FEW_PORTS, Backend, few_srv_data, service_name, srv_data

EVERY: Final = Every()
NO_SLICES: Final = NamedSlices((), {})
PROTOCOLS: Final = frozenset({"tcp", "udp", "sctp"})
"""Those that a port can have (core/v1 Protocol), in lower case."""

MOST_USUAL: Final = 2
"""One address of each family (spec.clusterIPs). Those of a ServiceImport may be more."""

AnyService: TypeAlias = Service | ServiceImport


class Origin(Protocol):
    """The kind of Services: own ones or ServiceImports, with their slices."""

    def service(self, namespace: str, name: str, *, noted: Noted) -> AnyService | None:
        """The Service of that name, or None."""
        ...

    def slices(self, namespace: str, service: str, *, noted: Noted) -> Slices:
        """Its slices."""
        ...


class Imports(NamedTuple):
    """ServiceImports and the slices of all clusters in the set (KEP-1645)."""

    table: Table

    def service(self, namespace: str, name: str, *, noted: Noted) -> ServiceImport | None:
        """The ServiceImport of that name, or None."""
        return self.table.named(ServiceImport, namespace, name, noted=noted)

    def slices(self, namespace: str, service: str, *, noted: Noted) -> Slices:
        """Its slices."""
        return self.table.imported_slices(namespace, service, noted=noted)


class ClusterService(NamedTuple):
    """A Service, or a ServiceImport, with addresses of its own and those of its ports that were asked for."""

    namespace: str
    name: str
    addresses: tuple[bytes, ...]
    ports: tuple[Port, ...]

    @property
    def has_data(self) -> bool:
        """Whether an address was allocated."""
        return bool(self.addresses)

    def data(self, rtype: int, origin: Name, *, ttl: int, room: int) -> Data:
        """Address or SRV records."""
        if rtype != RRType.SRV:
            return self._address_data(rtype, room)
        base = service_name(origin, self.namespace, service=self.name)
        if base is None:
            return NO_DATA
        if len(self.addresses) == 1 and len(self.ports) <= FEW_PORTS:
            data = few_srv_data(self.addresses[0], self.ports, base, ttl=ttl, room=room)
            if data is not None:
                return data
        backends = [Backend((), address, self.ports) for address in self.addresses]
        pairs = len(self.addresses) * len(self.ports)
        return srv_data(backends, base, pairs=pairs, ttl=ttl, room=room)

    def _address_data(self, rtype: int, room: int) -> Data:
        """Address records: there is room for those that one Service has in nearly every cluster."""
        if len(self.addresses) > MOST_USUAL:
            return address_data(self.addresses, rtype, room)
        each = dict.fromkeys(self.addresses)
        if rtype == RRType.A:
            return Data(tuple([A(address) for address in each if len(address) == IPV4_OCTETS]))
        if rtype == RRType.AAAA:
            return Data(tuple([AAAA(address) for address in each if len(address) > IPV4_OCTETS]))
        return NO_DATA


class Services:
    """Finds Services, their ports and endpoints.

    origin: where they come from.
    random: draws where endpoints begin that are more than a message holds.
    endpoints: False if endpoints are not served at all (`noendpoints`).
    ignore_empty: a Service with a ClusterIP but no ready endpoint does not exist.
    """

    __slots__ = ("_endpoints", "_ignore_empty", "_naming", "_random", "origin")

    def __init__(
        self,
        origin: Origin,
        naming: Naming,
        *,
        random: Random,
        endpoints: bool = True,
        ignore_empty: bool = False,
    ) -> None:
        self.origin = origin
        self._naming = naming
        self._random = random
        self._endpoints = endpoints
        self._ignore_empty = ignore_empty

    def service(self, service: AnyService, asked: ServiceRequest, *, noted: Noted) -> Found | None:
        """Look up the name of the Service itself."""
        if _is_external(service):
            return alias_of(service)
        return self.ports(service, PortRequest(asked.namespace, asked.service, "", ""), noted=noted)

    def ports(
        self, service: AnyService, asked: PortRequest, *, looking: Looking | None = None, noted: Noted
    ) -> Found | None:
        """The Service's addresses or endpoints, if it has such a port. `looking` may be spent on it."""
        if _is_external(service):
            return None
        if service.headless:
            found = self._all(asked, looking=looking or Looking(), noted=noted)
            return None if found.is_empty() else Endpoints(service.namespace, service.name, found)
        ports = _matching_ports(service, asked)
        if not ports:
            return None
        if self._ignore_empty:
            every = asked._replace(port="", protocol="")
            if self._all(every, looking=looking or Looking(), noted=noted).is_empty():
                return None
        return ClusterService(service.namespace, service.name, service.cluster_ips, ports)

    def endpoint(self, service: AnyService, asked: EndpointRequest, *, noted: Noted) -> Found | None:
        """The endpoints of that name. Where two labels make a name, their right one exists too (RFC 8020)."""
        if _is_external(service):
            return None
        looking = Looking()
        found = self._select(
            asked,
            NamedBy(asked.endpoint, self._naming, looking),
            looking=looking,
            cluster=asked.cluster if self._naming.clusters else None,
            noted=noted,
        )
        if not found.is_empty():
            return Endpoints(service.namespace, service.name, found)
        if asked.cluster or not self._has_below(service, asked, looking=looking, noted=noted):
            return None
        return Branch()

    def zonal(self, service: AnyService, asked: ZonalRequest, *, noted: Noted) -> Found | None:
        """The endpoints of a headless Service in a topology zone. The name exists for every zone."""
        if not service.headless:
            return None
        if not asked.zone:
            return Branch()
        looking = Looking()
        found = self._select(asked, InZone(asked.zone), looking=looking, noted=noted)
        is_empty = found.is_empty()
        if is_empty and asked.prefer:
            found = self._select(asked, EVERY, looking=looking, noted=noted)
            is_empty = found.is_empty()
        return Endpoints(service.namespace, service.name, found, has_data=not is_empty)

    def _has_below(
        self, service: AnyService, asked: EndpointRequest, *, looking: Looking, noted: Noted
    ) -> bool:
        """Whether there are names left of a label that is no endpoint itself: a protocol, a cluster's id."""
        protocol = asked.endpoint.removeprefix("_")
        if protocol in PROTOCOLS:
            at_port = PortRequest(asked.namespace, asked.service, "", protocol)
            if self.ports(service, at_port, looking=looking, noted=noted) is not None:
                return True
        if not service.headless or not self._naming.clusters:
            return False
        return not self._select(asked, EVERY, looking=looking, cluster=asked.endpoint, noted=noted).is_empty()

    def _all(self, asked: PortRequest, *, looking: Looking, noted: Noted) -> Selection:
        return self._select(
            asked, EVERY, looking=looking, port=asked.port, protocol=asked.protocol, noted=noted
        )

    def _select(
        self,
        asked: ServiceLike,
        selecting: Filter,
        *,
        looking: Looking,
        noted: Noted,
        port: str = "",
        protocol: str = "",
        cluster: str | None = None,
    ) -> Selection:
        return Selection(
            self._slices(asked, noted),
            selecting,
            ports=PortFilter(port, protocol, looking),
            naming=self._naming,
            looking=looking,
            random=self._random,
            cluster=cluster,
        )

    def _slices(self, asked: ServiceLike, noted: Noted) -> Slices:
        if not self._endpoints:
            return NO_SLICES
        return self.origin.slices(asked.namespace, asked.service, noted=noted)


def _matching_ports(service: AnyService, asked: PortRequest) -> tuple[Port, ...]:
    """As in CoreDNS a Service without ports has addresses, and a ServiceImport without ports does not."""
    if isinstance(service, ServiceImport) and not service.ports:
        return ()
    if not asked.port and not asked.protocol:
        return service.ports or NO_PORTS
    return matching_ports(service.ports, port=asked.port, protocol=asked.protocol)


def _is_external(service: AnyService) -> bool:
    return isinstance(service, Service) and service.type == EXTERNAL_NAME
