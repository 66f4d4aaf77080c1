"""The source: loads once, then watches, and keeps the table in step."""

import asyncio
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, NoReturn, Self

from clusterdns.cluster.manifests.errors import ManifestErrors
from clusterdns.cluster.manifests.pipeline import Pipeline, Reading
from clusterdns.cluster.manifests.reports import Reports
from clusterdns.cluster.manifests.settings import ManifestSettings
from clusterdns.cluster.manifests.watch import watch
from clusterdns.cluster.manifests.yielding import PeriodicYield
from clusterdns.cluster.publishing import TableState
from clusterdns.cluster.steps import apply_in_steps
from clusterdns.cluster.table import Table
from clusterdns.supervision import supervised

SLOW_SECONDS: Final = 60.0
"""After how long a look at the files that has not come back is spoken of."""


class ManifestSource:
    """Feeds a table from manifests.

        async with ManifestSource(table, settings):     loads, or raises ManifestErrors; then watches
            ...

    or, for who has a task group of their own, `load` and then `run`. A new one does nothing yet.
    """

    def __init__(
        self, table: Table, settings: ManifestSettings, *, slow_seconds: float = SLOW_SECONDS
    ) -> None:
        self._table = table
        self._settings = settings
        self._pipeline = Pipeline(settings, PeriodicYield())
        self._changed = asyncio.Event()
        self._reports = Reports()
        self._slow_seconds = slow_seconds
        self._watching = AsyncExitStack()
        table.describe = self._describe

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

    def complaints(self) -> tuple[str, ...]:
        """A line for each present error of a file; bounded."""
        return self._reports.lines()

    async def load(self) -> None:
        """Read everything and fill the table, which then is synced.

        Raises ManifestErrors if anything is wrong: at the start there is no last good state to go on with.
        """
        reading = await self._look()
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
                await self._apply(await self._look())

    async def _apply(self, reading: Reading) -> None:
        self._reports.errors(reading.errors)
        self._reports.warnings(reading.warnings)
        await apply_in_steps(self._table, reading.changes)
        self._table.publish_state()

    def _describe(self, synced: bool) -> TableState:  # noqa: FBT001
        return TableState(synced, complaints=self.complaints())

    async def _look(self) -> Reading:
        """One reading, in a thread. One that does not come back, as of a dead mount, is spoken of."""
        reading = asyncio.create_task(asyncio.to_thread(self._pipeline.read))
        try:
            done, _ = await asyncio.wait({reading}, timeout=self._slow_seconds)
            if not done:
                self._reports.slow(self._slow_seconds)
                self._table.publish_state()
            found = await reading
            self._reports.back()
            return found
        finally:
            reading.cancel()
