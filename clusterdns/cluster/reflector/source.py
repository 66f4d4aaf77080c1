"""A table and what keeps it in step with an API server."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from types import TracebackType
from typing import Self

from clusterdns.cluster.api.client import ApiClient
from clusterdns.cluster.objects import ClusterObject, Key
from clusterdns.cluster.reflector.freshness import Freshness
from clusterdns.cluster.reflector.observer import Observer
from clusterdns.cluster.reflector.resources import Resource
from clusterdns.cluster.reflector.settings import SourceSettings
from clusterdns.cluster.table import Table


class ApiSource:
    """Keeps a table in step with an API server while it is entered.

        async with ApiSource(settings) as source:       returns at once; source.table.synced tells the rest
            ...

    table: empty and not synced until every resource was listed once. freshness: how fresh it is.
    resources: what is watched.
    """

    def __init__(
        self,
        settings: SourceSettings,
        *,
        client: ApiClient | None = None,
        observer: Observer | None = None,
        random: Random | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.table = Table(clock=now)
        self.freshness = Freshness(self.table.rows.touch_all, clock=clock, now=now)
        self.resources: tuple[Resource, ...] = ()
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        """Begin to watch; waits for no answer.

        Raises:
            ApiConfigError: what the settings point to is missing or wrong.
        """
        raise NotImplementedError

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the watching."""
        raise NotImplementedError

    async def wait_synced(self) -> None:
        """Wait until every resource was listed once."""
        raise NotImplementedError

    def seed(self, objects: Iterable[ClusterObject]) -> None:
        """Fill the empty table from a snapshot, before entering: it is synced from now on, and stale until
        every resource was listed, which is then applied as a difference."""
        raise NotImplementedError

    def versions(self, resource: Resource) -> Mapping[tuple[str, str], str]:
        """(namespace, name) → resourceVersion of what the table holds of a resource, copied."""
        raise NotImplementedError

    async def repair(self, resource: Resource, keys: Sequence[Key]) -> int:
        """Ask for these objects and put right what differs, unless a watch did so meanwhile. How many.

        Raises:
            ApiError: the API server could not be asked.
        """
        raise NotImplementedError
