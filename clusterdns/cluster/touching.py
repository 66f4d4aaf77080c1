"""Rows: how look-ups name them, and which ones a changed object touches."""

from collections.abc import Iterator
from typing import Final

from clusterdns.cluster.endpoint import record_addresses, records
from clusterdns.cluster.objects import ClusterObject, EndpointSlice, Namespace, Pod, Service, ServiceImport
from clusterdns.rows import Row

SERVICE: Final = "service"
SLICES: Final = "slices"
NAMESPACE: Final = "namespace"
SERVICE_IP: Final = "service-ip"
ENDPOINT_IP: Final = "endpoint-ip"
POD_IP: Final = "pod-ip"
IMPORT: Final = "import"
IMPORTED: Final = "imported"
SYNCED: Final = ("synced",)


def touched_rows(old: ClusterObject | None, new: ClusterObject | None) -> Iterator[Row]:
    """Every row whose look-ups may differ when `old` becomes `new` (None: it came, or went).

    The two are objects of one key whose content differs.
    """
    if isinstance(old, EndpointSlice) or isinstance(new, EndpointSlice):
        yield from _slice_rows(_as_slice(old), _as_slice(new))
        return
    for side in (old, new):
        if side is not None:
            yield from _rows_of(side)


def indexed_records(item: EndpointSlice | None) -> list[bytes]:
    """The records of a slice that can be found by address: those of a Service of this cluster."""
    return list(records(item.packed)) if item is not None and item.service else []


def _rows_of(item: ClusterObject) -> Iterator[Row]:
    match item:
        case Namespace():
            yield NAMESPACE, item.name
        case Service():
            yield SERVICE, item.namespace, item.name
            yield from ((SERVICE_IP, address) for address in item.cluster_ips)
        case Pod():
            yield from ((POD_IP, address) for address in item.addresses)
        case ServiceImport():
            yield IMPORT, item.namespace, item.name
        case EndpointSlice():
            if item.service:
                yield SLICES, item.namespace, item.service
            if item.import_name:
                yield IMPORTED, item.namespace, item.import_name


def _slice_rows(old: EndpointSlice | None, new: EndpointSlice | None) -> Iterator[Row]:
    for side in (old, new):
        if side is not None:
            yield from _rows_of(side)
    before, after = set(indexed_records(old)), set(indexed_records(new))
    moved = old is not None and new is not None and old.service != new.service
    for record in before | after if moved else before ^ after:
        yield from ((ENDPOINT_IP, address) for address in record_addresses(record))


def _as_slice(item: ClusterObject | None) -> EndpointSlice | None:
    return item if isinstance(item, EndpointSlice) else None
