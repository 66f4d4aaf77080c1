"""EndpointSlices: where a Service runs, part by part."""

import re
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from clusterdns.cluster.endpoint import Endpoint, unpack
from clusterdns.cluster.kinds.checks import PORT_OCTETS, are_ports
from clusterdns.cluster.kinds.spec import Group, KindSpec, Selectors
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.packed import is_packed
from clusterdns.cluster.port import Port
from clusterdns.cluster.selection import Selection
from clusterdns.rows import Row

HEADLESS: Final = "service.kubernetes.io/headless"
IMPORT_NAME: Final = "multicluster.kubernetes.io/service-name"

SLICES: Final = "slices"
IMPORTED: Final = "imported"
ENDPOINT_IP: Final = b"endpoint-ip"
"""In front of an address: a slice may touch 200,000 of these rows, and tuples are work for the collector."""

_LABEL_VALUE: Final = re.compile(r"[-A-Za-z0-9_.]{0,253}")


class EndpointSlice(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An EndpointSlice with its endpoints packed.

    `service` is the label kubernetes.io/service-name. `import_name` and `cluster` are the labels
    multicluster.kubernetes.io/service-name and .../source-cluster (KEP-1645). "" is a label that is absent.
    """

    namespace: str
    name: str
    service: str = ""
    ports: tuple[Port, ...] = ()
    packed: bytes = b""
    import_name: str = ""
    cluster: str = ""
    version: str = ""

    def endpoints(self) -> tuple[Endpoint, ...]:
        """All endpoints, also those that are not ready, in the order of the slice."""
        return unpack(self.packed)


def _selectors(selection: Selection) -> Selectors | None:
    if not (selection.endpoints or selection.imports):
        return None
    return Selectors(labels=",".join(filter(None, (selection.labels, _needed(selection)))))


def _needed(selection: Selection) -> str:
    """The selector of the slices that answers are made from. Imported ones need not say that they are
    headless, so where they are wanted too all slices are."""
    if not selection.endpoints:
        return IMPORT_NAME
    return HEADLESS if selection.headless_only and not selection.imports else ""


def _rows(item: EndpointSlice) -> Iterator[Row]:
    if item.service:
        yield SLICES, item.namespace, item.service
    if item.import_name:
        yield IMPORTED, item.namespace, item.import_name


def _group(item: EndpointSlice) -> Group:
    return "service", item.namespace, item.service or item.import_name


def _octets(item: EndpointSlice) -> int:
    return PORT_OCTETS * len(item.ports) + len(item.packed)


def _share(item: EndpointSlice, pool: Pool) -> EndpointSlice:
    return msgspec.structs.replace(
        item, namespace=pool(item.namespace), ports=pool(item.ports), cluster=pool(item.cluster)
    )


def _is_sound(item: EndpointSlice, breathe: Callable[[], None]) -> bool:
    labels = (item.service, item.import_name, item.cluster)
    return all(map(_LABEL_VALUE.fullmatch, labels)) and (
        are_ports(item.ports) and is_packed(item.packed, breathe)
    )


ENDPOINT_SLICES: Final = KindSpec(
    type=EndpointSlice,
    root="/apis/discovery.k8s.io/v1",
    plural="endpointslices",
    selectors=_selectors,
    code=b"E",
    # Its addresses may be 200,000, so the table goes through them in pieces: see replacement.py.
    rows=_rows,
    group=_group,
    octets=_octets,
    share=_share,
    is_sound=_is_sound,
)
