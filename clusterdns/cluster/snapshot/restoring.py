"""The snapshot at the start: what it says, or a word why it does not count."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from clusterdns.cluster.manifests.yielding import PeriodicYield
from clusterdns.cluster.serials import Serials
from clusterdns.cluster.snapshot.errors import SnapshotError
from clusterdns.cluster.snapshot.file import Snapshot, read_snapshot
from clusterdns.cluster.snapshot.settings import SnapshotSettings

_log = logging.getLogger(__name__)


LONGEST_READ: Final = 30.0
"""Seconds that the start waits for a snapshot at most: its mount may be dead."""


async def recall(
    settings: SnapshotSettings,
    *,
    clock: Callable[[], float] = time.time,
    longest_read: float = LONGEST_READ,
    on_serials: Callable[[Serials], None] | None = None,
) -> Snapshot | None:
    """The snapshot; None if there is none that can be used: the log says why, unless there is none at all.

    clock: Unix time in seconds. on_serials: called with the serials of a snapshot that is ours and whole,
    also if it is too old to be used.
    """
    tell = on_serials or (lambda _: None)
    try:
        async with asyncio.timeout(longest_read):
            found = await asyncio.to_thread(
                read_snapshot, settings, now=clock(), yield_to_loop=PeriodicYield()
            )
    except TimeoutError:
        _log.warning(
            "the snapshot %s is refused, unreadable: it takes longer than %g s", settings.path, longest_read
        )
        return None
    except SnapshotError as error:
        _log.warning("the snapshot %s is refused, %s", settings.path, error)
        tell(error.serials)
        return None
    if found is None:
        _log.info("there is no snapshot %s yet", settings.path)
        return None
    tell(found.serials)
    _log.info(
        "serving %d objects from the snapshot %s, which is %.0f s old, until the API server has been asked",
        len(found.objects),
        settings.path,
        max(0.0, clock() - found.as_of),
    )
    return found
