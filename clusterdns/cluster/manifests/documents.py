"""From the plain values of a document to declared objects, checked field by field."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from clusterdns.cluster.blocks import joined
from clusterdns.cluster.endpoints.shapes import EndpointsShape
from clusterdns.cluster.kinds import KINDS
from clusterdns.cluster.kinds.endpoint_slice import EndpointSliceShape, build
from clusterdns.cluster.kinds.spec import KindSpec
from clusterdns.cluster.kube.declared import Declared, DeclaredKey
from clusterdns.cluster.kube.making import DEFAULT_NAMESPACE, FieldError, Making, packed_address
from clusterdns.cluster.kube.shapes import Metadata, Whole
from clusterdns.cluster.manifests.chunks import Chunk
from clusterdns.cluster.manifests.events import Path, TooManyValuesError, line_of
from clusterdns.cluster.manifests.faults import sentence
from clusterdns.cluster.manifests.json_cutter import JsonFault
from clusterdns.cluster.manifests.json_reader import json_events, read_json
from clusterdns.cluster.manifests.large import convert
from clusterdns.cluster.manifests.memory import BATCH, give_back
from clusterdns.cluster.manifests.yaml_events import YamlFault, yaml_events
from clusterdns.cluster.manifests.yaml_reader import MOST_NODES, Value, read_yaml
from clusterdns.cluster.manifests.yielding import YieldToLoop
from clusterdns.cluster.objects import ClusterObject, EndpointSlice

_SHAPES: Final[dict[tuple[str, str], type[Whole]]] = {
    ("", "Endpoints"): EndpointsShape,
    **{(spec.group_name, spec.name): spec.whole for spec in KINDS},
}
"""What is read, by API group and kind: a Service of another group is another thing."""

_SPECS: Final[dict[type[Whole], KindSpec[Any]]] = {spec.whole: spec for spec in KINDS}

MOST_LIST_DEPTH = 4

_LABEL: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_SUBDOMAIN: Final = re.compile(r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?")


class DocumentFault(ValueError):
    """A fault in a chunk: the reason, and its line, counted in the file from 1."""

    def __init__(self, line: int, *, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A value that should be an object: where it stands, and what the list around it says that it is."""

    value: Any
    document: int
    path: Path = ()
    kind: str = ""
    version: str = ""


class DocumentReader:
    """Reads chunks. One reader for all files, so that equal values are shared among their objects."""

    def __init__(self) -> None:
        self._making = Making(default_namespace=DEFAULT_NAMESPACE)

    def read(self, chunk: Chunk, yield_to_loop: YieldToLoop, *, is_json: bool) -> list[Declared]:
        """The objects of known kinds in a chunk. Raises DocumentFault."""
        declared: list[Declared] = []
        try:
            for document, value in enumerate(_values(chunk, yield_to_loop, is_json=is_json)):
                whole = _Written(
                    value=value, document=document, kind=chunk.list_kind, version=chunk.list_version
                )
                try:
                    declared.extend(self._objects(whole, chunk, yield_to_loop, is_json=is_json))
                finally:
                    give_back(value, yield_to_loop)
        except DocumentFault:
            give_back(declared, yield_to_loop)
            raise
        return declared

    def _objects(
        self, whole: _Written, chunk: Chunk, yield_to_loop: YieldToLoop, *, is_json: bool
    ) -> Iterator[Declared]:
        for written in _objects(whole):
            try:
                found = self._declared(written, chunk, yield_to_loop)
            except FieldError as error:
                raise _fault(chunk, written, error, yield_to_loop=yield_to_loop, is_json=is_json) from None
            if found is not None:
                yield found
            yield_to_loop()

    def _declared(self, written: _Written, chunk: Chunk, yield_to_loop: YieldToLoop) -> Declared | None:
        shape_type = _shape_type(written)
        if shape_type is None:
            return None
        shape: Whole = convert(written.value, shape_type, yield_to_loop)
        key = _key(written.value.get("kind", written.kind), shape)
        declared = Declared(
            key=key, shape=_lean(shape), slim=self._slim(shape, yield_to_loop), line=chunk.line
        )
        if isinstance(shape, EndpointSliceShape):
            endpoints = list(shape.endpoints or ())
            del shape
            give_back(endpoints, yield_to_loop)
        return declared

    def _slim(self, shape: Whole, yield_to_loop: YieldToLoop) -> ClusterObject | None:
        if isinstance(shape, EndpointsShape):
            _check_endpoints(shape)
            return None
        if isinstance(shape, EndpointSliceShape):
            return self._slice(shape, yield_to_loop)
        item: ClusterObject = _SPECS[type(shape)].build(shape, self._making)
        return item

    def _slice(self, shape: EndpointSliceShape, yield_to_loop: YieldToLoop) -> EndpointSlice:
        """An EndpointSlice; one with many endpoints in steps."""
        endpoints = shape.endpoints or ()
        if len(endpoints) <= BATCH:
            return build(shape, self._making)
        part = build(msgspec.structs.replace(shape, endpoints=()), self._making)
        parts: list[bytes] = []
        for start in range(0, len(endpoints), BATCH):
            some = msgspec.structs.replace(shape, endpoints=endpoints[start : start + BATCH], ports=())
            try:
                parts.append(build(some, self._making).packed)
            except FieldError as error:
                field, index, *rest = error.path
                path = (field, start + int(index), *rest)
                raise FieldError(path, error.expected, found=error.found) from None
            yield_to_loop()
        return msgspec.structs.replace(part, packed=joined(parts))


def _values(chunk: Chunk, yield_to_loop: YieldToLoop, *, is_json: bool) -> Iterator[Value]:
    try:
        if not is_json:
            yield from read_yaml(chunk.pieces, yield_to_loop)
        elif chunk.is_small:
            yield _small_json(chunk, yield_to_loop)
        else:
            yield read_json(chunk, yield_to_loop, most=MOST_NODES)
    except (YamlFault, JsonFault) as fault:
        raise DocumentFault(chunk.line + fault.line - 1, reason=fault.reason) from None
    except TooManyValuesError as error:
        reason = f"more than {MOST_NODES:,} values"
        raise DocumentFault(chunk.line + error.line - 1, reason=reason) from None


def _small_json(chunk: Chunk, yield_to_loop: YieldToLoop) -> Value:
    try:
        value: Value = json.loads(chunk.text)
    except RecursionError:
        value = read_json(chunk, yield_to_loop, most=MOST_NODES)
    return value


def _lean(shape: Whole) -> Whole:
    """The shape without what nobody reads once the object of the table is made, and that is large."""
    if isinstance(shape, EndpointSliceShape):
        return msgspec.structs.replace(shape, endpoints=None, ports=None)
    return shape


def _objects(written: _Written) -> Iterator[_Written]:
    """The value, or the items of the list that it is, lists in lists too."""
    value = written.value
    is_list = isinstance(value, dict) and str(value.get("kind", "")).endswith("List")
    if not is_list or not isinstance(value.get("items"), list) or len(written.path) >= MOST_LIST_DEPTH * 2:
        if value is not None and not (is_list and value.get("items") is None):
            yield written
        return
    kind = value["kind"].removesuffix("List")
    for index, item in enumerate(value["items"]):
        yield from _objects(
            _Written(
                value=item,
                document=written.document,
                path=(*written.path, "items", index),
                kind=kind,
                version=str(value.get("apiVersion", "")),
            )
        )


def _shape_type(written: _Written) -> type[Whole] | None:
    value = written.value
    if not isinstance(value, dict):
        raise FieldError((), "a Kubernetes object", found=value)
    kind = value.get("kind", written.kind.removesuffix("List"))
    if not isinstance(kind, str) or not kind:
        raise FieldError(("kind",), "the kind of the object", found=value.get("kind"))
    version = value.get("apiVersion", written.version)
    if not isinstance(version, str) or not version:
        raise FieldError(("apiVersion",), "the version of the API", found=value.get("apiVersion"))
    return _SHAPES.get((version.rpartition("/")[0], kind))


def _key(kind: str, shape: Whole) -> DeclaredKey:
    kind = kind.removesuffix("List")
    metadata: Metadata = shape.metadata
    spec = _SPECS.get(type(shape))
    pattern = _LABEL if spec is not None and spec.is_label else _SUBDOMAIN
    if not pattern.fullmatch(metadata.name):
        form = "a DNS label" if pattern is _LABEL else "a DNS name"
        expected = f"{form} (lower-case letters, digits, dashes)"
        raise FieldError(("metadata", "name"), expected, found=metadata.name or None)
    if spec is not None and not spec.is_namespaced:
        return DeclaredKey(kind, "", metadata.name)
    namespace = metadata.namespace or DEFAULT_NAMESPACE
    if not _LABEL.fullmatch(namespace):
        expected = "a DNS label (lower-case letters, digits, dashes)"
        raise FieldError(("metadata", "namespace"), expected, found=namespace)
    return DeclaredKey(kind, namespace, metadata.name)


def _check_endpoints(shape: EndpointsShape) -> None:
    for index, subset in enumerate(shape.subsets or ()):
        for field, addresses in (
            ("addresses", subset.addresses),
            ("notReadyAddresses", subset.not_ready_addresses),
        ):
            for place, address in enumerate(addresses or ()):
                packed_address(address.ip, ("subsets", index, field, place, "ip"))


def _fault(
    chunk: Chunk, written: _Written, error: FieldError, *, yield_to_loop: YieldToLoop, is_json: bool
) -> DocumentFault:
    path = (*written.path, *error.path)
    if is_json:
        line = line_of(json_events(chunk, yield_to_loop), path)
    else:
        line = line_of(yaml_events(chunk.pieces, yield_to_loop, document=written.document), path)
    return DocumentFault(chunk.line + line - 1, reason=f"{_title(written)}{sentence(error)}")


def _title(written: _Written) -> str:
    value = written.value
    if not isinstance(value, dict):
        return ""
    kind = value.get("kind") or written.kind
    if not isinstance(kind, str) or not kind:
        return ""
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(metadata, dict) or not isinstance(name, str):
        return f"{kind}: "
    namespace = metadata.get("namespace") or DEFAULT_NAMESPACE
    return f"{DeclaredKey(kind, '' if kind == 'Namespace' else str(namespace), name)}: "
