"""Endpoints: those of headless Services, single ones by name, those of a topology zone.

Only endpoints that are ready count: the conditions `serving` and `terminating` are not read, as in CoreDNS
(Kubernetes DNS specification 2.4).
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

from clusterdns.cluster import EndpointSlice, Port
from clusterdns.cluster.endpoint import (
    read_record,
    ready_addresses,
    record_addresses,
    record_is_ready,
    record_names,
    records,
)
from clusterdns.dns.constants import RRType
from clusterdns.dns.name import MAX_LABEL_OCTETS, Name
from clusterdns_plugins.kubernetes.addresses import dashed, undashed
from clusterdns_plugins.kubernetes.cluster_ip import service_name
from clusterdns_plugins.kubernetes.found import NO_DATA, Data, address_data
from clusterdns_plugins.kubernetes.srv import SHARED_WEIGHT, Backend, matching_ports, srv_data


class Naming(NamedTuple):
    """How endpoints are named: by their Pods if they have no host name, and with their cluster's id."""

    pod_names: bool = False
    clusters: bool = False

    def cluster(self, item: EndpointSlice) -> str:
        """The id of the cluster that a slice comes from, "" where that is not part of names."""
        return item.cluster if self.clusters else ""

    def label(self, hostname: str, pod: str, address: bytes) -> str:
        """The one label that names an endpoint: its host name, else its Pod's name if those are wanted and
        it fits into a label, else the address with dashes.
        """
        if hostname:
            return hostname
        if self.pod_names and 0 < len(pod) <= MAX_LABEL_OCTETS:
            return pod
        return dashed(address)


class Chosen(NamedTuple):
    """A slice, and those of its ports that were asked for: at least one."""

    slice: EndpointSlice
    ports: tuple[Port, ...]


class Headless(NamedTuple):
    """All ready endpoints of some slices. There is at least one."""

    namespace: str
    name: str
    chosen: tuple[Chosen, ...]
    naming: Naming

    @property
    def has_data(self) -> bool:
        """There is an endpoint, so there is an address."""
        return True

    def data(self, rtype: int, origin: Name, *, ttl: int) -> Data:
        """Address records, made without unpacking the endpoints, or SRV records."""
        if rtype == RRType.SRV:
            return self._services(origin, ttl)
        if rtype in {RRType.A, RRType.AAAA}:
            each = (ready_addresses(item.packed) for item, _ in self.chosen)
            return address_data(chain.from_iterable(each), rtype)
        return NO_DATA

    def _services(self, origin: Name, ttl: int) -> Data:
        """SRV records. Endpoints are counted as far as the weight depends on it, and unpacked as far as
        there is room for them."""
        base = service_name(origin, self.namespace, service=self.name)
        if base is None:
            return NO_DATA
        each = (len(ports) for item, ports in self.chosen for _ in ready_addresses(item.packed))
        pairs = sum(islice(each, SHARED_WEIGHT))
        return srv_data(ready_backends(self.chosen, self.naming), base, pairs=pairs, ttl=ttl)


class Endpoints(NamedTuple):
    """Some endpoints of a Service: those that a name asks for. None for a topology zone that has none."""

    namespace: str
    name: str
    backends: tuple[Backend, ...]

    @property
    def has_data(self) -> bool:
        """Whether there is an endpoint."""
        return bool(self.backends)

    def data(self, rtype: int, origin: Name, *, ttl: int) -> Data:
        """Address or SRV records."""
        if rtype == RRType.SRV:
            base = service_name(origin, self.namespace, service=self.name)
            pairs = sum(len(backend.ports) for backend in self.backends)
            return NO_DATA if base is None else srv_data(self.backends, base, pairs=pairs, ttl=ttl)
        return address_data((backend.address for backend in self.backends), rtype)


def choose(slices: Iterable[EndpointSlice], *, port: str = "", protocol: str = "") -> tuple[Chosen, ...]:
    """The slices that have ports of that name and protocol, "" being any."""
    return tuple(
        Chosen(item, ports)
        for item in slices
        if (ports := matching_ports(item.ports, port=port, protocol=protocol))
    )


def has_ready(slices: Iterable[EndpointSlice]) -> bool:
    """Whether any endpoint is ready."""
    return any(record_is_ready(record) for item in slices for record in records(item.packed))


def ready_backends(
    chosen: Iterable[Chosen],
    naming: Naming,
    *,
    zone: str = "",
    may_be: Callable[[bytes], bool] | None = None,
) -> Iterator[Backend]:
    """The ready endpoints, one each address: those in the topology zone `zone` (lower case) if it is given,
    and those whose packed records `may_be` wanted."""
    for item, ports in chosen:
        cluster = naming.cluster(item)
        for record in records(item.packed):
            if not record_is_ready(record) or (may_be is not None and not may_be(record)):
                continue
            if zone and read_record(record).zone.lower() != zone:
                continue
            hostname, pod = record_names(record)
            for address in record_addresses(record):
                label = naming.label(hostname, pod, address)
                yield Backend((label, cluster) if cluster else (label,), address, ports)


def named_backends(
    slices: Iterable[EndpointSlice], naming: Naming, *, labels: tuple[str, ...]
) -> tuple[Backend, ...]:
    """The ready endpoints that `labels`, in lower case, name.

    A name stands in the packed endpoint, its length before it and in lower case as well, or is its address:
    what has neither is not unpacked, or a large Service would make each of its endpoints' names dear.
    """
    name, address = labels[0].encode(), undashed(labels[0])
    text = bytes((len(name),)) + name

    def may_be_named(packed: bytes) -> bool:
        return text in packed or (address is not None and address in packed)

    chosen = choose(item for item in slices if may_be_named(item.packed))
    return tuple(
        backend
        for backend in ready_backends(chosen, naming, may_be=may_be_named)
        if tuple(label.lower() for label in backend.labels) == labels
    )
