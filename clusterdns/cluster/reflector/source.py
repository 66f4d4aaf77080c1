"""The source of a table: all reflectors of one API server."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from types import TracebackType
from typing import Self

from clusterdns.cluster.api.client import ApiClient
from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.left_out import LeftOuts
from clusterdns.cluster.objects import ClusterObject, ObjectKey
from clusterdns.cluster.publishing import TableState
from clusterdns.cluster.reflector.asking import Api
from clusterdns.cluster.reflector.health.backoffs import Backoffs
from clusterdns.cluster.reflector.health.freshness import Freshness
from clusterdns.cluster.reflector.listing.gathering import Gathering
from clusterdns.cluster.reflector.named_namespaces import NAME, NamedNamespaces
from clusterdns.cluster.reflector.observer import NoWatchObserver, Observer
from clusterdns.cluster.reflector.reflector import Reflector
from clusterdns.cluster.reflector.repairing import repair
from clusterdns.cluster.reflector.resources import Resource, resources_of
from clusterdns.cluster.reflector.settings import SourceSettings
from clusterdns.cluster.reflector.shared import Shared
from clusterdns.cluster.table import Table
from clusterdns.supervision import OnBug, Run, said_already, supervise

_log = logging.getLogger(__name__)


class ApiSource:
    """Keeps a table in step with an API server while it is entered.

        async with ApiSource(settings) as source:       returns at once; source.table.synced is set later
            ...

    table: empty and not synced until every resource was listed once. freshness: how fresh it is.
    resources: what is listed and watched. left_out: objects that could not be read, or not in full.

    clock: seconds, of the event loop; now: Unix time in seconds.
    """

    def __init__(
        self,
        settings: SourceSettings,
        *,
        client: Api | None = None,
        observer: Observer | None = None,
        random: Random | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.table = Table(clock=now)
        self.freshness = Freshness(self._freshness_changed, clock=clock, now=now)
        self.left_out = LeftOuts(clock)
        self.table.describe = self.describe
        self._settings = settings
        self._gathering = Gathering(self.table, on_synced=self._all_listed)
        self._shared = Shared(
            api=client or ApiClient(settings.api),
            table=self.table,
            gathering=self._gathering,
            backoffs=Backoffs(random or Random()),
            random=random or Random(),
            observer=observer or NoWatchObserver(),
            now=now,
            left_out=self.left_out,
        )
        self._reflectors = {one: self._reflector(one) for one in resources_of(settings.selection)}
        self._named_namespaces = self._named_namespaces_of(settings.selection.namespaces)
        self.resources = tuple(self._reflectors)
        self._synced = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to watch; waits for no answer.

        Raises:
            ApiConfigError: what the settings point to is missing or wrong.
        """
        await self._shared.api.__aenter__()
        self._running = asyncio.create_task(self._run(), name="API source")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the watching."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self._shared.api.__aexit__(kind, error, trace)

    async def wait_synced(self) -> None:
        """Wait until every resource was listed once."""
        await self._synced.wait()

    def complaints(self) -> tuple[str, ...]:
        """A line for each resource that is not followed, and each object that is not served as it is."""
        return *self.freshness.lines(), *self.left_out.lines()

    def describe(self, synced: bool) -> TableState:  # noqa: FBT001
        """The state of the table, which is synced or not."""
        return TableState(synced, self.freshness.stale, self.freshness.from_snapshot, self.complaints())

    def seed(self, objects: Iterable[ClusterObject]) -> None:
        """Fill the empty table from a snapshot, before entering: it is synced from now on, and stale until
        every resource was listed, which is then applied as a difference."""
        # First, so that nobody takes it for fresh in between.
        self.freshness.from_snapshot = True
        self.table.apply(ChangeSet(put=tuple(objects)))
        self.table.synced = True

    async def repair(self, resource: Resource, keys: Sequence[ObjectKey]) -> int:
        """Ask for these objects and correct the table where it differs, unless a watch did so meanwhile.

        Returns how many were corrected.

        Raises:
            ApiError: the API server could not be asked.
        """
        state = self._reflectors[resource].state
        repaired = 0
        for key in keys:
            repaired += await repair(state, key)
        return repaired

    def relist(self, resource: Resource) -> None:
        """List a resource anew: when too much of it differs to be put right one by one."""
        self._reflectors[resource].doubt(sure=True)

    async def _run(self) -> None:
        self._gathering.need(one.state for one in self._reflectors.values())
        if self._named_namespaces is not None:
            self._gathering.need((self._named_namespaces,))
        async with asyncio.TaskGroup() as tasks:
            for name, run, on_bug in self._endless():
                tasks.create_task(supervise(name, run, on_bug=on_bug), name=name)
            tasks.create_task(self._speak_of_a_long_start(), name="startup_timeout")

    def _endless(self) -> Iterator[tuple[str, Run, OnBug]]:
        for resource, reflector in self._reflectors.items():
            yield str(resource), reflector.run, reflector.suffered_bug
        if self._named_namespaces is not None:
            yield NAME, self._named_namespaces.run, self._named_namespaces.suffered_bug
        yield "gathering", self._gathering.run, self._lost_lists
        yield "freshness", self.freshness.run, said_already

    def _lost_lists(self, sentence: str) -> None:
        """Lists may have been lost on their way into the table."""
        del sentence
        for reflector in self._reflectors.values():
            reflector.doubt(sure=True)

    def _reflector(self, resource: Resource) -> Reflector:
        freshness = self.freshness.add(resource.name, resource.namespace)
        return Reflector(resource, self._shared, freshness=freshness, on_doubt=self._doubt)

    def _named_namespaces_of(self, names: frozenset[str]) -> NamedNamespaces | None:
        if not names:
            return None
        return NamedNamespaces(names, self._shared, freshness=self.freshness.add(NAME))

    def _doubt(self, doubting: Reflector, /, *, sure: bool) -> None:
        """List anew all resources whose watches may be of a lost history, as that of `doubting` is, and apply
        the lists together.
        """
        others = [one for one in self._reflectors.values() if one is not doubting and one.doubt(sure=sure)]
        if others:
            self._gathering.need(one.state for one in (doubting, *others))

    def _freshness_changed(self) -> None:
        """Drop remembered answers: whether they carry the mark of stale data has changed."""
        self.table.rows.touch_all()
        self.table.publish_state()

    def _all_listed(self) -> None:
        self.table.synced = True
        self.freshness.from_snapshot = False
        self._synced.set()
        _log.info("everything that is watched was listed")

    async def _speak_of_a_long_start(self) -> None:
        await asyncio.sleep(self._settings.startup_seconds)
        if not self._synced.is_set():
            missing = "; ".join(self.freshness.lines()) or "all was listed but is not in the table yet"
            _log.warning("not synced after %g s: %s", self._settings.startup_seconds, missing)
