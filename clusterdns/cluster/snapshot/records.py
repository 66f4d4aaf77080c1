"""What is in the frames: msgpack, with the fields of every record by name."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import msgspec

from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.objects import (
    ClusterObject,
    EndpointSlice,
    Key,
    Kind,
    Namespace,
    Pod,
    Service,
    ServiceImport,
)
from clusterdns.cluster.snapshot.errors import damaged
from clusterdns.rows import Row

HEADER: Final = b"H"
REMOVED: Final = b"D"
COMMIT: Final = b"C"

KINDS: Final[Mapping[bytes, Kind]] = MappingProxyType(
    {b"N": Namespace, b"S": Service, b"E": EndpointSlice, b"P": Pod, b"I": ServiceImport}
)
CODES: Final[Mapping[Kind, bytes]] = MappingProxyType({kind: code for code, kind in KINDS.items()})

PORT_OCTETS: Final = 48
"""What a port takes, names of fields included."""

Fields: TypeAlias = tuple[Any, ...]
"""Texts and octets; msgspec has no type for either of the two."""


class Header(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Whose objects these are (see settings.fingerprint) and as of when, Unix time in seconds."""

    fingerprint: str
    as_of: float


class Commit(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The end of a change: its number, 0 for the snapshot; how many objects were put and removed; the rows
    that it touches, None if they are not named.
    """

    number: int
    put: int
    removed: int = 0
    rows: tuple[Fields, ...] | None = None


class Gone(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The key of an object that is gone; `code` is the kind of the frames that hold its like."""

    code: bytes
    namespace: str
    name: str


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODERS: Final[Mapping[bytes, msgspec.msgpack.Decoder[Any]]] = MappingProxyType(
    {
        HEADER: msgspec.msgpack.Decoder(Header),
        COMMIT: msgspec.msgpack.Decoder(Commit),
        REMOVED: msgspec.msgpack.Decoder(tuple[Gone, ...]),
        **{code: msgspec.msgpack.Decoder(list[kind]) for code, kind in KINDS.items()},  # type: ignore[valid-type]
    }
)


def encode(value: object) -> bytes:
    """A record, or a list of them, as the content of a frame."""
    return _ENCODER.encode(value)


def decode(kind: bytes, content: bytes) -> Any:
    """The content of a frame of this kind. Raises SnapshotError."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        raise damaged(f"a frame of the unknown kind {kind!r}")
    try:
        return decoder.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise damaged(f"a frame of the kind {kind!r} cannot be read: {error}") from error


def gone(keys: Iterable[Key]) -> list[Gone]:
    """Keys as records."""
    return [Gone(CODES[key.kind], key.namespace, key.name) for key in keys]


def keys(records: Iterable[Gone]) -> tuple[Key, ...]:
    """Records as keys. Raises SnapshotError."""
    try:
        return tuple(Key(KINDS[record.code], record.namespace, record.name) for record in records)
    except KeyError as error:
        raise damaged(f"a removed object of the unknown kind {error}") from None


def fields(rows: Iterable[Row]) -> tuple[Fields, ...]:
    """Rows of the table as records: each is a tuple of texts and octets."""
    return tuple(tuple(row) if isinstance(row, tuple) else (row,) for row in rows)


def size_of(item: ClusterObject) -> int:
    """About how many octets the record of an object takes."""
    match item:
        case Service():
            return PORT_OCTETS * len(item.ports) + sum(map(len, item.external))
        case EndpointSlice():
            return PORT_OCTETS * len(item.ports) + len(item.packed)
        case ServiceImport():
            return PORT_OCTETS * len(item.ports)
        case _:
            return 0


def shared(item: ClusterObject, pool: Pool) -> ClusterObject:
    """The object with those of its values shared that many have in common, as those of other sources."""
    match item:
        case Namespace():
            return item
        case Service():
            return msgspec.structs.replace(
                item, namespace=pool(item.namespace), type=pool(item.type), ports=pool(item.ports)
            )
        case EndpointSlice():
            return msgspec.structs.replace(
                item, namespace=pool(item.namespace), ports=pool(item.ports), cluster=pool(item.cluster)
            )
        case ServiceImport():
            return msgspec.structs.replace(item, namespace=pool(item.namespace), ports=pool(item.ports))
        case Pod():
            return msgspec.structs.replace(item, namespace=pool(item.namespace))
