"""The name servers of a zone: the Service in front of this server, else this machine itself.

If an address of this machine is an endpoint of a Service, that Service is what others reach this server
by; its name and addresses are the zone's NS records, whatever Namespaces are shown. Otherwise `ns.dns`
has all addresses of this machine. With `bind` no address is known, as in CoreDNS, and there are none.
"""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import NamedTuple

from clusterdns.cluster import EndpointSlice, Table
from clusterdns.cluster.endpoint import ready_addresses
from clusterdns.dns.message import RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import NS
from clusterdns.plugin import Context
from clusterdns.rows import Noted
from clusterdns_plugins.kubernetes.endpoints import Naming, choose, ready_backends
from clusterdns_plugins.kubernetes.found import (
    NO_DATA,
    Address,
    Data,
    address_data,
    address_rdata,
)
from clusterdns_plugins.kubernetes.srv import named

DEFAULT_SERVER = ("ns", "dns")


class Server(NamedTuple):
    """One address of a name server, and the labels that name it left of the zone."""

    labels: tuple[str, ...]
    address: bytes


class ServerAddresses(NamedTuple):
    """What stands at `ns.dns`: the addresses of all name servers."""

    addresses: tuple[bytes, ...]

    @property
    def has_data(self) -> bool:
        """Whether any address is known."""
        return bool(self.addresses)

    def data(self, rtype: int, origin: Name, *, ttl: int) -> Data:
        """Address records."""
        return address_data(self.addresses, rtype)


class NameServers:
    """Finds the name servers. `local` are this machine's addresses, packed.

    endpoints: False if endpoints are not served at all (`noendpoints`), so that no Service is found.
    """

    __slots__ = ("_endpoints", "_local", "_naming", "_table")

    def __init__(
        self, table: Table, naming: Naming, *, local: tuple[bytes, ...], endpoints: bool = True
    ) -> None:
        self._table = table
        self._naming = naming
        self._local = local
        self._endpoints = endpoints

    def addresses(self, *, noted: Noted) -> ServerAddresses:
        """What `ns.dns` has."""
        return ServerAddresses(tuple(server.address for server in self._servers(noted)))

    def data(self, origin: Name, *, ttl: int, noted: Noted) -> Data:
        """The NS records of the zone `origin` and the addresses of their targets."""
        glue: dict[tuple[bytes, int], tuple[Name, dict[Address, None]]] = {}
        targets: dict[Name, None] = {}
        for server in self._servers(noted):
            target = named(origin, server.labels)
            if target is None:
                continue
            rdata = address_rdata(server.address)
            targets[target] = None
            glue.setdefault((target.key, rdata.rtype), (target, {}))[1][rdata] = None
        if not targets:
            return NO_DATA
        additional = tuple(RRset(owner, ttl, tuple(rdatas)) for owner, rdatas in glue.values())
        return Data(tuple(NS(target) for target in targets), additional)

    def _servers(self, noted: Noted) -> tuple[Server, ...]:
        slices = tuple(self._slices(noted))
        if not slices:
            return tuple(Server(DEFAULT_SERVER, address) for address in self._local)
        return tuple(server for item in slices for server in self._of_slice(item, noted))

    def _slices(self, noted: Noted) -> Iterator[EndpointSlice]:
        for address in self._local if self._endpoints else ():
            for item in self._table.slices_by_ip(address, noted=noted):
                if address in ready_addresses(item.packed):
                    yield item

    def _of_slice(self, item: EndpointSlice, noted: Noted) -> Iterator[Server]:
        """The Service's addresses; if it is headless, the endpoints of this slice."""
        service = self._table.service(item.namespace, item.service, noted=noted)
        if service is None:
            return
        labels = (service.name, service.namespace, "svc")
        yield from (Server(labels, address) for address in service.cluster_ips)
        for backend in ready_backends(choose((item,)), self._naming) if service.headless else ():
            yield Server((*backend.labels, *labels), backend.address)


def local_addresses(context: Context) -> tuple[bytes, ...]:
    """This machine's addresses, packed, without loopback ones; () if the server block is bound to some."""
    if context.bound:
        return ()
    texts = (address for interface in context.interfaces() for address in interface.addresses)
    return tuple(dict.fromkeys(_packed(texts)))


def _packed(texts: Iterable[str]) -> Iterator[bytes]:
    for text in texts:
        address = ip_address(text.partition("%")[0])
        if not address.is_loopback:
            yield address.packed
