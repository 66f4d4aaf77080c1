"""Addresses to names: PTR records of ClusterIPs and endpoints (Kubernetes DNS specification 2.3.3, 2.4.3)."""

from clusterdns.cluster import Endpoint, Table
from clusterdns.dns.name import Name
from clusterdns.rows import Noted
from clusterdns_plugins.kubernetes.cluster_ip import service_name
from clusterdns_plugins.kubernetes.endpoints import Naming
from clusterdns_plugins.kubernetes.found import Pointers
from clusterdns_plugins.kubernetes.srv import named
from clusterdns_plugins.kubernetes.visibility import Visibility


class Reverse:
    """Finds the names of an address; they stand in the zone `primary`.

    endpoints: False if endpoints are not served at all (`noendpoints`).
    """

    __slots__ = ("_endpoints", "_naming", "_primary", "_table", "_visibility")

    def __init__(
        self, table: Table, visibility: Visibility, *, primary: Name, naming: Naming, endpoints: bool = True
    ) -> None:
        self._table = table
        self._visibility = visibility
        self._primary = primary
        self._naming = naming
        self._endpoints = endpoints

    def find(self, address: bytes, *, noted: Noted) -> Pointers | None:
        """The Service that has `address` as its ClusterIP, else every ready endpoint that has it.

        Only the option `namespaces` hides names: a Namespace need not exist, as in CoreDNS.
        """
        targets = self._services(address, noted) or self._endpoint_names(address, noted)
        return Pointers(targets) if targets else None

    def _services(self, address: bytes, noted: Noted) -> tuple[Name, ...]:
        for service in self._table.services_by_ip(address, noted=noted):
            if self._visibility.is_configured(service.namespace):
                name = service_name(self._primary, service.namespace, service=service.name)
                return () if name is None else (name,)
        return ()

    def _endpoint_names(self, address: bytes, noted: Noted) -> tuple[Name, ...]:
        found = self._table.endpoints_by_ip(address, noted=noted) if self._endpoints else ()
        names = (
            named(
                self._primary,
                (self._label(item.endpoint, address), item.service, item.namespace, "svc"),
            )
            for item in found
            if item.endpoint.ready and self._visibility.is_configured(item.namespace)
        )
        return tuple(dict.fromkeys(name for name in names if name is not None))

    def _label(self, endpoint: Endpoint, address: bytes) -> str:
        return self._naming.label(endpoint.hostname, endpoint.pod, address)
