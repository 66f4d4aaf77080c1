"""Services with a ClusterIP: addresses, and SRV records that name the Service itself."""

from typing import NamedTuple

from clusterdns.cluster import Port
from clusterdns.dns.constants import RRType
from clusterdns.dns.name import Name
from clusterdns_plugins.kubernetes.found import NO_DATA, Data, address_data
from clusterdns_plugins.kubernetes.srv import Backend, named, srv_data


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
            return address_data(self.addresses, rtype, room)
        base = service_name(origin, self.namespace, service=self.name)
        if base is None:
            return NO_DATA
        backends = [Backend((), address, self.ports) for address in self.addresses]
        pairs = len(self.addresses) * len(self.ports)
        return srv_data(backends, base, pairs=pairs, ttl=ttl, room=room)


def service_name(origin: Name, namespace: str, *, service: str) -> Name | None:
    """SERVICE.NAMESPACE.svc below `origin`; None if that is too long for a name."""
    return named(origin, (service, namespace, "svc"))
