"""An object as the server keeps it: encoded once, when it is put."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias
from uuid import NAMESPACE_DNS, uuid5

import msgspec

from testbed.apiserver.resources import NAMESPACES, SERVICES, Resource

Document: TypeAlias = dict[str, Any]

CREATED: Final = "2026-01-01T00:00:00Z"
DEFAULT_NAMESPACE: Final = "default"
PARTIAL_PREFIX: Final = b'{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":'


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One version of an object.

    fields: the values that field selectors may ask for, "" where absent.
    metadata: its encoding, which holds the version.
    rest: the encoding of everything but kind, apiVersion and metadata, with the braces.
    """

    resource: Resource
    namespace: str
    name: str
    version: int
    labels: Mapping[str, str]
    fields: Mapping[str, str]
    metadata: bytes
    rest: bytes

    @property
    def key(self) -> str:
        """The key by which lists are sorted."""
        return f"{self.namespace}/{self.name}"

    def item(self) -> bytes:
        """As an item of a list."""
        return self.full() if self.resource.custom else b"{" + self._members()

    def full(self) -> bytes:
        """With its kind and apiVersion, as in an event."""
        return self.resource.prefix + self._members()

    def partial(self) -> bytes:
        """Only its metadata, as PartialObjectMetadata."""
        return PARTIAL_PREFIX + self.metadata + b"}"

    def document(self) -> Document:
        """As a mapping of its own."""
        document: Document = msgspec.json.decode(self.full())
        return document

    def at(self, version: int) -> "Stored":
        """The same object under another version."""
        old, new = (b'"resourceVersion":"%d"' % number for number in (self.version, version))
        return replace(self, version=version, metadata=self.metadata.replace(old, new, 1))

    def is_like(self, other: "Stored | None") -> bool:
        """Whether both are equal but for their versions."""
        if other is None:
            return False
        one, two = self.document(), other.at(self.version).document()
        return one == two

    def _members(self) -> bytes:
        separator = b"" if self.rest == b"{}" else b","
        return b'"metadata":' + self.metadata + separator + self.rest[1:]


def stored(resource: Resource, document: Mapping[str, Any], *, version: int) -> Stored:
    """An object as it is stored, with what an API server fills in.

    Raises:
        ValueError: it has no name.
    """
    metadata = dict(document.get("metadata") or {})
    name = metadata.get("name")
    if not name:
        raise ValueError(f"expected metadata.name in a {resource.kind}, found none")
    if resource.namespaced:
        metadata["namespace"] = metadata.get("namespace") or DEFAULT_NAMESPACE
    namespace = metadata["namespace"] if resource.namespaced else ""
    if resource is NAMESPACES:
        metadata["labels"] = {"kubernetes.io/metadata.name": name, **(metadata.get("labels") or {})}
    metadata.setdefault("uid", str(uuid5(NAMESPACE_DNS, f"{resource.plural}/{namespace}/{name}")))
    metadata.setdefault("creationTimestamp", CREATED)
    metadata["resourceVersion"] = str(version)
    own = {key: value for key, value in document.items() if key not in {"kind", "apiVersion", "metadata"}}
    if resource is SERVICES:
        own = with_service_defaults(own)
    return Stored(
        resource=resource,
        namespace=namespace,
        name=name,
        version=version,
        labels=metadata.get("labels") or {},
        fields={path: _text_at(own, path) for path in resource.fields},
        metadata=msgspec.json.encode(metadata),
        rest=msgspec.json.encode(own),
    )


def stored_raw(
    resource: Resource,
    namespace: str,
    *,
    name: str,
    version: int,
    labels: Mapping[str, str],
    metadata: str,
    rest: str,
) -> Stored:
    """An object whose encoding is given: `metadata` has further members of its metadata, `rest` is the object
    without kind, apiVersion and metadata. Nothing looks into either."""
    known = {
        "name": name,
        "namespace": namespace,
        "uid": str(uuid5(NAMESPACE_DNS, f"{resource.plural}/{namespace}/{name}")),
        "creationTimestamp": CREATED,
        "resourceVersion": str(version),
        "labels": labels,
    }
    more = f",{metadata}}}".encode() if metadata else b"}"
    return Stored(
        resource=resource,
        namespace=namespace,
        name=name,
        version=version,
        labels=labels,
        fields=dict.fromkeys(resource.fields, ""),
        metadata=msgspec.json.encode(known)[:-1] + more,
        rest=rest.encode(),
    )


def with_service_defaults(own: Document) -> Document:
    """A Service's type, protocols and both spellings of its ClusterIPs."""
    spec: Document = {"type": "ClusterIP", **(own.get("spec") or {})}
    if spec["type"] != "ExternalName":
        if spec.get("clusterIP"):
            spec.setdefault("clusterIPs", [spec["clusterIP"]])
        elif spec.get("clusterIPs"):
            spec["clusterIP"] = spec["clusterIPs"][0]
    if spec.get("ports"):
        spec["ports"] = [
            {"protocol": "TCP", "targetPort": port.get("port"), **port} for port in spec["ports"]
        ]
    return {"status": {"loadBalancer": {}}, **own, "spec": spec}


def _text_at(own: Document, path: str) -> str:
    value: Any = own
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return "" if value is None else str(value)
