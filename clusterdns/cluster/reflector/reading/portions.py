"""Large documents in portions: the lists that make them large are taken out and read some elements at a time.

    {"metadata": …, "endpoints": [e1, e2, … e1000], "ports": […]}
        │ the members, unread: msgspec passes over a megabyte in half a millisecond
        ├─▶ the same with empty lists, read as any document
        └─▶ [e1 … e9]  [e10 … e18]  …     cut where an element seems to end; what is cut elsewhere is no JSON

A document with a malformed value is not decoded here: `read` returns None, and lenient.py decodes it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, TypeVar

import msgspec

from clusterdns.cluster.kinds import KINDS
from clusterdns.cluster.kinds.endpoint_slice import LeanEndpoint, packing
from clusterdns.cluster.kube.making import Making
from clusterdns.cluster.kube.shapes import Shape
from clusterdns.cluster.objects import EndpointSlice, Kind, Port
from clusterdns.cluster.reflector.reading.decoding import REFUSALS, Decoded
from clusterdns.cluster.work import Work

T = TypeVar("T")

LARGE: Final = 64 * 1024
"""Octets of documents that are read in portions. A smaller one is read in a millisecond."""

PORTION: Final = 8 * 1024
"""Octets of a list that are read at once, if an element ends there."""

MOST_TRIES: Final = 16
"""Ends of inner objects that are taken for the end of an element: an endpoint has at most 8 hints."""

ABSENT: Final = msgspec.Raw(b"null")
EMPTY: Final = msgspec.Raw(b"[]")
FQDN: Final = b'"FQDN"'

_BETWEEN: Final = re.compile(rb"\}\s*,\s*\{")


class SliceParts(Shape, frozen=True):
    metadata: msgspec.Raw
    address_type: msgspec.Raw = ABSENT
    ports: msgspec.Raw = ABSENT
    endpoints: msgspec.Raw = ABSENT


class ObjectParts(Shape, frozen=True):
    metadata: msgspec.Raw
    spec: msgspec.Raw = ABSENT
    status: msgspec.Raw = ABSENT


_slices: Final = msgspec.json.Decoder(SliceParts)
_objects: Final = msgspec.json.Decoder(ObjectParts)
_endpoints: Final = msgspec.json.Decoder(list[LeanEndpoint])
_ports: Final[Mapping[Kind, msgspec.json.Decoder[Any]]] = MappingProxyType(
    {
        spec.kind: msgspec.json.Decoder(list[spec.ports.lean])  # type: ignore[name-defined]
        for spec in KINDS
        if spec.ports is not None
    }
)


def _parts(shape: type[Shape]) -> type[msgspec.Struct]:
    """The same fields, unread."""
    fields: list[Any] = [
        (one.name, msgspec.Raw, msgspec.field(name=one.encode_name, default=ABSENT))
        for one in msgspec.structs.fields(shape)
    ]
    return msgspec.defstruct(f"{shape.__name__}Parts", fields, frozen=True, gc=False)


_specs: Final[Mapping[Kind, msgspec.json.Decoder[Any]]] = MappingProxyType(
    {
        spec.kind: msgspec.json.Decoder(_parts(spec.ports.within))
        for spec in KINDS
        if spec.ports is not None and spec.ports.within is not None
    }
)


class Portions:
    """Reads large documents of one kind. `read` reads ordinary ones, and returns None if anything is odd."""

    def __init__(self, kind: Kind, read: Callable[[msgspec.Raw], Decoded | None]) -> None:
        self._kind = kind
        self._read_whole = read
        self._ports_of = Making().ports

    def read(self, document: msgspec.Raw) -> Work[Decoded | None]:
        """Decode an object; None if any value is malformed, or if objects of its kind have no lists."""
        try:
            if self._kind is EndpointSlice:
                return (yield from self._slice(document))
            if self._kind in _specs:
                return (yield from self._with_ports(document))
        except REFUSALS:
            return None
        return self._read_whole(document)

    def _slice(self, document: msgspec.Raw) -> Work[Decoded | None]:
        parts = _slices.decode(document)
        yield
        found = self._read_whole(_encoded(parts, ports=EMPTY, endpoints=EMPTY))
        if found is None:
            return None
        yield
        ports = yield from self._ports(parts.ports)
        is_listed = bytes(parts.address_type) != FQDN
        endpoints = chain.from_iterable(_portions(parts.endpoints, _endpoints)) if is_listed else ()
        packed = yield from packing(endpoints)
        return found._replace(item=msgspec.structs.replace(found.item, ports=ports, packed=packed))

    def _with_ports(self, document: msgspec.Raw) -> Work[Decoded | None]:
        parts = _objects.decode(document)
        yield
        if bytes(parts.spec) == b"null":
            return self._read_whole(document)
        members = _specs[self._kind].decode(parts.spec)
        yield
        found = self._read_whole(_encoded(parts, spec=_encoded(members, ports=EMPTY)))
        if found is None:
            return None
        yield
        ports = yield from self._ports(members.ports)
        return found._replace(item=msgspec.structs.replace(found.item, ports=ports))

    def _ports(self, listed: msgspec.Raw) -> Work[tuple[Port, ...]]:
        found: list[Port] = []
        for some in _portions(listed, _ports[self._kind]):
            found += self._ports_of(some)
            yield
        return tuple(found)


def _encoded(parts: msgspec.Struct, **members: msgspec.Raw) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(msgspec.structs.replace(parts, **members)))


def _portions(listed: msgspec.Raw, decoder: msgspec.json.Decoder[list[T]]) -> Iterator[list[T]]:
    """The elements of a list, some at a time. Raises MsgspecError or ValueError."""
    text = bytes(listed)
    if text == b"null":
        return
    if not text.startswith(b"["):
        raise ValueError("it is no list")
    start = 1
    while start < len(text):
        some, start = _portion(text, start, decoder)
        yield some


def _portion(text: bytes, start: int, decoder: msgspec.json.Decoder[list[T]]) -> tuple[list[T], int]:
    """Elements from `start` on, and where the next one begins."""
    search_from = start + PORTION
    for _ in range(MOST_TRIES):
        cut = _BETWEEN.search(text, search_from)
        if cut is None:
            return decoder.decode(b"[" + text[start:]), len(text)
        try:
            return decoder.decode(b"[" + text[start : cut.start() + 1] + b"]"), cut.end() - 1
        except msgspec.MsgspecError:
            # It was the end of an object within an element, or stands in a text; or the element is odd.
            search_from = cut.start() + 1
    raise ValueError("no element seems to end")
