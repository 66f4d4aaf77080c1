"""The name servers of a zone: the Service in front of this server, else this machine itself.

If an address of this machine is an endpoint of a Service, that Service is what others reach this server
by; its name and addresses are the zone's NS records, whatever Namespaces are shown. Otherwise `ns.dns`
has all addresses of this machine. With `bind` no address is known, as in CoreDNS, and there are none.
"""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from itertools import chain, islice, takewhile
from typing import NamedTuple

from clusterdns.cluster import EndpointSlice, Table
from clusterdns.cluster.blocks import is_ready_at, ready_blocks
from clusterdns.dns.message import RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import NS
from clusterdns.plugin import Context
from clusterdns.rows import Noted
from clusterdns_plugins.kubernetes.found import (
    NO_DATA,
    Address,
    Data,
    NameRoom,
    address_data,
    address_rdata,
)
from clusterdns_plugins.kubernetes.looking import ENDPOINT, NAME, SEARCH, SERVICE, Looking
from clusterdns_plugins.kubernetes.naming import Naming
from clusterdns_plugins.kubernetes.srv import named

MOST_ADDRESSES = 8192
"""Of name servers, those that repeat each other included."""

DEFAULT_SERVER = ("ns", "dns")


class Server(NamedTuple):
    """One address of a name server, and the labels that name it left of the zone."""

    labels: tuple[str, ...]
    address: bytes


class ServerAddresses(NamedTuple):
    """The name `ns.dns`: the addresses of all name servers."""

    addresses: tuple[bytes, ...]

    @property
    def has_data(self) -> bool:
        """Whether any address is known."""
        return bool(self.addresses)

    def data(self, rtype: int, origin: Name, *, ttl: int, room: int) -> Data:
        """Address records."""
        return address_data(self.addresses, rtype, room)


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
        """The addresses at `ns.dns`, as far as not too much is looked at for them."""
        looking = Looking()
        slices = self._slices(noted, looking)
        first = next(slices, None)
        if first is None:
            return ServerAddresses(self._local)
        each = (self._addresses_of(item, noted) for item in chain((first,), slices) if looking.may(SERVICE))
        return ServerAddresses(tuple(dict.fromkeys(islice(chain.from_iterable(each), MOST_ADDRESSES))))

    def data(self, origin: Name, *, ttl: int, room: int, noted: Noted) -> Data:
        """The NS records of the zone `origin` as far as there is room, and the addresses of their targets."""
        glue: dict[tuple[bytes, int], tuple[Name, dict[Address, None]]] = {}
        targets: dict[Name, None] = {}
        looking, left, cut = Looking(), NameRoom(room), False
        for server in self._servers(noted, looking):
            target = named(origin, server.labels)
            if target is None:
                continue
            if target not in targets:
                targets[target] = None
                cut = not (left.take(server.labels[0]) and looking.may(NAME))
                if cut:
                    break
            rdata = address_rdata(server.address)
            glue.setdefault((target.key, rdata.rtype), (target, {}))[1][rdata] = None
        if not targets:
            return NO_DATA
        additional = tuple(RRset(owner, ttl, tuple(rdatas)) for owner, rdatas in glue.values())
        return Data(tuple(map(NS, targets)), additional, cut=cut or looking.gave_up)

    def _servers(self, noted: Noted, looking: Looking) -> Iterator[Server]:
        slices = self._slices(noted, looking)
        first = next(slices, None)
        if first is None:
            yield from (Server(DEFAULT_SERVER, address) for address in self._local)
            return
        for item in chain((first,), slices):
            yield from self._of_slice(item, noted, looking)

    def _addresses_of(self, item: EndpointSlice, noted: Noted) -> Iterator[bytes]:
        """The addresses of the servers in a slice, without their names."""
        service = self._table.service(item.namespace, item.service, noted=noted)
        if service is None:
            return
        yield from service.cluster_ips
        if service.headless:
            self._table.slices(item.namespace, item.service, noted=noted)
            for block in ready_blocks(item.packed):
                yield from block.addresses_from(0, block.addresses)

    def _slices(self, noted: Noted, looking: Looking) -> Iterator[EndpointSlice]:
        for address in self._local if self._endpoints else ():
            for item in self._table.slices_by_ip(address, noted=noted):
                if not looking.may(SEARCH):
                    return
                if is_ready_at(item.packed, address):
                    yield item

    def _of_slice(self, item: EndpointSlice, noted: Noted, looking: Looking) -> Iterator[Server]:
        """The Service's addresses; if it is headless, the endpoints of this slice."""
        service = self._table.service(item.namespace, item.service, noted=noted)
        if service is None or not looking.may(SERVICE):
            return
        labels = (service.name, service.namespace, "svc")
        yield from (Server(labels, address) for address in service.cluster_ips)
        if service.headless:
            self._table.slices(item.namespace, item.service, noted=noted)
            for block in ready_blocks(item.packed):
                named_ones = self._naming.endpoints(block, range(block.count))
                for label, address in takewhile(lambda _: looking.may(ENDPOINT), named_ones):
                    yield Server((label, *labels), address)


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
