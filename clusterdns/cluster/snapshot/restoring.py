"""A snapshot into the table, at the start."""

import asyncio
import logging
import time
from collections.abc import Callable

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.manifests.breath import Naps
from clusterdns.cluster.snapshot.errors import SnapshotError
from clusterdns.cluster.snapshot.file import read_snapshot
from clusterdns.cluster.snapshot.settings import SnapshotSettings
from clusterdns.cluster.steps import apply_in_steps
from clusterdns.cluster.table import Table

_log = logging.getLogger(__name__)


async def restore(
    table: Table, settings: SnapshotSettings, *, clock: Callable[[], float] = time.time
) -> float | None:
    """Fill an empty table from the snapshot and call it synced.

    As of when its content is true, Unix time in seconds; None if there is no snapshot that can be used,
    which, unless there is none at all, the log explains.
    """
    try:
        found = await asyncio.to_thread(read_snapshot, settings, now=clock(), breathe=Naps())
    except SnapshotError as error:
        _log.warning("the snapshot %s is refused, %s", settings.path, error)
        return None
    if found is None:
        _log.info("there is no snapshot %s yet", settings.path)
        return None
    await apply_in_steps(table, ChangeSet(put=found.objects))
    table.synced = True
    _log.info(
        "serving %d objects from the snapshot %s, which is %.0f s old, until the API server has been asked",
        len(found.objects),
        settings.path,
        max(0.0, clock() - found.as_of),
    )
    return found.as_of
