"""One object in the place of another: what of it look-ups can see, worked out once for all who ask."""

from collections.abc import Iterable
from typing import NamedTuple, Self

from clusterdns.cluster.endpoint import record_addresses, records
from clusterdns.cluster.neighbours import neighbourhood
from clusterdns.cluster.objects import ClusterObject, EndpointSlice, Pod, Service


class Replacement(NamedTuple):
    """`old` becomes `new`, two objects of one key; None where it comes or goes.

    `gone` and `came` are the packed endpoints that only the one or only the other slice has: all of them
    if its Service is another now, none for other kinds.
    """

    old: ClusterObject | None
    new: ClusterObject | None
    gone: set[bytes]
    came: set[bytes]

    @classmethod
    def of(cls, old: ClusterObject | None, new: ClusterObject | None) -> Self:
        """Compare the endpoints of both."""
        before, after = _endpoints(old), _endpoints(new)
        if _service(old) != _service(new):
            return cls(old, new, before, after)
        return cls(old, new, before - after, after - before)

    def keys_gone(self) -> set[bytes]:
        """The addresses by which the object is not found any more; of a slice neighbourhoods."""
        lost = _keys(self.old, self.gone)
        # An endpoint that stays or came may have the same, or be a neighbour.
        return lost - _keys(self.new, _endpoints(self.new)) if lost else lost

    def keys_came(self) -> set[bytes]:
        """Those by which it is found now; of a slice those of the endpoints that came."""
        return _keys(self.new, self.came)

    def addresses_changed(self) -> set[bytes]:
        """The addresses of which a look-up may find something else than before."""
        return {*_addresses(self.old, self.gone), *_addresses(self.new, self.came)}


def _endpoints(item: ClusterObject | None) -> set[bytes]:
    return set(records(item.packed)) if isinstance(item, EndpointSlice) else set()


def _service(item: ClusterObject | None) -> str:
    return item.service if isinstance(item, EndpointSlice) else ""


def _keys(item: ClusterObject | None, endpoints: set[bytes]) -> set[bytes]:
    addresses = _addresses(item, endpoints)
    return set(map(neighbourhood, addresses)) if isinstance(item, EndpointSlice) else set(addresses)


def _addresses(item: ClusterObject | None, endpoints: set[bytes]) -> Iterable[bytes]:
    """The addresses of an object, of a slice those of the `endpoints`: slices of this cluster only."""
    match item:
        case Service():
            return item.cluster_ips
        case Pod():
            return item.addresses
        case EndpointSlice() if item.service:
            return [address for record in endpoints for address in record_addresses(record)]
        case _:
            return ()
