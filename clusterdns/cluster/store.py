"""The dictionaries behind the table, and how a change set goes into them."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.endpoint import record_addresses
from clusterdns.cluster.groups import Groups
from clusterdns.cluster.objects import (
    ClusterObject,
    EndpointSlice,
    Kind,
    Namespace,
    Pod,
    Service,
    ServiceImport,
    alike,
)
from clusterdns.cluster.serials import Serials
from clusterdns.cluster.touching import indexed_records, touched_rows
from clusterdns.rows import Row

Names = tuple[str, str]
Link = tuple[Groups[Any, Any], set[Any]]


class Store:
    """Objects by (namespace, name), and by everything else that a look-up asks for."""

    __slots__ = (
        "by_address",
        "by_cluster_ip",
        "by_import",
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
        self.by_service: Groups[Names, EndpointSlice] = Groups()
        self.by_import: Groups[Names, EndpointSlice] = Groups()
        self.by_address: Groups[bytes, EndpointSlice] = Groups()
        self.by_cluster_ip: Groups[bytes, Service] = Groups()
        self.by_pod_ip: Groups[bytes, Pod] = Groups()

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

    def apply(self, changes: ChangeSet, serials: Serials, *, now: int, touched: set[Row] | None) -> bool:
        """Put and remove; whether anything says something new. The rows that this touches go to `touched`."""
        is_new = False
        for old, new in chain(self._removals(changes), self._replacements(changes)):
            if old is None and new is None:
                continue
            self._replace(old, new)
            if not alike(old, new):
                is_new = True
                serials.note(old, new, now=now)
                if touched is not None:
                    touched.update(touched_rows(old, new))
        return is_new

    def _removals(self, changes: ChangeSet) -> Iterator[tuple[ClusterObject | None, None]]:
        for key in changes.removed:
            yield self._held(key.kind, key.namespace, key.name), None

    def _replacements(self, changes: ChangeSet) -> Iterator[tuple[ClusterObject | None, ClusterObject]]:
        for new in changes.put:
            yield self._held(type(new), new.namespace, new.name), new

    def _held(self, kind: Kind, namespace: str, name: str) -> ClusterObject | None:
        return self.of_kind(kind).get((namespace, name))

    def _replace(self, old: ClusterObject | None, new: ClusterObject | None) -> None:
        if new is not None:
            self._keep(old, new)
        elif old is not None:
            self._forget(old)

    def _keep(self, old: ClusterObject | None, new: ClusterObject) -> None:
        self.of_kind(type(new))[new.namespace, new.name] = new
        for groups, keys in self._links(new):
            for key in keys:
                groups.put(key, new)
        if old is not None:
            self._unlink(old, kept=new)

    def _forget(self, old: ClusterObject) -> None:
        del self.of_kind(type(old))[old.namespace, old.name]
        self._unlink(old, kept=None)

    def _unlink(self, old: ClusterObject, *, kept: ClusterObject | None) -> None:
        """Take `old` out of the groups that `kept`, which took its place, is not in."""
        stays = {id(groups): keys for groups, keys in self._links(kept)} if kept is not None else {}
        for groups, keys in self._links(old):
            for key in keys - stays.get(id(groups), set()):
                groups.discard(key, old)

    def _links(self, item: ClusterObject) -> tuple[Link, ...]:
        """Where an object can be found beside its name: each group of objects, and the keys in it."""
        match item:
            case Service():
                return ((self.by_cluster_ip, set(item.cluster_ips)),)
            case Pod():
                return ((self.by_pod_ip, set(item.addresses)),)
            case EndpointSlice():
                service = {(item.namespace, item.service)} if item.service else set()
                imported = {(item.namespace, item.import_name)} if item.import_name else set()
                return (
                    (self.by_service, service),
                    (self.by_import, imported),
                    (self.by_address, _addresses(item)),
                )
            case Namespace() | ServiceImport():
                return ()


def _addresses(item: EndpointSlice) -> set[bytes]:
    return {address for record in indexed_records(item) for address in record_addresses(record)}
