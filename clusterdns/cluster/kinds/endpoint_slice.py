"""EndpointSlices: where a Service runs, part by part."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Final

import msgspec
from msgspec.structs import replace

from clusterdns.cluster.endpoint import Endpoint, Packer, pack, unpack
from clusterdns.cluster.kinds.checks import PORT_OCTETS, are_ports
from clusterdns.cluster.kinds.spec import Group, KindSpec, Ports, Selectors
from clusterdns.cluster.kube.addresses import address, addresses
from clusterdns.cluster.kube.cleaning import good_addresses, of_one_family
from clusterdns.cluster.kube.faults import Faults, Path
from clusterdns.cluster.kube.making import FieldError, Making, packed_addresses, version_of
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.kube.shapes import Lean, Metadata, PortNumber, Shape, Text, Whole
from clusterdns.cluster.packed import is_packed
from clusterdns.cluster.port import Port
from clusterdns.cluster.selection import Selection
from clusterdns.cluster.work import PIECE, Work, pieces
from clusterdns.rows import Row

HEADLESS: Final = "service.kubernetes.io/headless"
SERVICE_NAME: Final = "kubernetes.io/service-name"
IMPORT_NAME: Final = "multicluster.kubernetes.io/service-name"

SOURCE_CLUSTER: Final = "multicluster.kubernetes.io/source-cluster"

FQDN: Final = "FQDN"
OCTETS: Final = {"IPv4": 4, "IPv6": 16}
"""Of the addresses of a slice, by its addressType."""

ENDPOINT_COSTS: Final = 8
"""Addresses that take as long to pack as what else an endpoint says."""

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


class EndpointPort(Shape, frozen=True):
    name: Text = None
    port: PortNumber | None = None
    protocol: Text = None


class LeanReference(Shape, frozen=True):
    name: Text = None


class ObjectReference(LeanReference, frozen=True):
    kind: Text = None


class Conditions(Shape, frozen=True):
    ready: bool | None = None


class ZoneHint(Shape, frozen=True):
    name: str


class Hints(Shape, frozen=True):
    for_zones: tuple[ZoneHint, ...] | None = None


class LeanEndpoint(Shape, frozen=True):
    addresses: tuple[str, ...]
    conditions: Conditions | None = None
    hostname: Text = None
    node_name: Text = None
    target_ref: LeanReference | None = None
    zone: Text = None
    hints: Hints | None = None


class SliceEndpoint(LeanEndpoint, frozen=True):
    target_ref: ObjectReference | None = None


class SliceLabels(msgspec.Struct, frozen=True, gc=False):
    service: str = msgspec.field(name="kubernetes.io/service-name", default="")
    import_name: str = msgspec.field(name="multicluster.kubernetes.io/service-name", default="")
    cluster: str = msgspec.field(name="multicluster.kubernetes.io/source-cluster", default="")


class SliceNotes(msgspec.Struct, frozen=True, gc=False):
    trigger: Text = msgspec.field(name="endpoints.kubernetes.io/last-change-trigger-time", default=None)


class SliceMetadata(Lean, frozen=True):
    labels: SliceLabels | None = None
    annotations: SliceNotes | None = None


class LeanSlice(Shape, frozen=True):
    metadata: SliceMetadata
    address_type: Text = None
    ports: tuple[EndpointPort, ...] | None = None
    endpoints: tuple[LeanEndpoint, ...] | None = None


class EndpointSliceShape(Whole, frozen=True):
    address_type: Text = None
    ports: tuple[EndpointPort, ...] | None = None
    endpoints: tuple[SliceEndpoint, ...] | None = None


_NO_LABELS: Final = SliceLabels()


def build(shape: LeanSlice | EndpointSliceShape, making: Making) -> EndpointSlice:
    """An EndpointSlice. One of address type FQDN has no addresses, so its endpoints are left out.

    Raises FieldError.
    """
    labels = _labels(shape.metadata)
    found = () if shape.address_type == FQDN else shape.endpoints or ()
    return EndpointSlice(
        namespace=making.namespace_of(shape.metadata),
        name=shape.metadata.name,
        service=labels.service,
        ports=making.ports(shape.ports or ()),
        packed=pack(map(_endpoint, found, count())),
        import_name=labels.import_name,
        cluster=making.share(labels.cluster),
        version=version_of(shape.metadata),
    )


def _labels(metadata: SliceMetadata | Metadata) -> SliceLabels:
    if isinstance(metadata, SliceMetadata):
        return metadata.labels or _NO_LABELS
    labels = metadata.labels or {}
    return SliceLabels(
        service=labels.get(SERVICE_NAME, ""),
        import_name=labels.get(IMPORT_NAME, ""),
        cluster=labels.get(SOURCE_CLUSTER, ""),
    )


def _endpoint(shape: LeanEndpoint, index: int) -> Endpoint:
    try:
        found = tuple(map(address, shape.addresses))
        _check_family(found)
    except ValueError:
        raise _address_error(shape.addresses, ("endpoints", index, "addresses")) from None
    return endpoint_of(shape, found)


def _address_error(texts: Sequence[str], path: Path) -> FieldError:
    """The first text that is no address, else the first that is of another family."""
    found = packed_addresses(texts, path)
    place = next(place for place, one in enumerate(found) if len(one) != len(found[0]))
    return FieldError((*path, place), "an address of the same family as the first", found=texts[place])


def _check_family(found: Sequence[bytes]) -> None:
    if len(found) > 1 and len(set(map(len, found))) > 1:
        raise ValueError("an endpoint has addresses of one family")


def endpoint_of(shape: LeanEndpoint, addresses: tuple[bytes, ...]) -> Endpoint:
    """An endpoint of a slice, whose addresses were read already."""
    hints = shape.hints.for_zones if shape.hints and shape.hints.for_zones else ()
    return Endpoint(
        addresses=addresses,
        # An absent condition means unknown, which the API asks readers to take for ready.
        ready=shape.conditions is None or shape.conditions.ready is not False,
        hostname=shape.hostname or "",
        pod=(shape.target_ref.name or "") if shape.target_ref else "",
        node=shape.node_name or "",
        zone=shape.zone or "",
        zone_hints=tuple(hint.name for hint in hints),
    )


def build_in_steps(shape: LeanSlice, making: Making) -> Work[EndpointSlice]:
    """The same as work that may be interrupted. Raises ValueError."""
    if shape.address_type == FQDN:
        return build(shape, making)
    item = build(replace(shape, endpoints=None), making)
    packed = yield from packing(shape.endpoints or ())
    return replace(item, packed=packed)


def packing(endpoints: Iterable[LeanEndpoint]) -> Work[bytes]:
    """Endpoints of a slice packed, hundreds of addresses at a time. Raises ValueError."""
    packer, done = Packer(), 0
    for endpoint in endpoints:
        packer.add(endpoint_of(endpoint, (yield from _addresses(endpoint.addresses))))
        done += ENDPOINT_COSTS + len(endpoint.addresses)
        if done >= PIECE:
            yield
            done = 0
    return packer.packed()


def _addresses(texts: tuple[str, ...]) -> Work[tuple[bytes, ...]]:
    found: list[bytes] = []
    for some in pieces(texts):
        if found:
            yield
        found += addresses(some)
    _check_family(found)
    return tuple(found)


def _clean(shape: LeanSlice, faults: Faults) -> Work[LeanSlice]:
    """The slice with those addresses of each endpoint that are some and of one family."""
    if shape.address_type == FQDN:
        return shape
    size = OCTETS.get(shape.address_type or "", 0)
    kept: list[LeanEndpoint] = []
    for index, endpoint in enumerate(shape.endpoints or ()):
        path = ("endpoints", index, "addresses")
        texts = yield from good_addresses(endpoint.addresses, path, faults)
        texts = of_one_family(texts, path, faults, size=size)
        kept.append(endpoint if texts == endpoint.addresses else replace(endpoint, addresses=texts))
    return replace(shape, endpoints=tuple(kept))


def _trigger(shape: LeanSlice) -> str:
    notes = shape.metadata.annotations
    return notes.trigger or "" if notes else ""


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
    return replace(item, namespace=pool(item.namespace), ports=pool(item.ports), cluster=pool(item.cluster))


def _is_sound(item: EndpointSlice, yield_to_loop: Callable[[], None]) -> bool:
    labels = (item.service, item.import_name, item.cluster)
    return all(map(_LABEL_VALUE.fullmatch, labels)) and (
        are_ports(item.ports) and is_packed(item.packed, yield_to_loop)
    )


ENDPOINT_SLICES: Final = KindSpec(
    kind=EndpointSlice,
    name="EndpointSlice",
    root="/apis/discovery.k8s.io/v1",
    plural="endpointslices",
    selectors=_selectors,
    lean=LeanSlice,
    metadata=SliceMetadata,
    whole=EndpointSliceShape,
    ports=Ports(lean=EndpointPort, whole=EndpointPort),
    build=build,
    build_in_steps=build_in_steps,
    clean=_clean,
    trigger=_trigger,
    code=b"E",
    # Its endpoints may be 100,000, so the table goes through addresses, and serials through what is shown,
    # in pieces: see replacement.py and serials.py.
    rows=_rows,
    group=_group,
    octets=_octets,
    share=_share,
    is_sound=_is_sound,
)
