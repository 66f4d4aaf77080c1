"""Follows a cluster's API server: with audits while it runs, and a snapshot over restarts."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random
from types import TracebackType
from typing import Final, NoReturn, Self

from clusterdns.cluster.api import ApiClient, ApiConfigError, ApiSettings, ProcessEnvironment
from clusterdns.cluster.api.authentication.watched_file import LARGEST_FILE
from clusterdns.cluster.api.blocking import BlockingCalls
from clusterdns.cluster.api.client import PREPARE_SECONDS
from clusterdns.cluster.api.observer import Observer as ApiObserver
from clusterdns.cluster.audit import DEFAULT_PERIOD, Auditor
from clusterdns.cluster.left_out import LeftOuts
from clusterdns.cluster.publishing import TableState
from clusterdns.cluster.reflector import ApiSource, Freshness, Observer, SourceSettings
from clusterdns.cluster.snapshot import SnapshotKeeper, SnapshotSettings, fingerprint, recall
from clusterdns.cluster.snapshot.settings import MAX_AGE
from clusterdns.cluster.table import Table
from clusterdns.files import read_regular
from clusterdns.supervision import supervised

STATE_SECONDS: Final = 5.0
"""Seconds between two looks at the complaints, which are published to copies of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerSettings:
    """Settings of a ClusterFollower.

    source: the API server and the resources.
    audit_seconds: between two audits; None for no audits.
    snapshot: path of the snapshot's file; "" for no snapshot.
    snapshot_max_age: seconds; an older snapshot is not used.
    """

    source: SourceSettings
    audit_seconds: float | None = DEFAULT_PERIOD
    snapshot: str = ""
    snapshot_max_age: float = MAX_AGE


class ClusterFollower:
    """Keeps a table in step with an API server while it is entered.

        async with ClusterFollower(settings) as source:      waits for the snapshot, not for the API server
            ...

    auditor, keeper: None where the settings want none; for their figures.
    clock: seconds that never go back; now: Unix time in seconds.
    """

    def __init__(
        self,
        settings: FollowerSettings,
        *,
        observer: Observer | None = None,
        api_observer: ApiObserver | None = None,
        process: ProcessEnvironment | None = None,
        random: Random | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._process = process or ProcessEnvironment()
        self._clock = clock
        self._now = now
        self._client = ApiClient(settings.source.api, process=process, observer=api_observer)
        self.source = ApiSource(
            settings.source, client=self._client, observer=observer, random=random, clock=clock, now=now
        )
        self.auditor: Auditor | None = None
        if settings.audit_seconds is not None:
            self.auditor = Auditor(self.source, self._client, period=settings.audit_seconds, random=random)
        self.keeper: SnapshotKeeper | None = None
        self._stack = AsyncExitStack()
        self.table.describe = self._describe

    @property
    def table(self) -> Table:
        """The table."""
        return self.source.table

    @property
    def freshness(self) -> Freshness:
        """Age of the table, in all and by resource."""
        return self.source.freshness

    @property
    def left_out(self) -> LeftOuts:
        """Objects that could not be read, or not in full."""
        return self.source.left_out

    def complaints(self) -> tuple[str, ...]:
        """A line for each resource that is not followed, object that is not served as it is, and bad file."""
        return *self.source.complaints(), *self.bad_files()

    def bad_files(self) -> tuple[str, ...]:
        """Files that lead to the API server and have gone bad since the start, a line each."""
        return self._client.complaints()

    async def __aenter__(self) -> Self:
        """Fill the table from the snapshot, if there is one, and begin to watch.

        Raises:
            ApiConfigError: what the settings point to is missing or wrong.
        """
        if self._settings.snapshot:
            await self._begin_with_snapshot()
        enter = self._stack.enter_async_context
        await enter(self.source)
        if self.keeper is not None:
            self._stack.push_async_callback(self.keeper.end)
            await enter(supervised("snapshot", self.keeper.run))
        await enter(supervised("table state", self._publish_state))
        if self.auditor is not None:
            await enter(supervised("audit", self.auditor.run))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the snapshot a last time and end the watching."""
        await self._stack.aclose()

    async def _begin_with_snapshot(self) -> None:
        settings = SnapshotSettings(
            path=self._settings.snapshot,
            max_age=self._settings.snapshot_max_age,
            fingerprint=await self._bounded_fingerprint(),
        )
        found = await recall(settings, clock=self._now, on_serials=self.table.continue_serials)
        if found is not None:
            self.source.seed(found.objects)
        self.keeper = SnapshotKeeper(self.table, settings, as_of=self._known_as_of, clock=self._clock)

    async def _bounded_fingerprint(self) -> str:
        try:
            return await BlockingCalls("fingerprint").run(self.fingerprint, seconds=PREPARE_SECONDS)
        except OSError as error:
            # Time-outs are among them.
            raise ApiConfigError("what tells the snapshots of this cluster cannot be read") from error

    def _describe(self, synced: bool) -> TableState:  # noqa: FBT001
        return self.source.describe(synced)._replace(complaints=self.complaints())

    async def _publish_state(self) -> NoReturn:
        while True:
            await asyncio.sleep(STATE_SECONDS)
            self.table.publish_state()

    def _known_as_of(self) -> float | None:
        """As of when all of the table was confirmed by the API server."""
        if not self.table.synced or self.freshness.from_snapshot:
            return None
        return self._now() - self.freshness.age

    def fingerprint(self) -> str:
        """Digest of cluster and selection; a snapshot with another one is not used. Reads a file."""
        source = self._settings.source
        return fingerprint(source.api, source.selection, _cluster(source.api, self._process))


def _cluster(api: ApiSettings, process: ProcessEnvironment) -> str:
    """SHA-256 (hex) of the authority of the cluster that the Pod runs in; "" if it is unknown."""
    if api.kubeconfig is not None or api.endpoints:
        return ""
    try:
        authority = read_regular(process.service_account / "ca.crt", most=LARGEST_FILE)
    except OSError:
        return ""
    return hashlib.sha256(authority).hexdigest()
