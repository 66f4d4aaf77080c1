"""Endpoints: those of headless Services, single ones by name, those of a topology zone.

Only endpoints that are ready count: the conditions `serving` and `terminating` are not read, as in CoreDNS
(Kubernetes DNS specification 2.4).
"""

from typing import NamedTuple

from clusterdns.dns.constants import RRType
from clusterdns.dns.name import Name
from clusterdns_plugins.kubernetes.found import ADDRESS_SIZES, NO_DATA, Data, address_data, most_addresses
from clusterdns_plugins.kubernetes.looking import TooLarge
from clusterdns_plugins.kubernetes.selection import Selection
from clusterdns_plugins.kubernetes.srv import most_pairs, service_name, srv_data


class Endpoints(NamedTuple):
    """The endpoints of a Service that a name stands for; none where a topology zone has none."""

    namespace: str
    name: str
    selection: Selection
    has_data: bool = True

    def data(self, rtype: int, origin: Name, *, ttl: int, room: int) -> Data:
        """Address records, made without unpacking the endpoints, or SRV records.

        Raises:
            TooLarge: none was found before too much was looked at.
        """
        if not self.has_data:
            return NO_DATA
        data = self._data(rtype, origin, ttl, room)
        cut = data.cut or self.selection.gave_up
        if cut and not data.rdatas:
            raise TooLarge
        return data._replace(cut=cut, turned=self.selection.turned)

    def _data(self, rtype: int, origin: Name, ttl: int, room: int) -> Data:
        if rtype == RRType.SRV:
            return self._services(origin, ttl, room)
        size = ADDRESS_SIZES.get(rtype)
        if size is None:
            return NO_DATA
        addresses = self.selection.addresses(size, most=most_addresses(size, room) - 1)
        return address_data(addresses, rtype, room)

    def _services(self, origin: Name, ttl: int, room: int) -> Data:
        base = service_name(origin, self.namespace, service=self.name)
        if base is None:
            return NO_DATA
        selection = self.selection
        pairs = selection.pairs()
        backends = selection.backends(most=most_pairs(base, room) - 1)
        return srv_data(backends, base, pairs=pairs, ttl=ttl, room=room, looking=selection.looking)
