"""Names that exist: one class for each kind, with its record data by type.

Finders return one of these, or None if the name does not exist. A type that a class has no data of is
NODATA.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final, NamedTuple, Protocol, TypeAlias

from clusterdns.dns.constants import RRType
from clusterdns.dns.message import Section
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import AAAA, CNAME, PTR, TXT, A, Rdata

VERSION_TTL = 28_800
"""Seconds; CoreDNS gives it to `dns-version` alone."""

LEAST_OCTETS = 12
"""Of a record beside its address: a compressed owner and the fixed fields (RFC 1035 section 3.2.1)."""


IPV4_OCTETS: Final = 4
ADDRESS_SIZES: Final[Mapping[int, int]] = {RRType.A: IPV4_OCTETS, RRType.AAAA: 16}
"""Octets of the address in records of a type."""

MOST_LOOKED_AT: Final = 16_384
"""Addresses, if most of them are the same."""

POINTER_OCTETS: Final = 2


class Data(NamedTuple):
    """The record data of one type at a name, () if there is none, and what goes with it as additional.

    cut: there may be more, which was not looked for. turned: another time it begins with another record.
    """

    rdatas: tuple[Rdata, ...] = ()
    additional: Section = ()
    cut: bool = False
    turned: bool = False


NO_DATA = Data()


class Found(Protocol):
    """A name that exists."""

    @property
    def has_data(self) -> bool:
        """Whether there are records of any type, for ANY queries (RFC 8482)."""
        ...

    def data(self, rtype: int, origin: Name, *, ttl: int, room: int) -> Data:
        """Its data of type `rtype`, as far as a message of `room` octets has room for them, and one more.

        `origin` is the zone as the asker spelled it; additionals get `ttl`.
        """
        ...


class Branch:
    """A name without data: an empty non-terminal (RFC 4592 section 2.2.2), a Namespace."""

    __slots__ = ()
    has_data = False

    def data(self, rtype: int, origin: Name, *, ttl: int, room: int) -> Data:
        """Nothing."""
        return NO_DATA


class Version:
    """`dns-version`: which version of the specification is served."""

    __slots__ = ()
    has_data = True

    def data(self, rtype: int, origin: Name, *, ttl: int, room: int) -> Data:
        """The TXT record (Kubernetes DNS specification 2.2)."""
        return Data((TXT((b"1.1.0",)),)) if rtype == RRType.TXT else NO_DATA


class Alias(NamedTuple):
    """A Service of type ExternalName. Questions for addresses go on at `target`, all others do not."""

    target: Name

    @property
    def has_data(self) -> bool:
        """The CNAME record."""
        return True

    def data(self, rtype: int, origin: Name, *, ttl: int, room: int) -> Data:
        """The CNAME record alone: following it is another matter."""
        return Data((CNAME(self.target),)) if rtype == RRType.CNAME else NO_DATA


class Pointers(NamedTuple):
    """An address spelled backwards and the names that it belongs to, at least one; `cut` as in Data."""

    targets: tuple[Name, ...]
    cut: bool = False

    @property
    def has_data(self) -> bool:
        """The PTR records."""
        return True

    def data(self, rtype: int, origin: Name, *, ttl: int, room: int) -> Data:
        """One PTR record a name."""
        return Data(tuple(map(PTR, self.targets)), cut=self.cut) if rtype == RRType.PTR else NO_DATA


class NameRoom:
    """How much room a message has for records whose data are names, all but their first labels compressed."""

    __slots__ = ("_octets",)

    def __init__(self, octets: int) -> None:
        self._octets = octets

    def take(self, label: str) -> bool:
        """Take room for a name that begins with `label`. False if there is none left."""
        self._octets -= LEAST_OCTETS + 1 + len(label) + POINTER_OCTETS
        return self._octets >= 0


def most_addresses(size: int, room: int) -> int:
    """One more than the records of addresses of `size` octets that a message of `room` octets holds."""
    return room // (LEAST_OCTETS + size) + 1


def address_data(addresses: Iterable[bytes], rtype: int, room: int) -> Data:
    """A or AAAA records of those packed addresses that are of the type's family, each once.

    No more are made than a message of `room` octets holds and one, so that it is cut; and no more than
    MOST_LOOKED_AT are looked at, however often they repeat each other.
    """
    if rtype not in ADDRESS_SIZES:
        return NO_DATA
    size = ADDRESS_SIZES[rtype]
    rest, most = iter(addresses), most_addresses(size, room)
    first = list(islice(rest, most))
    found = dict.fromkeys([address for address in first if len(address) == size])
    cut = False
    if len(first) == most:
        _add_distinct(islice(rest, MOST_LOOKED_AT - most), found, size, most)
        cut = len(found) == most or next(rest, None) is not None
    return Data(tuple(map(A if size == IPV4_OCTETS else AAAA, found)), cut=cut)


def _add_distinct(addresses: Iterable[bytes], found: dict[bytes, None], size: int, most: int) -> None:
    """Add addresses of `size` octets until there are `most`."""
    if len(found) == most:
        return
    for address in addresses:
        if len(address) == size:
            found[address] = None
            if len(found) == most:
                return


Address: TypeAlias = A | AAAA


def address_rdata(address: bytes) -> Address:
    """The A or AAAA record of a packed address."""
    return A(address) if len(address) == 4 else AAAA(address)
