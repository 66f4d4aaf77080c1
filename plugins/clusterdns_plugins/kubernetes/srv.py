"""SRV records and the addresses that go with them (RFC 2782, Kubernetes DNS specification 2.3.2, 2.4.2)."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from clusterdns.cluster import Port
from clusterdns.dns.message import RRset, Section
from clusterdns.dns.name import MAX_LABEL_OCTETS, MAX_NAME_OCTETS, Name
from clusterdns.dns.rdata import SRV
from clusterdns_plugins.kubernetes.found import NO_DATA, Data, address_rdata
from clusterdns_plugins.kubernetes.looking import Looking
from clusterdns_plugins.kubernetes.ports import PORTS_A_UNIT

FEW_PORTS: Final = 8

MOST_PORTS: Final = 4096
"""Of an endpoint, whose records are made: more than a message holds, unless many have the same number."""

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


def most_pairs(base: Name, room: int) -> int:
    """How many SRV records with targets at or below `base` are more than a message of `room` octets holds."""
    return room // (LEAST_OCTETS + len(base.wire)) + 1


def srv_data(
    backends: Iterable[Backend],
    base: Name,
    *,
    pairs: int,
    ttl: int,
    room: int,
    looking: Looking | None = None,
) -> Data:
    """SRV records of all ports of all `backends`, whose labels stand left of `base`.

    As in CoreDNS the weight is an equal share among the `pairs` of port and address, those that turn
    out as duplicates included, at least 1; of records with equal target and port only the first is kept.
    No more records are made than a message of `room` octets holds and one, so that it is cut; there is no
    room for addresses then. `looking` bounds how many ports are looked at.
    """
    records = _Records(max(1, SHARED_WEIGHT // pairs) if pairs else 0, room, looking or Looking())
    targets: list[tuple[Name, bytes]] = []
    last: tuple[str, ...] | None = None
    target: Name | None = None
    for labels, address, ports in backends:
        if labels != last:  # an endpoint may have several addresses
            last, target = labels, named(base, labels)
        numbers = records.numbers(ports)
        if target is None or not numbers:
            continue
        if not records.add(target, numbers):
            return Data(records.made(), cut=True)
        targets.append((target, address))
    if records.are_cut:
        return Data(records.made(), cut=True)
    return Data(records.made(), _addresses(targets, ttl))


def few_srv_data(address: bytes, ports: tuple[Port, ...], base: Name, *, ttl: int, room: int) -> Data | None:
    """The same for a Service with one address and few ports, as most have; None without room for all."""
    numbers = dict.fromkeys([port.number for port in ports if port.number is not None])
    if len(numbers) * (LEAST_OCTETS + len(base.wire)) > room:
        return None
    weight = max(1, SHARED_WEIGHT // len(ports))
    rdatas = tuple([SRV(0, weight, number, base) for number in numbers])
    return Data(rdatas, (RRset(base, ttl, (address_rdata(address),)),)) if rdatas else NO_DATA


class _Records:
    """The SRV records made so far, each pair of target and port once."""

    def __init__(self, weight: int, room: int, looking: Looking) -> None:
        self._weight = weight
        self._room = room
        self._looking = looking
        self._made: dict[tuple[bytes, int], SRV] = {}
        self._known: tuple[Port, ...] = ()
        self._are_cut = False
        self._numbers: tuple[int, ...] = ()

    @property
    def are_cut(self) -> bool:
        return self._are_cut or self._looking.gave_up

    def made(self) -> tuple[SRV, ...]:
        return tuple(self._made.values())

    def numbers(self, ports: tuple[Port, ...]) -> tuple[int, ...]:
        """The numbers of ports, each once; none when too many were looked at."""
        if ports is not self._known:  # all endpoints of a slice have the same ones
            self._known = ports
            enough = self._looking.may(min(len(ports), MOST_PORTS) // PORTS_A_UNIT)
            numbers = (port.number for port in ports[:MOST_PORTS] if port.number is not None)
            self._numbers = tuple(dict.fromkeys(numbers)) if enough else ()
            self._are_cut |= len(ports) > MOST_PORTS
        return self._numbers

    def add(self, target: Name, numbers: Iterable[int]) -> bool:
        """Make the records of one target. False if there is no more room."""
        wire, made, weight = target.wire, self._made, self._weight
        octets = LEAST_OCTETS + len(wire)
        for number in numbers:
            if (wire, number) not in made:
                made[wire, number] = SRV(0, weight, number, target)
                self._room -= octets
                if self._room < 0:
                    return False
        return True


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
    if not labels:
        return base
    wire = base.wire
    if len(labels) == 1 and "." not in labels[0]:  # thousands at once, of which all else is the same
        octets = labels[0].encode()
        wire = b"%c%b%b" % (min(len(octets), 255), octets, wire)
        fits = 0 < len(octets) <= MAX_LABEL_OCTETS and len(wire) <= MAX_NAME_OCTETS
        return Name(wire) if fits else None
    for text in reversed(labels):
        if "." in text:
            return named(base, [label for each in labels for label in each.split(".")])
        octets = text.encode()
        if not 0 < len(octets) <= MAX_LABEL_OCTETS:
            return None
        wire = b"%c%b%b" % (len(octets), octets, wire)
    return Name(wire) if len(wire) <= MAX_NAME_OCTETS else None


def service_name(origin: Name, namespace: str, *, service: str) -> Name | None:
    """SERVICE.NAMESPACE.svc below `origin`; None if that is too long for a name."""
    return named(origin, (service, namespace, "svc"))
