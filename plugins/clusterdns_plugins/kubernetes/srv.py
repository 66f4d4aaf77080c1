"""SRV records and the addresses that go with them (RFC 2782, Kubernetes DNS specification 2.3.2, 2.4.2)."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from clusterdns.cluster import Port
from clusterdns.dns.message import RRset, Section
from clusterdns.dns.name import MAX_LABEL_OCTETS, MAX_NAME_OCTETS, Name
from clusterdns.dns.rdata import SRV
from clusterdns.dns.writer import MAX_MESSAGE_OCTETS
from clusterdns_plugins.kubernetes.found import Data, address_rdata

NO_PORTS: Final = (Port("", None, ""),)
"""What stands for the ports of a Service or slice that has none: there are addresses, but no SRV records."""

SHARED_WEIGHT: Final = 100
"""What the records of an answer share. Of so many pairs and more each gets the least there is."""

LEAST_OCTETS: Final = 18
"""Of an SRV record beside its target: a compressed owner, the fixed fields, priority, weight and port."""


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


def srv_data(backends: Iterable[Backend], base: Name, *, pairs: int, ttl: int) -> Data:
    """SRV records of all ports of all `backends`, whose labels stand left of `base`.

    As in CoreDNS the weight is an equal share among the `pairs` of port and address, those that turn
    out as duplicates included, at least 1; of records with equal target and port only the first is kept.
    No more records are made than a message holds and one, so that it is cut; there is no room for
    addresses then.
    """
    room = MAX_MESSAGE_OCTETS
    weight = max(1, SHARED_WEIGHT // pairs) if pairs else 0
    records: dict[tuple[bytes, int], SRV] = {}
    targets: list[tuple[Name, bytes]] = []
    known: tuple[Port, ...] = ()
    numbers: tuple[int, ...] = ()
    for labels, address, ports in backends:
        if ports is not known:  # all endpoints of a slice have the same ones
            known, numbers = ports, tuple(port.number for port in ports if port.number is not None)
        target = named(base, labels) if numbers else None
        if target is None:
            continue
        wire = target.wire
        for number in numbers:
            if (wire, number) not in records:
                records[wire, number] = SRV(0, weight, number, target)
                room -= LEAST_OCTETS + len(wire)
        if room < 0:
            return Data(tuple(records.values()))
        targets.append((target, address))
    return Data(tuple(records.values()), _addresses(targets, ttl))


def _addresses(targets: Iterable[tuple[Name, bytes]], ttl: int) -> Section:
    """An RRset for each target and address family."""
    found: dict[tuple[bytes, int], tuple[Name, dict[bytes, None]]] = {}
    for target, address in targets:
        found.setdefault((target.wire, len(address)), (target, {}))[1][address] = None
    return tuple(RRset(owner, ttl, tuple(map(address_rdata, each))) for owner, each in found.values())


def named(base: Name, labels: Sequence[str]) -> Name | None:
    """`labels` left of `base`; None if that is no name, as from a host name that Kubernetes would refuse.

    A Pod's name may have dots, and be several labels. As in CoreDNS nobody can ask for such a name.
    """
    wire = base.wire
    for text in reversed(labels):
        if "." in text:
            return named(base, [label for each in labels for label in each.split(".")])
        octets = text.encode()
        if not 0 < len(octets) <= MAX_LABEL_OCTETS:
            return None
        wire = b"%c%b%b" % (len(octets), octets, wire)
    return Name(wire) if len(wire) <= MAX_NAME_OCTETS else None
