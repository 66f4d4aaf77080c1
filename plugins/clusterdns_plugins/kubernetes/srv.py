"""SRV records and the addresses that go with them (RFC 2782, Kubernetes DNS specification 2.3.2, 2.4.2)."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from clusterdns.cluster import Port
from clusterdns.dns.message import RRset
from clusterdns.dns.name import MAX_LABEL_OCTETS, MAX_NAME_OCTETS, Name
from clusterdns.dns.rdata import SRV
from clusterdns_plugins.kubernetes.found import Address, Data, address_rdata

NO_PORTS: Final = (Port("", None, ""),)
"""What stands for the ports of a Service or slice that has none: there are addresses, but no SRV records."""


class Backend(NamedTuple):
    """An address, the ports asked for at it, and the labels that name it left of its Service.

    `labels` is () for the Service itself. A port without a number has no SRV record but counts.
    """

    labels: tuple[str, ...]
    address: bytes
    ports: tuple[Port, ...]


def matching_ports(ports: tuple[Port, ...], *, port: str, protocol: str) -> tuple[Port, ...]:
    """The ports of that name and protocol, compared without case; an empty text matches all."""
    known = ports or NO_PORTS
    if not port and not protocol:
        return known
    return tuple(
        one
        for one in known
        if (not port or one.name.lower() == port) and (not protocol or one.protocol.lower() == protocol)
    )


def srv_data(backends: Sequence[Backend], base: Name, *, ttl: int) -> Data:
    """SRV records of all ports of all `backends`, whose labels stand left of `base`.

    As in CoreDNS the weight is an equal share of 100 among the (port, address) pairs, those that turn out
    as duplicates included, at least 1; of records with equal target and port only the first is kept.
    """
    pairs = sum(len(backend.ports) for backend in backends)
    weight = max(1, 100 // pairs) if pairs else 0
    records: dict[tuple[bytes, int], SRV] = {}
    additional: dict[tuple[bytes, int], tuple[Name, list[Address]]] = {}
    for backend in backends:
        target = named(base, backend.labels)
        numbers = [port.number for port in backend.ports if port.number is not None]
        if target is None or not numbers:
            continue
        for number in numbers:
            records.setdefault((target.wire, number), SRV(0, weight, number, target))
        rdata = address_rdata(backend.address)
        _, addresses = additional.setdefault((target.wire, rdata.rtype), (target, []))
        addresses.append(rdata)
    return Data(tuple(records.values()), tuple(_rrsets(additional.values(), ttl)))


def named(base: Name, labels: Iterable[str]) -> Name | None:
    """`labels` left of `base`; None if that is no name, as from a host name that Kubernetes would refuse."""
    wire = base.wire
    for label in reversed(tuple(labels)):
        octets = label.encode()
        if not 0 < len(octets) <= MAX_LABEL_OCTETS:
            return None
        wire = bytes((len(octets),)) + octets + wire
    return Name(wire) if len(wire) <= MAX_NAME_OCTETS else None


def _rrsets(owners: Iterable[tuple[Name, list[Address]]], ttl: int) -> Iterable[RRset]:
    for owner, rdatas in owners:
        yield RRset(owner, ttl, tuple(dict.fromkeys(rdatas)))
