"""The snapshot as a file. Both functions take their time: they belong into a thread."""

import math
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from clusterdns.cluster.objects import ClusterObject
from clusterdns.cluster.serials import Serials
from clusterdns.cluster.snapshot.errors import Refusal, SnapshotError, damaged
from clusterdns.cluster.snapshot.records import SnapshotHeader
from clusterdns.cluster.snapshot.settings import SnapshotSettings
from clusterdns.cluster.snapshot.soundness import check_objects
from clusterdns.cluster.snapshot.stream import StreamReader, StreamWriter
from clusterdns.cluster.snapshot.trust import open_trusted

MOST_OCTETS = 1 << 30
"""Of a snapshot: some fifty times one of 10,000 Services with 150,000 endpoints."""

FUTURE_SECONDS = 300
"""How far ahead of our clock the writer's may have been."""


class Snapshot(NamedTuple):
    """The contents of a snapshot file.

    as_of: Unix time in seconds at which the objects were up to date.
    serials: those given out by then.
    """

    objects: tuple[ClusterObject, ...]
    as_of: float
    serials: Serials = Serials()


def write_snapshot(
    path: str,
    header: SnapshotHeader,
    objects: Iterable[ClusterObject],
    *,
    yield_to_loop: Callable[[], None],
) -> int:
    """Put a new snapshot in the place of the old one in one step; its size in octets.

    Whatever happens, the file is the old one or the new one: the new one is complete on the disk before it
    gets the name. Only its owner may read it. Its folder is made if it is missing, for its owner only.

    Raises:
        OSError: it cannot be written; the old one is still there.
    """
    target = Path(path)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in _pieces(StreamWriter(yield_to_loop), header, objects):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    return size


def read_snapshot(
    settings: SnapshotSettings, *, now: float, yield_to_loop: Callable[[], None]
) -> Snapshot | None:
    """The snapshot, None if there is no such file. `now` is Unix time in seconds.

    Raises:
        SnapshotError: it is damaged, foreign, too old or untrusted, or cannot be opened.
    """
    try:
        with os.fdopen(open_trusted(Path(settings.path)), "rb") as file:
            if os.fstat(file.fileno()).st_size > MOST_OCTETS:
                raise damaged(f"it is larger than {MOST_OCTETS >> 20} MiB")
            reader = StreamReader(file, yield_to_loop)
            _check(reader.header, settings, now=now)
            changes = list(reader.changes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SnapshotError(Refusal.UNREADABLE, f"unreadable: {error.strerror or error}") from error
    if len(changes) != 1:
        raise damaged("it has no end" if not changes else "something follows its end")
    objects, removed = changes[0].changes.put, changes[0].changes.removed
    if removed:
        raise damaged("it removes objects that nobody has put")
    check_objects(objects, yield_to_loop)
    return Snapshot(objects, reader.header.as_of, reader.header.serials)


def _pieces(
    writer: StreamWriter, header: SnapshotHeader, objects: Iterable[ClusterObject]
) -> Iterator[bytes]:
    yield writer.header(header)
    yield from writer.change(0, objects, serials=header.serials)


def _check(header: SnapshotHeader, settings: SnapshotSettings, *, now: float) -> None:
    if header.fingerprint != settings.fingerprint:
        raise SnapshotError(Refusal.FOREIGN, "foreign: it was written for another cluster or other settings")
    if not math.isfinite(header.as_of):
        raise damaged("its time is no number")
    age = now - header.as_of
    if age > settings.max_age:
        raise SnapshotError(
            Refusal.OLD,
            f"old: what it says is {age:.0f} s old, expected at most {settings.max_age:.0f} s",
            serials=header.serials,
        )
    if age < -FUTURE_SECONDS:
        raise SnapshotError(
            Refusal.OLD,
            f"old: its time lies {-age:.0f} s ahead, so its age is not known",
            serials=header.serials,
        )


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut; a file system that cannot do that is not our fault."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)
