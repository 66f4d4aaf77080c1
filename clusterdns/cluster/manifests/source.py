"""The source: loads once, then watches, and keeps the table in step."""

import asyncio
import logging
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from clusterdns.cluster.manifests.breath import Naps
from clusterdns.cluster.manifests.errors import ManifestErrors
from clusterdns.cluster.manifests.pipeline import Pipeline, Reading
from clusterdns.cluster.manifests.settings import ManifestSettings
from clusterdns.cluster.manifests.watch import watch
from clusterdns.cluster.steps import apply_in_steps
from clusterdns.cluster.table import Table
from clusterdns.supervision import supervised

_log = logging.getLogger(__name__)


class ManifestSource:
    """Feeds a table from manifests.

        async with ManifestSource(table, settings):     loads, or raises ManifestErrors; then watches
            ...

    or, for who has a task group of their own, `load` and then `run`. A new one does nothing yet.
    """

    def __init__(self, table: Table, settings: ManifestSettings) -> None:
        self._table = table
        self._settings = settings
        self._pipeline = Pipeline(settings, Naps())
        self._changed = asyncio.Event()
        self._reported: dict[Path, str] = {}
        self._watching = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Load, and begin to watch."""
        await self.load()
        await self._watching.enter_async_context(supervised("manifests", self.run))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the watching."""
        await self._watching.aclose()

    async def load(self) -> None:
        """Read everything and fill the table, which then is synced.

        Raises ManifestErrors if anything is wrong: at the start there is no last good state to go on with.
        """
        reading = await asyncio.to_thread(self._pipeline.read)
        if reading.errors:
            raise ManifestErrors(reading.errors)
        await self._apply(reading)
        self._table.synced = True

    async def run(self) -> NoReturn:
        """Follow the files until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(
                watch(self._settings.paths, self._changed.set, poll_seconds=self._settings.poll_seconds)
            )
            while True:
                await self._changed.wait()
                self._changed.clear()
                await self._apply(await asyncio.to_thread(self._pipeline.read))

    async def _apply(self, reading: Reading) -> None:
        self._report(reading)
        await apply_in_steps(self._table, reading.changes)

    def _report(self, reading: Reading) -> None:
        """Log what is new: the same broken file is not named at every look."""
        now = {error.path: str(error) for error in reading.errors}
        for path, text in now.items():
            if self._reported.get(path) != text:
                _log.error("%s (its last good state is served on)", text)
        for path in self._reported.keys() - now.keys():
            _log.info("%s is good again", path)
        self._reported = now
        for warning in reading.warnings:
            _log.warning("%s", warning)
