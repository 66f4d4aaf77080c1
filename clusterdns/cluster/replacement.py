"""The replacement of one object by another: the differences that look-ups can see, computed once."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from clusterdns.cluster.address_buckets import buckets_of
from clusterdns.cluster.endpoint import record_addresses, records
from clusterdns.cluster.kinds import SPECS
from clusterdns.cluster.objects import ClusterObject, EndpointSlice, Names
from clusterdns.cluster.shards import LargeSet
from clusterdns.cluster.work import PIECE, Work, pieces


class Replacement(NamedTuple):
    """`old` becomes `new`, two objects of one key; None where it comes or goes.

    `gone` and `came` are the packed endpoints that only the one or only the other slice has: all of them
    if its Service is another now, none for other kinds.
    """

    names: Names
    old: ClusterObject | None
    new: ClusterObject | None
    gone: LargeSet[bytes]
    came: LargeSet[bytes]

    def addresses_changed(self) -> Iterator[list[bytes]]:
        """The addresses of which a look-up may find something else than before, piece by piece."""
        yield from _addresses(self.old, self.gone)
        yield from _addresses(self.new, self.came)

    def keys_came(self) -> Iterator[set[bytes]]:
        """The buckets in which a slice is found now, some perhaps before, piece by piece."""
        return _keys(self.new, self.came)

    def keys_gone(self) -> Work[LargeSet[bytes]]:
        """The buckets in which a slice was found before and is not any more."""
        gone: LargeSet[bytes] = LargeSet()
        for keys in _keys(self.old, self.gone):
            gone.update(keys)
            yield
        # An endpoint that came or stays may have the same address, or one next to it. Most often it is one
        # that came, so that the others need not be looked through.
        for endpoints in (self.came, _records(self.new)):
            if gone:
                for keys in _keys(self.new, endpoints):
                    gone.difference_update(keys)
                    yield
        return gone


def compare(names: Names, old: ClusterObject | None, new: ClusterObject | None) -> Work[Replacement]:
    """Compare two objects of these names, slices by their endpoints."""
    gone, came = (yield from _endpoints(old)), (yield from _endpoints(new))
    if gone and came and _service(old) == _service(new):
        for piece in pieces(_records(new)):
            for record in piece:
                if record in gone:
                    gone.discard(record)
                    came.discard(record)
            yield
    return Replacement(names, old, new, gone, came)


def _records(item: ClusterObject | None) -> Iterator[bytes]:
    return records(item.packed) if isinstance(item, EndpointSlice) else iter(())


def _endpoints(item: ClusterObject | None) -> Work[LargeSet[bytes]]:
    found: LargeSet[bytes] = LargeSet()
    for piece in pieces(_records(item)):
        found.update(piece)
        yield
    return found


def _service(item: ClusterObject | None) -> str:
    return item.service if isinstance(item, EndpointSlice) else ""


def _keys(item: ClusterObject | None, endpoints: Iterable[bytes]) -> Iterator[set[bytes]]:
    return map(buckets_of, _addresses(item, endpoints)) if isinstance(item, EndpointSlice) else iter(())


def _addresses(item: ClusterObject | None, endpoints: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The addresses of an object, of a slice those of the `endpoints`: slices of this cluster only."""
    if isinstance(item, EndpointSlice):
        if item.service:
            yield from _of_endpoints(endpoints)
    elif item is not None:
        yield list(SPECS[type(item)].addresses(item))


def _of_endpoints(endpoints: Iterable[bytes]) -> Iterator[list[bytes]]:
    found: list[bytes] = []
    for record in endpoints:
        found += record_addresses(record)
        if len(found) >= PIECE:
            yield found
            found = []
    yield found
