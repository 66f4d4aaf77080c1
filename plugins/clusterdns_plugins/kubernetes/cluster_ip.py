"""Services with a ClusterIP: addresses, and SRV records that name the Service itself."""

from typing import Final, NamedTuple

from clusterdns.cluster import Port
from clusterdns.dns.constants import RRType
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import AAAA, A
from clusterdns_plugins.kubernetes.found import IPV4_OCTETS, NO_DATA, Data, address_data
from clusterdns_plugins.kubernetes.srv import Backend, named, srv_data

MOST_USUAL: Final = 2
"""One address of each family (spec.clusterIPs). Those of a ServiceImport may be more."""


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
        backends = [Backend((), address, self.ports) for address in self.addresses]
        pairs = len(self.addresses) * len(self.ports)
        return srv_data(backends, base, pairs=pairs, ttl=ttl, room=room)

    def _address_data(self, rtype: int, room: int) -> Data:
        """Address records: there is room for those that one Service has in nearly every cluster."""
        if len(self.addresses) > MOST_USUAL:
            return address_data(self.addresses, rtype, room)
        if rtype == RRType.A:
            return Data(tuple([A(address) for address in self.addresses if len(address) == IPV4_OCTETS]))
        if rtype == RRType.AAAA:
            return Data(tuple([AAAA(address) for address in self.addresses if len(address) > IPV4_OCTETS]))
        return NO_DATA


def service_name(origin: Name, namespace: str, *, service: str) -> Name | None:
    """SERVICE.NAMESPACE.svc below `origin`; None if that is too long for a name."""
    return named(origin, (service, namespace, "svc"))
