"""Putting the records of a section into another order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import compress
from operator import not_
from random import Random
from typing import Final, TypeAlias

from clusterdns.dns.constants import RRType
from clusterdns.dns.message import RRset, Section
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import AAAA, A, Rdata
from clusterdns.dns.writer import MAX_MESSAGE_OCTETS
from clusterdns_plugins.loadbalance.config import Network

__all__ = ["Order", "Weights", "can_turn", "has_choice", "preferring", "shuffled", "weighted"]

ADDRESSES: Final = frozenset({RRType.A, RRType.AAAA})
SHUFFLED: Final = ADDRESSES | {RRType.MX}
NOT_TURNED: Final = SHUFFLED - ADDRESSES
DEFAULT_WEIGHT: Final = 1
MOST_SHUFFLED: Final = 256
LEAST_OCTETS: Final = 12
"""Of a record beside its data: a compressed owner and the fixed fields (RFC 1035 section 3.2.1)."""
DATA_OCTETS: Final[Mapping[int, int]] = {RRType.A: 4, RRType.AAAA: 16}

Order: TypeAlias = Callable[[Section], Section]
Weights: TypeAlias = Mapping[Name, Mapping[bytes, int]]
"""The weight of each packed address of a name, 1 to 255."""


def has_choice(section: Section) -> bool:
    """Whether shuffling can change the section: an RRset of addresses or MX has two records."""
    return any(len(rrset.rdatas) > 1 and rrset.rtype in SHUFFLED for rrset in section)


def can_turn(section: Section) -> bool:
    """Whether giving the section again with its addresses turned is as good as shuffling it again."""
    return not any(len(rrset.rdatas) > 1 and rrset.rtype in NOT_TURNED for rrset in section)


def shuffled(section: Section, random: Random) -> Section:
    """Records within each RRset of addresses and MX in random order, every order as likely as another.

    More than MOST_SHUFFLED are only turned: each is as likely as another to be first, and, if the reply must
    be cut, to be in it. Drawing thousands of random numbers would take milliseconds. What no message holds is
    left out then, so that nobody has to look at it.

    CNAMEs come first, since some stub resolvers want them so, and addresses behind all but MX.
    """
    return tuple([_shuffle(rrset, random) for rrset in _in_groups(section)])


def weighted(section: Section, weights: Weights, random: Random) -> Section:
    """The address that is drawn by weight comes first of all addresses; the others stay as they are.

    Of more than a message holds, which these are is drawn before, and without weights.
    """
    candidates = [_held(rrset, random) for rrset in section if rrset.rtype in ADDRESSES]
    if sum(len(rrset.rdatas) for rrset in candidates) < 2:
        return section
    rrset, at = _draw(candidates, weights, random)
    first = replace(rrset, rdatas=_with_first(rrset.rdatas, at))
    held = {(each.owner, each.rtype): each for each in candidates}
    rest = [held.get((each.owner, each.rtype), each) for each in section]
    return tuple(_led_by(first, _in_groups(rest)))


def preferring(section: Section, networks: tuple[Network, ...]) -> Section:
    """Addresses in the first of `networks` come first, then those in the second, the rest last."""
    if not networks:
        return section
    return tuple(
        replace(rrset, rdatas=_ranked(rrset.rdatas, networks)) if rrset.rtype in ADDRESSES else rrset
        for rrset in _in_groups(section)
    )


def _in_groups(section: Sequence[RRset]) -> Sequence[RRset]:
    if len(section) < 2:
        return section
    return sorted(section, key=lambda rrset: _GROUPS.get(rrset.rtype, _REST))


_GROUPS: Final[Mapping[int, int]] = {RRType.CNAME: 0, RRType.A: 2, RRType.AAAA: 2, RRType.MX: 3}
_REST: Final = 1


def _shuffle(rrset: RRset, random: Random) -> RRset:
    if len(rrset.rdatas) < 2 or rrset.rtype not in SHUFFLED:
        return rrset
    if len(rrset.rdatas) > MOST_SHUFFLED:
        return replace(rrset, rdatas=_turned(rrset, random))
    rdatas = tuple(random.sample(rrset.rdatas, len(rrset.rdatas)))
    return RRset(rrset.owner, rrset.ttl, rdatas, rrset.rrclass)


def _turned(rrset: RRset, random: Random) -> tuple[Rdata, ...]:
    """As many records as a message holds, from any one on."""
    rdatas, first = rrset.rdatas, random.randrange(len(rrset.rdatas))
    most = MAX_MESSAGE_OCTETS // (LEAST_OCTETS + DATA_OCTETS.get(rrset.rtype, 0)) + 1
    turned = rdatas[first : first + most]
    return turned + rdatas[: min(first, most - len(turned))]


def _held(rrset: RRset, random: Random) -> RRset:
    """Addresses as they are, if a message holds them all."""
    turned = _turned(rrset, random)
    return rrset if len(turned) == len(rrset.rdatas) else replace(rrset, rdatas=turned)


def _draw(candidates: Sequence[RRset], weights: Weights, random: Random) -> tuple[RRset, int]:
    """The RRset and the place in it of the record that is drawn."""
    places = [(rrset, at) for rrset in candidates for at in range(len(rrset.rdatas))]
    shares = [share for rrset in candidates for share in _shares(rrset, weights)]
    (drawn,) = random.choices(places, weights=shares)
    return drawn


def _shares(rrset: RRset, weights: Weights) -> Iterable[int]:
    known = weights.get(rrset.owner)
    if not known:
        return [DEFAULT_WEIGHT] * len(rrset.rdatas)
    return [
        known.get(rdata.address, DEFAULT_WEIGHT) if isinstance(rdata, A | AAAA) else DEFAULT_WEIGHT
        for rdata in rrset.rdatas
    ]


def _with_first(rdatas: tuple[Rdata, ...], at: int) -> tuple[Rdata, ...]:
    """The record at a place and the first one change places."""
    return (rdatas[at], *rdatas[1:at], rdatas[0], *rdatas[at + 1 :]) if at else rdatas


def _led_by(first: RRset, section: Iterable[RRset]) -> Iterable[RRset]:
    """`first` in front of the other RRsets of addresses, in place of the one it was made from."""
    placed = False
    for rrset in section:
        if rrset.rtype in ADDRESSES and not placed:
            yield first
            placed = True
        if (rrset.owner, rrset.rtype) != (first.owner, first.rtype):
            yield rrset


def _ranked(rdatas: tuple[Rdata, ...], networks: tuple[Network, ...]) -> tuple[Rdata, ...]:
    """Records in the first network, then those in the second, and so on; the others last."""
    ranked: list[Rdata] = []
    rest = rdatas
    for network in networks:
        octets, mask, wanted = network.max_prefixlen // 8, int(network.netmask), int(network.network_address)
        is_inside = [_is_inside(rdata, octets, mask, wanted) for rdata in rest]
        ranked += compress(rest, is_inside)
        rest = tuple(compress(rest, map(not_, is_inside)))
    return (*ranked, *rest)


def _is_inside(rdata: Rdata, octets: int, mask: int, wanted: int) -> bool:
    if not isinstance(rdata, A | AAAA) or len(rdata.address) != octets:
        return False
    return int.from_bytes(rdata.address) & mask == wanted
