"""The dictionaries behind the table, and how a change set goes into them."""

from collections.abc import Iterable, Iterator
from itertools import chain

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.endpoint import records_at
from clusterdns.cluster.groups import Groups
from clusterdns.cluster.neighbours import neighbourhood
from clusterdns.cluster.objects import (
    ClusterObject,
    EndpointSlice,
    Kind,
    Names,
    Namespace,
    Pod,
    Service,
    ServiceImport,
    alike,
)
from clusterdns.cluster.replacement import Replacement
from clusterdns.cluster.serials import Serials
from clusterdns.cluster.touching import touched_rows
from clusterdns.rows import Row


class Store:
    """Objects by (namespace, name), and the names of those that are found by anything else.

    Whatever is named in a group is there: EndpointSlices by their Service (label), their import and the
    neighbourhoods of their addresses, Services and Pods by their addresses.
    """

    __slots__ = (
        "by_cluster_ip",
        "by_import",
        "by_neighbourhood",
        "by_pod_ip",
        "by_service",
        "imports",
        "namespaces",
        "pods",
        "services",
        "slices",
    )

    def __init__(self) -> None:
        self.namespaces: dict[Names, Namespace] = {}
        self.services: dict[Names, Service] = {}
        self.slices: dict[Names, EndpointSlice] = {}
        self.pods: dict[Names, Pod] = {}
        self.imports: dict[Names, ServiceImport] = {}
        self.by_service: Groups[Names] = Groups()
        self.by_import: Groups[Names] = Groups()
        self.by_neighbourhood: Groups[bytes] = Groups()
        self.by_cluster_ip: Groups[bytes] = Groups()
        self.by_pod_ip: Groups[bytes] = Groups()

    def of_kind(self, kind: Kind) -> dict[Names, ClusterObject]:
        """The objects of one kind."""
        kinds: dict[Kind, object] = {
            Namespace: self.namespaces,
            Service: self.services,
            EndpointSlice: self.slices,
            Pod: self.pods,
            ServiceImport: self.imports,
        }
        return kinds[kind]  # type: ignore[return-value]

    def slices_named(self, names: Iterable[Names]) -> tuple[EndpointSlice, ...]:
        """The slices of these names, which must be there."""
        return tuple([self.slices[each] for each in names])

    def endpoints_at(self, address: bytes) -> Iterator[tuple[EndpointSlice, list[bytes]]]:
        """The slices of Services with endpoints of this address, and those endpoints, packed."""
        for item in self.slices_named(self.by_neighbourhood.get(neighbourhood(address))):
            if found := records_at(item.packed, address):
                yield item, found

    def apply(self, changes: ChangeSet, serials: Serials, *, now: int, touched: set[Row] | None) -> bool:
        """Put and remove; whether anything says something new. The rows that this touches go to `touched`."""
        is_new = False
        for old, new in chain(self._removals(changes), self._replacements(changes)):
            if old is None and new is None:
                continue
            self._put(old, new)
            if alike(old, new):
                continue
            is_new = True
            replacement = Replacement.of(old, new)
            self._move(replacement)
            serials.note(replacement, now=now)
            if touched is not None:
                touched.update(touched_rows(replacement))
        return is_new

    def _removals(self, changes: ChangeSet) -> Iterator[tuple[ClusterObject | None, None]]:
        for key in changes.removed:
            yield self._held(key.kind, key.namespace, key.name), None

    def _replacements(self, changes: ChangeSet) -> Iterator[tuple[ClusterObject | None, ClusterObject]]:
        for new in changes.put:
            yield self._held(type(new), new.namespace, new.name), new

    def _held(self, kind: Kind, namespace: str, name: str) -> ClusterObject | None:
        return self.of_kind(kind).get((namespace, name))

    def _put(self, old: ClusterObject | None, new: ClusterObject | None) -> None:
        if new is not None:
            self.of_kind(type(new))[new.namespace, new.name] = new
        elif old is not None:
            del self.of_kind(type(old))[old.namespace, old.name]

    def _move(self, change: Replacement) -> None:
        match change.new or change.old:
            case Service() as item:
                groups, names = self.by_cluster_ip, (item.namespace, item.name)
            case Pod() as item:
                groups, names = self.by_pod_ip, (item.namespace, item.name)
            case EndpointSlice() as item:
                groups, names = self.by_neighbourhood, self._move_slice(change, (item.namespace, item.name))
            case _:
                return
        groups.move(names, gone=change.keys_gone(), came=change.keys_came())

    def _move_slice(self, change: Replacement, names: Names) -> Names:
        """Returns the names as they are held already: those of a slice stand under each of its addresses."""
        for groups, key in ((self.by_import, _import_key), (self.by_service, _service_key)):
            before, after = key(change.old), key(change.new)
            if after is not None:
                names = groups.put(after, names)
            if before is not None and before != after:
                groups.discard(before, names)
        return names


def _service_key(item: ClusterObject | None) -> Names | None:
    return (item.namespace, item.service) if isinstance(item, EndpointSlice) and item.service else None


def _import_key(item: ClusterObject | None) -> Names | None:
    return (
        (item.namespace, item.import_name) if isinstance(item, EndpointSlice) and item.import_name else None
    )
