"""The dictionaries behind the table, and how an object goes into them."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import chain
from typing import Any, TypeVar

from clusterdns.cluster.address_buckets import bucket_of
from clusterdns.cluster.blocks import is_at
from clusterdns.cluster.kinds import KINDS, SPECS
from clusterdns.cluster.name_index import NameIndex
from clusterdns.cluster.objects import (
    ClusterObject,
    EndpointSlice,
    Kind,
    Names,
    Namespace,
    ObjectKey,
    Pod,
    Service,
)
from clusterdns.cluster.replacement import Replacement
from clusterdns.cluster.roster import Rosters
from clusterdns.cluster.slices import NamedSlices, Slices
from clusterdns.cluster.work import Work, pieces

K = TypeVar("K", bound=Hashable)
T = TypeVar("T", bound=ClusterObject)


class Store:
    """Objects by (namespace, name), and the names of those that are found by anything else.

    Whatever is named in a group is there: EndpointSlices by their Service (label), their import and the
    buckets of their addresses, Services and Pods by their addresses.
    """

    __slots__ = (
        "_by_address",
        "_import_rosters",
        "_kinds",
        "_service_rosters",
        "by_bucket",
        "by_cluster_ip",
        "by_import",
        "by_pod_ip",
        "by_service",
        "namespaces",
        "pods",
        "services",
        "slices",
    )

    def __init__(self) -> None:
        self._kinds: dict[type, dict[Names, Any]] = {spec.kind: {} for spec in KINDS}
        self.namespaces: dict[Names, Namespace] = self._kinds[Namespace]
        self.services: dict[Names, Service] = self._kinds[Service]
        self.slices: dict[Names, EndpointSlice] = self._kinds[EndpointSlice]
        self.pods: dict[Names, Pod] = self._kinds[Pod]
        self.by_service: NameIndex[Names] = NameIndex()
        self.by_import: NameIndex[Names] = NameIndex()
        self._service_rosters = Rosters()
        self._import_rosters = Rosters()
        self.by_bucket: NameIndex[bytes] = NameIndex()
        self._by_address: dict[Kind, NameIndex[bytes]] = {
            spec.kind: NameIndex() for spec in KINDS if spec.address_row
        }
        self.by_cluster_ip = self._by_address[Service]
        self.by_pod_ip = self._by_address[Pod]

    def of_kind(self, kind: type[T]) -> dict[Names, T]:
        """The objects of one kind."""
        return self._kinds[kind]

    def all_objects(self) -> tuple[ClusterObject, ...]:
        """The objects of all kinds as they are now."""
        return tuple(chain.from_iterable(self.of_kind(kind).values() for kind in self._kinds))

    def held(self, key: ObjectKey) -> ClusterObject | None:
        """The object of that key."""
        return self.of_kind(key.kind).get((key.namespace, key.name))

    def slices_of_service(self, key: Names) -> Slices:
        """The slices that belong to a Service by their label."""
        return self._slices(self.by_service, self._service_rosters, key)

    def slices_of_import(self, key: Names) -> Slices:
        """The slices that belong to a ServiceImport by their label."""
        return self._slices(self.by_import, self._import_rosters, key)

    def slices_at(self, address: bytes) -> Iterator[EndpointSlice]:
        """The slices of Services with endpoints of this address."""
        for names in self.by_bucket.get(bucket_of(address)):
            # One that is about to come is named already.
            item = self.slices.get(names)
            if item is not None and is_at(item.packed, address):
                yield item

    def enter(self, change: Replacement) -> Work[None]:
        """Before the switch: let a slice be found by the addresses that it is going to have."""
        if isinstance(change.new, EndpointSlice):
            # These names stand under each of its addresses: one value for all.
            names = self.by_service.find((change.new.namespace, change.new.service), change.names)
            for keys in change.keys_came():
                for key in keys:
                    self.by_bucket.put(key, names)
                yield

    def leave(self, names: Names, keys: Iterable[bytes]) -> Work[None]:
        """After the switch: let a slice be found no more by these buckets."""
        for piece in pieces(keys):
            for key in piece:
                self.by_bucket.discard(key, names)
            yield

    def switch(self, change: Replacement) -> None:
        """Put the new object in the place of the old one."""
        item = change.new or change.old
        if item is None:
            return
        kind = type(item)
        if change.new is None:
            del self.of_kind(kind)[change.names]
        else:
            self.of_kind(kind)[change.names] = change.new
        if kind is EndpointSlice:
            _regroup(self.by_import, change, _import_keys)
            _regroup(self.by_service, change, _service_keys)
            self._enrol(change)
        elif kind in self._by_address:
            _regroup(self._by_address[kind], change, _addresses)

    def _slices(self, groups: NameIndex[Names], rosters: Rosters, key: Names) -> Slices:
        roster = rosters.get(key)
        return NamedSlices(groups.get(key), self.slices) if roster is None else roster.slices()

    def _enrol(self, change: Replacement) -> None:
        for groups, rosters, keys in (
            (self.by_import, self._import_rosters, _import_keys),
            (self.by_service, self._service_rosters, _service_keys),
        ):
            before, after = keys(change.old), keys(change.new)
            for key in after:
                rosters.put(key, groups.get(key), self.slices, change.names)
            for key in before:
                if key not in after:
                    rosters.discard(key, change.names)


def _regroup(
    groups: NameIndex[K], change: Replacement, keys: Callable[[ClusterObject | None], tuple[K, ...]]
) -> None:
    before, after = keys(change.old), keys(change.new)
    if before != after:
        for key in after:
            groups.put(key, change.names)
        for key in before:
            if key not in after:
                groups.discard(key, change.names)


def _service_keys(item: ClusterObject | None) -> tuple[Names, ...]:
    return ((item.namespace, item.service),) if isinstance(item, EndpointSlice) and item.service else ()


def _import_keys(item: ClusterObject | None) -> tuple[Names, ...]:
    return (
        ((item.namespace, item.import_name),) if isinstance(item, EndpointSlice) and item.import_name else ()
    )


def _addresses(item: ClusterObject | None) -> tuple[bytes, ...]:
    return () if item is None else SPECS[type(item)].addresses(item)
