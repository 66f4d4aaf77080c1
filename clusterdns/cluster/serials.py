"""The SOA serials of the zones made from the table, and which changes move them on.

As in CoreDNS a serial is the Unix time of the last relevant change, 0 before the first. It never goes back,
in the arithmetic of RFC 1982: while the clock is behind it, as after a step back, it stays.

What does not show in a zone does not count: Namespaces, a Service whose answers stay, a slice with the same
ready addresses, host names, zones and ports, a Pod that keeps its addresses. Unlike in CoreDNS, a
ServiceImport that comes or goes moves the serial of the multicluster zones on, and a changed clusterIP
counts: RFC 1035 section 3.3.13 wants a new serial for new data.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Final, NamedTuple, TypeAlias

import msgspec

from clusterdns.cluster.endpoint import record_is_ready, shown_of_record
from clusterdns.cluster.kinds import SPECS
from clusterdns.cluster.kinds.spec import Shown
from clusterdns.cluster.objects import ClusterObject, EndpointSlice
from clusterdns.cluster.replacement import Replacement
from clusterdns.cluster.work import Work, pieces

SERIALS: Final = 1 << 32
"""A serial is a number of 32 bits."""

Serial: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=SERIALS)]


class Shows(NamedTuple):
    """In which families of zones a change shows."""

    cluster: bool
    multicluster: bool
    external: bool


class Serials(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The serials of each family of zones: Unix times (seconds), modulo 2**32; 0 before the first change."""

    cluster: Serial = 0
    multicluster: Serial = 0
    external: Serial = 0

    def after(self, shows: Sequence[Shows], *, now: int) -> "Serials":
        """The serials after changes that show there, made at the Unix time `now`."""
        newest = now % SERIALS
        cluster, multicluster, external = self.cluster, self.multicluster, self.external
        for in_cluster, in_multicluster, in_external in shows:
            if in_cluster:
                cluster = newest
            if in_multicluster:
                multicluster = newest
            if in_external:
                external = newest
        moved = Serials(cluster=cluster, multicluster=multicluster, external=external)
        return self if moved == self else self.at_least(moved)

    def at_least(self, other: "Serials") -> "Serials":
        """The newer ones of both: what a table that was restored goes on from."""
        return Serials(
            cluster=_newer(self.cluster, other.cluster),
            multicluster=_newer(self.multicluster, other.multicluster),
            external=_newer(self.external, other.external),
        )


def is_newer(one: int, other: int) -> bool:
    """Whether a secondary server takes the serial `one` for newer than `other` (RFC 1982 section 3.2)."""
    return 0 < (one - other) % SERIALS < SERIALS // 2


def _newer(one: int, other: int) -> int:
    # 0 is no serial yet, so nothing can be older.
    return other if other and (not one or is_newer(other, one)) else one


def where_shown(change: Replacement) -> Work[Shows]:
    """Where a change shows."""
    old, new = change.old, change.new
    if isinstance(old or new, EndpointSlice):
        differs = yield from _is_other_slice(change)
        sides = [side for side in (old, new) if isinstance(side, EndpointSlice)]
        return Shows(
            cluster=differs and any(side.service for side in sides),
            multicluster=differs and any(side.import_name for side in sides),
            external=False,
        )
    before, after = _in_zones(old), _in_zones(new)
    return Shows(
        cluster=before.cluster != after.cluster,
        multicluster=before.multicluster != after.multicluster,
        external=before.external != after.external,
    )


def _in_zones(item: ClusterObject | None) -> Shown:
    shown: Shown = SPECS[type(item)].shown(item) if item is not None else Shown()
    return shown


def _is_other_slice(change: Replacement) -> Work[bool]:
    """Whether two slices differ in what shows. Only endpoints that differ are looked at."""
    if _labels_and_ports(change.old) != _labels_and_ports(change.new):
        return True
    return (yield from _shown(change.gone)) != (yield from _shown(change.came))


def _labels_and_ports(item: ClusterObject | None) -> object:
    if not isinstance(item, EndpointSlice):
        return None
    return item.service, item.import_name, item.cluster, item.ports


def _shown(found: Iterable[bytes]) -> Work[Counter[bytes]]:
    counter: Counter[bytes] = Counter()
    for piece in pieces(found):
        counter.update(shown_of_record(record) for record in piece if record_is_ready(record))
        yield
    return counter
