"""Keeping the snapshot: when it is written, and from what."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from clusterdns.cluster.manifests.yielding import PeriodicYield
from clusterdns.cluster.publishing import Published, PublishedChange
from clusterdns.cluster.snapshot.file import write_snapshot
from clusterdns.cluster.snapshot.records import SnapshotHeader
from clusterdns.cluster.snapshot.settings import SnapshotSettings
from clusterdns.cluster.table import Table

_log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 5.0
"""How often it is looked whether there is something to write."""

PAUSE_SECONDS: Final = 60.0
"""At least so long from one writing to the next, so that a disk is not worn by a busy cluster."""

LONGEST_END: Final = 4.0
"""Seconds that the end waits for the last writing."""

REFRESHES: Final = 4
"""How often within the greatest age it is written even if nothing changes: its time says that this was so."""


@dataclass(slots=True)
class SnapshotFigures:
    """For metrics: how often it was written and could not be; size of the last one in octets; seconds that
    its writing took; as of when it is, Unix time in seconds, 0 if there is none.
    """

    written: int = 0
    failed: int = 0
    octets: int = 0
    seconds: float = 0.0
    as_of: float = 0.0


class SnapshotKeeper:
    """Writes a table's snapshot while `run` runs; `end` writes it a last time.

    as_of: as of when the table is known to be true, Unix time in seconds; None as long as not all of it
        comes from the API server. Then nothing is written: a snapshot must not grow young by being restored.
    """

    def __init__(
        self,
        table: Table,
        settings: SnapshotSettings,
        *,
        as_of: Callable[[], float | None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.figures = SnapshotFigures()
        self._table = table
        self._settings = settings
        self._as_of = as_of
        self._clock = clock
        self._sleep = sleep
        self._changed = True
        self._next_write = float("-inf")
        self._complaint = ""
        self._writing: asyncio.Future[None] | None = None

    async def run(self) -> NoReturn:
        """Write whenever it is due, until cancelled."""
        unsubscribe = self._table.subscribe(self._note_change, name="the keeper of the snapshot")
        try:
            while True:
                await self._sleep(LOOK_SECONDS)
                if self._is_due():
                    await self.write()
        finally:
            unsubscribe()

    async def end(self) -> None:
        """After `run`: let a writing that goes on come to its end, then write what has changed since.

        Both within a few seconds, or not at all: a dead mount must not hold up what stops after this.
        """
        try:
            async with asyncio.timeout(LONGEST_END):
                if self._writing is not None:
                    await asyncio.wait({self._writing})
                if self._changed:
                    await self.write()
        except TimeoutError:
            _log.warning("the snapshot %s is not written a last time: that hangs", self._settings.path)

    async def write(self) -> None:
        """Write a snapshot now, if the table is known to be true. What fails is logged once and counted.

        It comes to its end even if the caller is cancelled: threads cannot be.
        """
        self._writing = asyncio.ensure_future(self._write())
        await asyncio.shield(self._writing)

    async def _write(self) -> None:
        as_of = self._as_of()
        if as_of is None:
            return
        self._changed = False
        started = self._clock()
        self._next_write = started + PAUSE_SECONDS
        # Objects are frozen, so this is all that the event loop has to do.
        path, now = self._settings.path, self._table.snapshot()
        header = SnapshotHeader(fingerprint=self._settings.fingerprint, as_of=as_of, serials=now.serials)
        try:
            octets = await asyncio.to_thread(
                write_snapshot, path, header, now.objects, yield_to_loop=PeriodicYield()
            )
        except OSError as error:
            self._failed(error)
        else:
            self._succeeded(octets, as_of, seconds=self._clock() - started)

    def _is_due(self) -> bool:
        as_of = self._as_of()
        if as_of is None or self._clock() < self._next_write:
            return False
        return self._changed or as_of - self.figures.as_of >= self._settings.max_age / REFRESHES

    def _note_change(self, published: Published) -> None:
        """New versions of objects that say nothing new are not worth a writing."""
        if isinstance(published, PublishedChange) and published.rows != ():
            self._changed = True

    def _succeeded(self, octets: int, as_of: float, *, seconds: float) -> None:
        self.figures.written += 1
        self.figures.octets, self.figures.as_of, self.figures.seconds = octets, as_of, seconds
        if self._complaint:
            _log.info("the snapshot %s can be written again", self._settings.path)
            self._complaint = ""

    def _failed(self, error: OSError) -> None:
        self.figures.failed += 1
        self._changed = True
        complaint = error.strerror or str(error)
        if complaint != self._complaint:
            _log.error("the snapshot %s cannot be written: %s", self._settings.path, complaint)
            self._complaint = complaint
