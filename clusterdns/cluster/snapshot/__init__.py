"""The table as a stream: a snapshot, then numbered changes; on disk the snapshot alone.

    magic and version                  8 octets
    H  header                          whose objects these are, and as of when
    N S E P I  objects of one kind     some Namespaces, Services, EndpointSlices, Pods or ServiceImports
    D  keys of objects that are gone
    C  commit                          what came since the last one is one change: its number, how much it
                                       holds, the rows it touches, the serials after it
    T  state                           between changes: synced, stale, complaints
    ...                                the first commit ends the snapshot, each other one a change

Each of these is a frame with a length and a checksum (frames.py); what is in it is msgpack, fields by name
(records.py), so that a new field does not make old streams unreadable. A reader applies nothing before the
commit is there: a stream that breaks off in the middle of a change is whole up to the change before.

    table ─▶ keeper.py ─▶ file.py       while it serves: after changes, off the event loop, atomically
    file.py ─▶ restoring.py             at the start, if it is whole, ours and young enough
"""

from clusterdns.cluster.snapshot.errors import Refusal, SnapshotError
from clusterdns.cluster.snapshot.file import Snapshot, read_snapshot, write_snapshot
from clusterdns.cluster.snapshot.keeper import SnapshotFigures, SnapshotKeeper
from clusterdns.cluster.snapshot.records import Commit, SnapshotHeader
from clusterdns.cluster.snapshot.restoring import recall
from clusterdns.cluster.snapshot.settings import SnapshotSettings, fingerprint
from clusterdns.cluster.snapshot.stream import Change, StreamReader, StreamWriter

__all__ = [
    "Change",
    "Commit",
    "Refusal",
    "Snapshot",
    "SnapshotError",
    "SnapshotFigures",
    "SnapshotHeader",
    "SnapshotKeeper",
    "SnapshotSettings",
    "StreamReader",
    "StreamWriter",
    "fingerprint",
    "read_snapshot",
    "recall",
    "write_snapshot",
]
