"""One object in the place of another: what of it look-ups can see, worked out once for all who ask."""

from typing import NamedTuple, Self

from clusterdns.cluster.endpoint import record_addresses, records
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

    def addresses_gone(self) -> set[bytes]:
        """The addresses by which the object is not found any more."""
        lost = _addresses(self.old, self.gone) - self.addresses_came()
        # An endpoint may have left its address to one that stays.
        return {address for address in lost if not _stands_in(address, self.new)}

    def addresses_came(self) -> set[bytes]:
        """The addresses by which it is found now; of a slice those of the endpoints that came."""
        return _addresses(self.new, self.came)

    def addresses_changed(self) -> set[bytes]:
        """The addresses of which a look-up may find something else than before."""
        return _addresses(self.old, self.gone) | self.addresses_came()


def _endpoints(item: ClusterObject | None) -> set[bytes]:
    return set(records(item.packed)) if isinstance(item, EndpointSlice) else set()


def _service(item: ClusterObject | None) -> str:
    return item.service if isinstance(item, EndpointSlice) else ""


def _stands_in(address: bytes, item: ClusterObject | None) -> bool:
    """Whether an endpoint has this address. What is nowhere in the octets is not looked for in each."""
    if not isinstance(item, EndpointSlice) or not item.service or address not in item.packed:
        return False
    return any(address in record_addresses(record) for record in records(item.packed))


def _addresses(item: ClusterObject | None, endpoints: set[bytes]) -> set[bytes]:
    """The addresses of an object, of a slice those of the `endpoints`: slices of this cluster only."""
    match item:
        case Service():
            return set(item.cluster_ips)
        case Pod():
            return set(item.addresses)
        case EndpointSlice() if item.service:
            return {address for record in endpoints for address in record_addresses(record)}
        case _:
            return set()
