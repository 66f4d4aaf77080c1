"""From the API's JSON straight to the table's objects."""

import socket
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import msgspec

from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.kube.shapes import LeanEndpoint, LeanServiceSpec
from clusterdns.cluster.kube.slim import Slimmer, endpoint_of, external_places, packed_address
from clusterdns.cluster.objects import (
    CLUSTER_IP,
    EXTERNAL_NAME,
    ClusterObject,
    EndpointSlice,
    Kind,
    Names,
    Namespace,
    Pod,
    Service,
    ServiceImport,
)
from clusterdns.cluster.reflector.lean import (
    Lean,
    LeanImport,
    LeanObject,
    LeanPod,
    LeanService,
    LeanSlice,
    Peek,
    SliceLabels,
)

NO_CLUSTER_IP: Final = "None"
FQDN: Final = "FQDN"
_NO_SPEC: Final = LeanServiceSpec()
_NO_LABELS: Final = SliceLabels()


class UnreadableError(ValueError):
    """A document that is no object of the kind expected, or one with values that make no sense."""


class Decoded(NamedTuple):
    """An object, and when the change that made a slice so happened, as the slice says ("" if it does not)."""

    item: ClusterObject
    trigger: str = ""


class Peeked(NamedTuple):
    """Which object it is, in which version; and whether it is the bookmark that ends initial events."""

    names: Names
    version: str
    ends_initial: bool


class Decoder:
    """Reads objects of one kind. Equal namespaces, types, ports and nodes are shared among them.

    Both methods raise UnreadableError.
    """

    def __init__(self, kind: Kind) -> None:
        self._share = Pool()
        self._ports = Slimmer().ports
        readers: Mapping[Kind, Callable[[], Callable[[msgspec.Raw], Decoded]]] = {
            Namespace: self._namespaces,
            Service: self._services,
            EndpointSlice: self._slices,
            Pod: self._pods,
            ServiceImport: self._imports,
        }
        self._read = readers[kind]()
        self._peek = msgspec.json.Decoder(Peek)
        self._is_namespaced = kind is not Namespace

    def decode(self, document: msgspec.Raw) -> Decoded:
        """The whole object."""
        try:
            return self._read(document)
        except (msgspec.MsgspecError, ValueError) as error:
            raise UnreadableError(f"the API server sent an object that cannot be read: {error}") from error

    def peek(self, document: msgspec.Raw) -> Peeked:
        """Only which object it is. Names are empty for a bookmark."""
        try:
            metadata = self._peek.decode(document).metadata
        except msgspec.MsgspecError as error:
            raise UnreadableError(f"the API server sent a document that is no object: {error}") from error
        names = (metadata.namespace or "" if self._is_namespaced else "", metadata.name)
        notes = metadata.annotations
        ends_initial = notes is not None and notes.initial_events_end == "true"
        return Peeked(names, metadata.resource_version or "", ends_initial)

    def _namespaces(self) -> Callable[[msgspec.Raw], Decoded]:
        decoder = msgspec.json.Decoder(LeanObject)

        def read(document: msgspec.Raw) -> Decoded:
            metadata = decoder.decode(document).metadata
            return Decoded(Namespace(name=metadata.name, version=metadata.resource_version or ""))

        return read

    def _services(self) -> Callable[[msgspec.Raw], Decoded]:
        decoder = msgspec.json.Decoder(LeanService)
        return lambda document: Decoded(self._service(decoder.decode(document)))

    def _slices(self) -> Callable[[msgspec.Raw], Decoded]:
        decoder = msgspec.json.Decoder(LeanSlice)

        def read(document: msgspec.Raw) -> Decoded:
            shape = decoder.decode(document)
            notes = shape.metadata.annotations
            return Decoded(self._slice(shape), notes.trigger or "" if notes else "")

        return read

    def _pods(self) -> Callable[[msgspec.Raw], Decoded]:
        decoder = msgspec.json.Decoder(LeanPod)
        return lambda document: Decoded(self._pod(decoder.decode(document)))

    def _imports(self) -> Callable[[msgspec.Raw], Decoded]:
        decoder = msgspec.json.Decoder(LeanImport)
        return lambda document: Decoded(self._import(decoder.decode(document)))

    def _service(self, shape: LeanService) -> Service:
        spec = shape.spec or _NO_SPEC
        kind = spec.type or CLUSTER_IP
        ips = () if kind == EXTERNAL_NAME else spec.cluster_ips or (spec.cluster_ip or "",)
        headless = bool(ips) and ips[0] == NO_CLUSTER_IP
        return Service(
            namespace=self._namespace(shape.metadata),
            name=shape.metadata.name,
            type=self._share(kind),
            headless=headless,
            cluster_ips=() if headless else tuple(address(ip) for ip in ips if ip),
            ports=self._ports(spec.ports or ()),
            external_name=(spec.external_name or "") if kind == EXTERNAL_NAME else "",
            external=external_places(shape.spec, shape.status),
            version=shape.metadata.resource_version or "",
        )

    def _slice(self, shape: LeanSlice) -> EndpointSlice:
        labels = shape.metadata.labels or _NO_LABELS
        found = () if shape.address_type == FQDN else shape.endpoints or ()
        return EndpointSlice(
            namespace=self._namespace(shape.metadata),
            name=shape.metadata.name,
            service=labels.service,
            ports=self._ports(shape.ports or ()),
            packed=pack(map(_endpoint, found)),
            import_name=labels.import_name,
            cluster=self._share(labels.cluster),
            version=shape.metadata.resource_version or "",
        )

    def _pod(self, shape: LeanPod) -> Pod:
        status = shape.status
        ips: tuple[str, ...] = ()
        if status is not None:
            ips = tuple(one.ip for one in status.pod_ips or ()) or (status.pod_ip or "",)
        return Pod(
            namespace=self._namespace(shape.metadata),
            name=shape.metadata.name,
            addresses=tuple(address(ip) for ip in ips if ip),
            version=shape.metadata.resource_version or "",
        )

    def _import(self, shape: LeanImport) -> ServiceImport:
        spec = shape.spec
        return ServiceImport(
            namespace=self._namespace(shape.metadata),
            name=shape.metadata.name,
            headless=spec is not None and spec.type == "Headless",
            cluster_ips=tuple(map(address, spec.ips or ())) if spec else (),
            ports=self._ports(spec.ports or () if spec else ()),
            version=shape.metadata.resource_version or "",
        )

    def _namespace(self, metadata: Lean) -> str:
        return self._share(metadata.namespace or "")


def address(text: str) -> bytes:
    """An address as 4 or 16 octets. Raises ValueError."""
    try:
        return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)
    except OSError:
        # What this cannot read but is an address all the same: one with a zone, which has no octets.
        return packed_address(text, ())


def _endpoint(shape: LeanEndpoint) -> Endpoint:
    return endpoint_of(shape, tuple(map(address, shape.addresses)))
