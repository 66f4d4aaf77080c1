"""Rows: how look-ups name them, and which ones a changed object touches."""

from collections.abc import Iterator, Mapping
from typing import Final

from clusterdns.cluster.objects import ClusterObject, EndpointSlice, Namespace, Pod, Service, ServiceImport
from clusterdns.cluster.replacement import Replacement
from clusterdns.rows import Row

SERVICE: Final = "service"
SLICES: Final = "slices"
NAMESPACE: Final = "namespace"
SERVICE_IP: Final = "service-ip"
ENDPOINT_IP: Final = b"endpoint-ip"
"""In front of an address: a slice may touch 200,000 of these rows, and tuples are work for the collector."""
POD_IP: Final = "pod-ip"
IMPORT: Final = "import"
IMPORTED: Final = "imported"
SYNCED: Final = ("synced",)

_ROWS_BY_ADDRESS: Final[Mapping[type, str]] = {Service: SERVICE_IP, Pod: POD_IP}


def touched_rows(change: Replacement) -> Iterator[set[Row]]:
    """Every row whose look-ups may differ after it, if the two objects differ in content, piece by piece."""
    yield {row for side in (change.old, change.new) if side is not None for row in _rows_of(side)}
    kind = type(change.new or change.old)
    if kind is EndpointSlice:
        for addresses in change.addresses_changed():
            yield {ENDPOINT_IP + address for address in addresses}
    by_address = _ROWS_BY_ADDRESS.get(kind)
    if by_address:
        for addresses in change.addresses_changed():
            yield {(by_address, address) for address in addresses}


def _rows_of(item: ClusterObject) -> Iterator[Row]:
    match item:
        case Namespace():
            yield NAMESPACE, item.name
        case Service():
            yield SERVICE, item.namespace, item.name
        case Pod():
            return
        case ServiceImport():
            yield IMPORT, item.namespace, item.name
        case EndpointSlice():
            if item.service:
                yield SLICES, item.namespace, item.service
            if item.import_name:
                yield IMPORTED, item.namespace, item.import_name
