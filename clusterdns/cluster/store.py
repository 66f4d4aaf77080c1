"""The dictionaries behind the table, and how a change set goes into them."""

from collections.abc import Iterator

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

    def apply(self, changes: ChangeSet, serials: Serials, *, now: int) -> set[Row]:
        """Put and remove; the rows that this touched. Objects that say nothing new touch none."""
        touched: set[Row] = set()
        for key in changes.removed:
            old = self.of_kind(key.kind).get((key.namespace, key.name))
            if old is not None:
                self._forget(old)
                serials.note(old, None, now=now)
                touched.update(touched_rows(old, None))
        for new in changes.put:
            old = self.of_kind(type(new)).get((new.namespace, new.name))
            self._keep(old, new)
            if not alike(old, new):
                serials.note(old, new, now=now)
                touched.update(touched_rows(old, new))
        return touched

    def _keep(self, old: ClusterObject | None, new: ClusterObject) -> None:
        self.of_kind(type(new))[new.namespace, new.name] = new
        if old is not None:
            self._unlink(old)
        self._link(new)

    def _forget(self, old: ClusterObject) -> None:
        del self.of_kind(type(old))[old.namespace, old.name]
        self._unlink(old)

    def _link(self, item: ClusterObject) -> None:
        match item:
            case Service():
                for address in item.cluster_ips:
                    self.by_cluster_ip.put(address, item)
            case Pod():
                for address in item.addresses:
                    self.by_pod_ip.put(address, item)
            case EndpointSlice():
                self._link_slice(item)
            case Namespace() | ServiceImport():
                pass

    def _unlink(self, item: ClusterObject) -> None:
        match item:
            case Service():
                for address in item.cluster_ips:
                    self.by_cluster_ip.discard(address, item)
            case Pod():
                for address in item.addresses:
                    self.by_pod_ip.discard(address, item)
            case EndpointSlice():
                self._unlink_slice(item)
            case Namespace() | ServiceImport():
                pass

    def _link_slice(self, item: EndpointSlice) -> None:
        if item.service:
            self.by_service.put((item.namespace, item.service), item)
        if item.import_name:
            self.by_import.put((item.namespace, item.import_name), item)
        for address in _addresses(item):
            self.by_address.put(address, item)

    def _unlink_slice(self, item: EndpointSlice) -> None:
        if item.service:
            self.by_service.discard((item.namespace, item.service), item)
        if item.import_name:
            self.by_import.discard((item.namespace, item.import_name), item)
        for address in _addresses(item):
            self.by_address.discard(address, item)


def _addresses(item: EndpointSlice) -> Iterator[bytes]:
    for record in indexed_records(item):
        yield from record_addresses(record)
