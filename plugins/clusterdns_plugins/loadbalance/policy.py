"""Putting the records of a section into another order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Final, TypeAlias

from clusterdns.dns.constants import RRType
from clusterdns.dns.message import RRset, Section
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import AAAA, A, Rdata
from clusterdns_plugins.loadbalance.config import Network

__all__ = ["Order", "Weights", "has_choice", "preferring", "shuffled", "weighted"]

ADDRESSES: Final = frozenset({RRType.A, RRType.AAAA})
SHUFFLED: Final = ADDRESSES | {RRType.MX}
DEFAULT_WEIGHT: Final = 1
MOST_SHUFFLED: Final = 256

Order: TypeAlias = Callable[[Section], Section]
Weights: TypeAlias = Mapping[Name, Mapping[bytes, int]]
"""The weight of each packed address of a name, 1 to 255."""


def has_choice(section: Section) -> bool:
    """Whether shuffling can change the section: an RRset of addresses or MX has two records."""
    return any(len(rrset.rdatas) > 1 and rrset.rtype in SHUFFLED for rrset in section)


def shuffled(section: Section, random: Random) -> Section:
    """Records within each RRset of addresses and MX in random order, every order as likely as another.

    More than MOST_SHUFFLED are only turned: each is as likely as another to be first, and, if the reply must
    be cut, to be in it. Drawing thousands of random numbers would take milliseconds.

    CNAMEs come first, since some stub resolvers want them so, and addresses behind all but MX.
    """
    return tuple(_shuffle(rrset, random) for rrset in _in_groups(section))


def weighted(section: Section, weights: Weights, random: Random) -> Section:
    """The address that is drawn by weight comes first of all addresses; the others stay as they are."""
    candidates = [(rrset, rdata) for rrset in section if rrset.rtype in ADDRESSES for rdata in rrset.rdatas]
    if len(candidates) < 2:
        return section
    rrset, rdata = _draw(candidates, weights, random)
    first = replace(rrset, rdatas=_with_first(rrset.rdatas, rdata))
    return tuple(_led_by(first, _in_groups(section)))


def preferring(section: Section, networks: tuple[Network, ...]) -> Section:
    """Addresses in the first of `networks` come first, then those in the second, the rest last."""
    if not networks:
        return section
    return tuple(
        replace(rrset, rdatas=tuple(sorted(rrset.rdatas, key=lambda rdata: _rank(rdata, networks))))
        if rrset.rtype in ADDRESSES
        else rrset
        for rrset in _in_groups(section)
    )


def _in_groups(section: Section) -> list[RRset]:
    return sorted(section, key=lambda rrset: _GROUPS.get(rrset.rtype, _REST))


_GROUPS: Final[Mapping[int, int]] = {RRType.CNAME: 0, RRType.A: 2, RRType.AAAA: 2, RRType.MX: 3}
_REST: Final = 1


def _shuffle(rrset: RRset, random: Random) -> RRset:
    if len(rrset.rdatas) < 2 or rrset.rtype not in SHUFFLED:
        return rrset
    if len(rrset.rdatas) > MOST_SHUFFLED:
        first = random.randrange(len(rrset.rdatas))
        return replace(rrset, rdatas=rrset.rdatas[first:] + rrset.rdatas[:first])
    return replace(rrset, rdatas=tuple(random.sample(rrset.rdatas, len(rrset.rdatas))))


def _draw(candidates: Sequence[tuple[RRset, Rdata]], weights: Weights, random: Random) -> tuple[RRset, Rdata]:
    shares = [_weight(rrset.owner, rdata, weights) for rrset, rdata in candidates]
    (drawn,) = random.choices(candidates, weights=shares)
    return drawn


def _weight(owner: Name, rdata: Rdata, weights: Weights) -> int:
    if not isinstance(rdata, A | AAAA):
        return DEFAULT_WEIGHT
    return weights.get(owner, {}).get(rdata.address, DEFAULT_WEIGHT)


def _with_first(rdatas: tuple[Rdata, ...], first: Rdata) -> tuple[Rdata, ...]:
    """`first` and the one that stood there change places."""
    at = rdatas.index(first)
    return (first, *rdatas[1:at], rdatas[0], *rdatas[at + 1 :]) if at else rdatas


def _led_by(first: RRset, section: Iterable[RRset]) -> Iterable[RRset]:
    """`first` in front of the other RRsets of addresses, in place of the one it was made from."""
    placed = False
    for rrset in section:
        if rrset.rtype in ADDRESSES and not placed:
            yield first
            placed = True
        if (rrset.owner, rrset.rtype) != (first.owner, first.rtype):
            yield rrset


def _rank(rdata: Rdata, networks: tuple[Network, ...]) -> int:
    if not isinstance(rdata, A | AAAA):
        return len(networks)
    number, version = int.from_bytes(rdata.address), 4 if isinstance(rdata, A) else 6
    for rank, network in enumerate(networks):
        if network.version == version and _holds(network, number):
            return rank
    return len(networks)


def _holds(network: Network, number: int) -> bool:
    return number & int(network.netmask) == int(network.network_address)
