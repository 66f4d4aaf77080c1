"""Which addresses a configuration listens on, and which zones each of them serves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from socket import SocketKind
from typing import Final, NamedTuple

from clusterdns.answering.origin import failing_as
from clusterdns.capabilities import ChoosesAddresses
from clusterdns.configuration.settings import BlockSettings, Configuration
from clusterdns.corefile import CorefileError, Problems
from clusterdns.corefile.listeners import UNBOUND, Claim, claims_of, conflicts
from clusterdns.dns.name import Name
from clusterdns.plugin import Interface
from clusterdns.transports.addresses import Endpoint, ListenAddress
from clusterdns.transports.opener import Opener
from clusterdns.transports.table import SCHEMES

__all__ = ["EVERY_ADDRESS", "Listener", "ServedZone", "bound_addresses", "plan"]

EVERY_ADDRESS = UNBOUND
"""The host of a listener that takes queries to any address of the machine."""

PLAIN_SCHEME: Final = "dns"
"""What a key without a scheme means; banners leave it out."""


class ServedZone(NamedTuple):
    """A zone, and the block that serves it on the listener at hand."""

    zone: Name
    block: BlockSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A scheme, an address and a port to listen on, and the zones that are answered there."""

    address: ListenAddress
    zones: tuple[ServedZone, ...]

    @property
    def endpoint(self) -> Endpoint:
        """The address and port."""
        return self.address.endpoint

    @property
    def label(self) -> str:
        """Its name in logs and metrics: `dns://:53`, `dns://127.0.0.1:53`, `tls://[::1]:853`."""
        return str(self.address)

    @property
    def openers(self) -> tuple[Opener, ...]:
        """The openers of the transports of its scheme."""
        return SCHEMES[self.address.scheme]

    @property
    def is_encrypted(self) -> bool:
        """Whether its connections are."""
        return any(opener.transport.is_encrypted for opener in self.openers)

    def banner(self) -> tuple[str, ...]:
        """A line a zone, as CoreDNS prints them at start: `cluster.local.:53 on 127.0.0.1`,
        `tls://cluster.local.:853`."""
        scheme = "" if self.address.scheme == PLAIN_SCHEME else f"{self.address.scheme}://"
        where = f" on {self.endpoint.address}" if self.endpoint.address else ""
        zones = sorted(served.zone.to_text() for served in self.zones)
        return tuple(f"{scheme}{zone}:{self.endpoint.port}{where}" for zone in zones)


def plan(configuration: Configuration, interfaces: tuple[Interface, ...]) -> tuple[Listener, ...]:
    """The listeners of `configuration`, in the order in which the Corefile first names them.

    Raises:
        CorefileErrors: a zone is served twice on one address, bound in one block and unbound in another
            on one port, over a transport that is not spoken or whose port another one needs, or bound to
            what this machine does not have.
    """
    problems = Problems()
    claimed: list[tuple[Claim, BlockSettings]] = []
    for block in configuration.blocks:
        with problems.caught():
            hosts = bound_addresses(block, interfaces) or _unbound(block)
            claimed += [(claim, block) for claim in _claims(block, hosts, configuration.dns_port, problems)]
    problems.errors.extend(conflicts(claim for claim, _ in claimed))
    problems.errors.extend(_clashes(claim for claim, _ in claimed))
    problems.raise_if_any()
    return _grouped(claimed)


def bound_addresses(block: BlockSettings, interfaces: tuple[Interface, ...]) -> tuple[str, ...]:
    """The addresses that plugins of `block` chose, () if none of them does.

    Raises:
        CorefileErrors: see `ChoosesAddresses`.
    """
    hosts: list[str] = []
    for used in block.plugins:
        if isinstance(used.settings, ChoosesAddresses):
            with failing_as(used.origin, "listen_on"):
                hosts += used.settings.listen_on(interfaces)
    return tuple(hosts)


def _unbound(block: BlockSettings) -> Sequence[str]:
    """Every address, unless a plugin chose addresses and none was left."""
    chooses = any(isinstance(used.settings, ChoosesAddresses) for used in block.plugins)
    return () if chooses else (EVERY_ADDRESS,)


def _claims(block: BlockSettings, hosts: Sequence[str], dns_port: int, problems: Problems) -> Iterator[Claim]:
    for key in block.keys:
        if key.scheme not in SCHEMES:
            spoken = " and ".join(f"{scheme}://" for scheme in SCHEMES)
            problems.add(key.position, f'"{key.text}": {key.scheme}:// is not spoken yet, only {spoken}')
        else:
            yield from claims_of(key, addresses=hosts, dns_port=dns_port)


def _clashes(claims: Iterable[Claim]) -> Iterator[CorefileError]:
    """An error for each address that two schemes need: of the kernel's queue both would get a part."""
    taken: dict[tuple[Endpoint, SocketKind], Claim] = {}
    clashing: set[ListenAddress] = set()
    for claim in claims:
        address = _address(claim)
        for kind in (opener.kind for opener in SCHEMES[claim.scheme] if claim.port):
            first = taken.setdefault((address.endpoint, kind), claim)
            if first.scheme != claim.scheme and address not in clashing:
                clashing.add(address)
                text = f"{claim} needs the port that {first.scheme}:// is served on at {first.position}"
                yield CorefileError(claim.position, f"{text}: expected another port for one of them")


def _address(claim: Claim) -> ListenAddress:
    return ListenAddress(claim.scheme, Endpoint(claim.address, claim.port))


def _grouped(claimed: Iterable[tuple[Claim, BlockSettings]]) -> tuple[Listener, ...]:
    zones: dict[ListenAddress, list[ServedZone]] = {}
    for claim, block in claimed:
        served = ServedZone(Name.from_text(claim.zone), block)
        zones.setdefault(_address(claim), []).append(served)
    return tuple(Listener(address=address, zones=tuple(served)) for address, served in zones.items())
