"""The contents of frames: records in msgpack, with their fields by name."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import msgspec

from clusterdns.cluster.kinds import KINDS, SPECS
from clusterdns.cluster.objects import Kind, ObjectKey
from clusterdns.cluster.serials import Serials
from clusterdns.cluster.snapshot.errors import damaged
from clusterdns.rows import Row

HEADER: Final = b"H"
REMOVED: Final = b"D"
COMMIT: Final = b"C"
STATE: Final = b"T"

KIND_OF_CODE: Final[Mapping[bytes, Kind]] = MappingProxyType({spec.code: spec.kind for spec in KINDS})

Fields: TypeAlias = tuple[Any, ...]
"""Texts and octets; msgspec has no type for either of the two."""


class SnapshotHeader(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Whose objects these are (see settings.fingerprint) and as of when, Unix time in seconds; and the
    serials that were given out by then, 0 where a writer before had none.
    """

    fingerprint: str
    as_of: float
    serials: Serials = Serials()


class Commit(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The end of a change: its number, for the snapshot that of the last change in it; how many objects were
    put and removed; the rows that it touches, None if they are not named; the serials after it, 0 where a
    writer before had none.
    """

    number: int
    put: int
    removed: int = 0
    rows: tuple[Fields, ...] | None = None
    serials: Serials = Serials()


class State(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The state of the table (see publishing.TableState) and the number of its publication."""

    number: int
    synced: bool
    stale: bool
    from_snapshot: bool
    complaints: tuple[str, ...] = ()


class Gone(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The key of an object that is gone; `code` is the kind of the frames that hold its like."""

    code: bytes
    namespace: str
    name: str


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODERS: Final[Mapping[bytes, msgspec.msgpack.Decoder[Any]]] = MappingProxyType(
    {
        HEADER: msgspec.msgpack.Decoder(SnapshotHeader),
        STATE: msgspec.msgpack.Decoder(State),
        COMMIT: msgspec.msgpack.Decoder(Commit),
        REMOVED: msgspec.msgpack.Decoder(tuple[Gone, ...]),
        **{code: msgspec.msgpack.Decoder(list[kind]) for code, kind in KIND_OF_CODE.items()},  # type: ignore[valid-type]
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


def gone(keys: Iterable[ObjectKey]) -> list[Gone]:
    """Keys as records."""
    return [Gone(SPECS[key.kind].code, key.namespace, key.name) for key in keys]


def keys(records: Iterable[Gone]) -> tuple[ObjectKey, ...]:
    """Records as keys. Raises SnapshotError."""
    try:
        return tuple(
            ObjectKey(KIND_OF_CODE[record.code], record.namespace, record.name) for record in records
        )
    except KeyError as error:
        raise damaged(f"a removed object of the unknown kind {error}") from None


def fields(rows: Iterable[Row]) -> tuple[Fields, ...]:
    """Rows of the table as records: each is a tuple of texts and octets."""
    return tuple(tuple(row) if isinstance(row, tuple) else (row,) for row in rows)


def rows_of(records: Iterable[Fields]) -> frozenset[Row]:
    """Records as rows: octets alone are one without a tuple."""
    return frozenset(
        record[0] if len(record) == 1 and isinstance(record[0], bytes) else record for record in records
    )
