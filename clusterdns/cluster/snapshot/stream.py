"""Writing and reading the stream: a header, then changes, of which the first is the snapshot."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Final, NamedTuple

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.kinds import SPECS
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.objects import ClusterObject, ObjectKey
from clusterdns.cluster.publishing import Published, PublishedChange, PublishedState, TableState
from clusterdns.cluster.serials import Serials
from clusterdns.cluster.snapshot.errors import Refusal, SnapshotError, damaged
from clusterdns.cluster.snapshot.frames import ByteSource, Frame, read_frames, write_frame
from clusterdns.cluster.snapshot.records import (
    COMMIT,
    HEADER,
    REMOVED,
    STATE,
    Commit,
    SnapshotHeader,
    State,
    decode,
    encode,
    fields,
    gone,
    keys,
    rows_of,
)
from clusterdns.rows import Row

NAME: Final = b"cdnstab"
VERSION: Final = 2
"""Of this format, of the objects in it and of how their endpoints are packed. Counts up when an old
reader would misunderstand; a new field with a default is no reason to: the serials came that way."""

BATCH: Final = 64
"""Objects in a frame: so many are encoded at a time, in well under a millisecond, and..."""

BATCH_OCTETS: Final = 256 * 1024
"""...about so much of them, unless a single one is larger: a reader refuses frames over MOST_CONTENT."""

MOST_ROWS: Final = 65_536
"""Rows that a change names, of a megabyte or two; one that touches more counts as touching all."""


class Change(NamedTuple):
    """A change read from a stream, and the commit that ended it."""

    changes: ChangeSet
    commit: Commit

    def published(self) -> PublishedChange:
        """The change as its table published it."""
        named = self.commit.rows
        rows = None if named is None else (rows_of(named),) if named else ()
        return PublishedChange(self.commit.number, self.changes, rows, self.commit.serials)


class StreamWriter:
    """Makes the octets of a stream, piece by piece; `yield_to_loop` is called after each batch."""

    def __init__(self, yield_to_loop: Callable[[], None]) -> None:
        self._yield_to_loop = yield_to_loop

    def header(self, header: SnapshotHeader) -> bytes:
        """How the stream begins."""
        return NAME + bytes((VERSION,)) + write_frame(HEADER, encode(header))

    def change(
        self,
        number: int,
        put: Iterable[ClusterObject],
        *,
        removed: Iterable[ObjectKey] = (),
        rows: Iterable[Row] | None = None,
        serials: Serials = Serials(),  # noqa: B008 - frozen
    ) -> Iterator[bytes]:
        """A change, the first of a stream being the snapshot."""
        put_count, removed_count = 0, 0
        for kind, batch in _batches(put):
            put_count += len(batch)
            yield write_frame(kind, encode(batch))
            self._yield_to_loop()
        left = iter(removed)
        while some := tuple(islice(left, BATCH)):
            removed_count += len(some)
            yield write_frame(REMOVED, encode(gone(some)))
            self._yield_to_loop()
        named = None if rows is None else fields(rows)
        commit = Commit(number=number, put=put_count, removed=removed_count, rows=named, serials=serials)
        yield write_frame(COMMIT, encode(commit))

    def state(self, published: PublishedState) -> bytes:
        """A state, that of the snapshot too: it has the number of the snapshot."""
        return write_frame(STATE, encode(State(number=published.number, **published.state._asdict())))

    def published(self, published: Published) -> Iterator[bytes]:
        """Changes and states that a table published after the snapshot."""
        if isinstance(published, PublishedState):
            yield self.state(published)
            return
        number, changes, portions, serials = published
        is_named = portions is not None and sum(map(len, portions)) <= MOST_ROWS
        rows = chain.from_iterable(portions or ()) if is_named else None
        yield from self.change(number, changes.put, removed=changes.removed, rows=rows, serials=serials)


class StreamReader:
    """Reads a stream; `header` is there at once, the changes follow.

    Raises:
        SnapshotError: from the constructor and while iterating, when the stream is not what was written.
    """

    def __init__(self, source: ByteSource, yield_to_loop: Callable[[], None]) -> None:
        _check_magic(source.read(len(NAME) + 1))
        self._frames = read_frames(source)
        self._yield_to_loop = yield_to_loop
        self._share = Pool()
        self.header = self._header()

    def changes(self) -> Iterator[Change]:
        """Each change that is whole, of a stream without states. Raises SnapshotError if the stream breaks
        off within one.
        """
        for found in self._read():
            if isinstance(found, PublishedState):
                raise damaged("it has a state")
            yield found

    def published(self) -> Iterator[Published]:
        """Each change, the snapshot first, and each state. Raises SnapshotError as `changes` does."""
        for found in self._read():
            yield found.published() if isinstance(found, Change) else found

    def _read(self) -> Iterator[Change | PublishedState]:
        put: list[ClusterObject] = []
        removed: list[ObjectKey] = []
        for kind, content in self._frames:
            found = decode(kind, content)
            if isinstance(found, Commit):
                yield _committed(put, removed, found)
                put, removed = [], []
            elif kind == REMOVED:
                removed.extend(keys(found))
            elif isinstance(found, SnapshotHeader):
                raise damaged("a second header")
            elif isinstance(found, State):
                if put or removed:
                    raise damaged("a state within a change")
                yield _state(found)
            else:
                put.extend(SPECS[type(item)].share(item, self._share) for item in found)
            self._yield_to_loop()
        if put or removed:
            raise damaged("its last change is not whole")

    def _header(self) -> SnapshotHeader:
        frame = next(self._frames, Frame(b"", b""))
        if frame.kind != HEADER:
            raise damaged("it has no header")
        header: SnapshotHeader = decode(*frame)
        return header


def _check_magic(found: bytes) -> None:
    if found[:-1] != NAME:
        raise damaged("it is no snapshot at all")
    if found[-1] != VERSION:
        raise SnapshotError(
            Refusal.FOREIGN, f"foreign: written in version {found[-1]} of the format, expected {VERSION}"
        )


def _committed(put: list[ClusterObject], removed: list[ObjectKey], commit: Commit) -> Change:
    if (commit.put, commit.removed) != (len(put), len(removed)):
        raise damaged(
            f"change {commit.number} has {len(put)} objects and {len(removed)} removals, "
            f"expected {commit.put} and {commit.removed}"
        )
    return Change(ChangeSet(put=tuple(put), removed=tuple(removed)), commit)


def _state(record: State) -> PublishedState:
    return PublishedState(
        record.number,
        TableState(record.synced, record.stale, record.from_snapshot, record.complaints),
    )


def _batches(objects: Iterable[ClusterObject]) -> Iterator[tuple[bytes, list[ClusterObject]]]:
    """The objects in their order, as many of one kind together as come one after the other."""
    batch: list[ClusterObject] = []
    kind, octets = b"", 0
    for item in objects:
        spec = SPECS[type(item)]
        code, size = spec.code, spec.octets(item)
        if batch and (code != kind or len(batch) == BATCH or octets + size > BATCH_OCTETS):
            yield kind, batch
            batch, octets = [], 0
        kind = code
        batch.append(item)
        octets += size
    if batch:
        yield kind, batch
