"""One object in the place of another: what of it look-ups can see, worked out once for all who ask."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from clusterdns.cluster.endpoint import record_addresses, records
from clusterdns.cluster.neighbours import neighbourhood
from clusterdns.cluster.objects import ClusterObject, EndpointSlice, Names, Pod, Service
from clusterdns.cluster.shards import LargeSet
from clusterdns.cluster.work import Work, pieces


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

    def addresses_changed(self) -> Iterator[bytes]:
        """The addresses of which a look-up may find something else than before, some perhaps twice."""
        yield from _addresses(self.old, self.gone)
        yield from _addresses(self.new, self.came)

    def keys_came(self) -> Iterator[bytes]:
        """The neighbourhoods in which a slice is found now, some perhaps before."""
        return _keys(self.new, self.came)

    def keys_gone(self) -> Work[LargeSet[bytes]]:
        """Those in which it is not found any more."""
        keys: LargeSet[bytes] = LargeSet()
        for piece in pieces(_keys(self.old, self.gone)):
            keys.update(piece)
            yield
        if keys:
            # An endpoint that stays or came may have the same, or be a neighbour.
            for piece in pieces(_keys(self.new, _records(self.new))):
                for key in piece:
                    keys.discard(key)
                yield
        return keys


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


def _keys(item: ClusterObject | None, endpoints: Iterable[bytes]) -> Iterator[bytes]:
    return map(neighbourhood, _addresses(item, endpoints)) if isinstance(item, EndpointSlice) else iter(())


def _addresses(item: ClusterObject | None, endpoints: Iterable[bytes]) -> Iterator[bytes]:
    """The addresses of an object, of a slice those of the `endpoints`: slices of this cluster only."""
    match item:
        case Service():
            return iter(item.cluster_ips)
        case Pod():
            return iter(item.addresses)
        case EndpointSlice() if item.service:
            return (address for record in endpoints for address in record_addresses(record))
        case _:
            return iter(())
