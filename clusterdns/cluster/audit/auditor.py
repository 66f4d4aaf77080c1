"""The schedule of audits, and the repair of what they find."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from random import Random
from typing import Final, NoReturn, Protocol

from clusterdns.cluster.api import ApiError, ApiStatusError
from clusterdns.cluster.audit.comparing import Comparison
from clusterdns.cluster.audit.figures import AuditFigures
from clusterdns.cluster.audit.pages import Getter, pages
from clusterdns.cluster.left_out import LeftOuts
from clusterdns.cluster.objects import ObjectKey
from clusterdns.cluster.reflector.health.freshness import Freshness, ResourceFreshness
from clusterdns.cluster.reflector.resources import Resource
from clusterdns.cluster.table import Table

_log = logging.getLogger(__name__)

DEFAULT_PERIOD: Final = 1800.0
"""Seconds."""

SPREAD: Final = 0.5
"""Each pause is the period ± this share of it, so that replicas do not list together."""

SETTLE_SECONDS: Final = 10.0
"""How late an event may be and still not count as missed."""

MOST_SINGLE: Final = 100
"""Of more missed objects the whole resource is listed anew."""

MOST_NAMED: Final = 5


class Audited(Protocol):
    """The part of reflector.ApiSource that an audit uses."""

    table: Table
    freshness: Freshness
    resources: tuple[Resource, ...]
    left_out: LeftOuts

    async def repair(self, resource: Resource, keys: Sequence[ObjectKey]) -> int:
        """Ask for these objects and correct what differs. Returns how many did. Raises ApiError."""
        ...

    def relist(self, resource: Resource) -> None:
        """List the resource anew."""
        ...


class Auditor:
    """Compares a table with the API server every `period` seconds, more or less, while `run` runs."""

    def __init__(
        self,
        source: Audited,
        client: Getter,
        *,
        period: float = DEFAULT_PERIOD,
        random: Random | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.figures: dict[str, AuditFigures] = {}
        self._source = source
        self._client = client
        self._period = period
        self._random = random or Random()
        self._sleep = sleep

    @property
    def octets_per_hour(self) -> float:
        """Octets per hour that audits receive, if all are as large as the last ones."""
        return sum(one.octets_last for one in self.figures.values()) * 3600 / self._period

    async def run(self) -> NoReturn:
        """Audit for ever, first after one pause: a table was just listed when it begins."""
        least = 0.0
        while True:
            pause = self._period * self._random.uniform(1 - SPREAD, 1 + SPREAD)
            await self._sleep(max(pause, least))
            least = await self.audit()

    async def audit(self) -> float:
        """Audit each resource once. Returns the least seconds until the next audit, as the API server asks.

        A resource that is not followed at present is skipped: it will be listed anyhow.
        """
        octets: dict[str, int] = {}
        for resource in self._source.resources:
            if not self._is_followed(resource):
                continue
            try:
                octets[resource.name] = octets.get(resource.name, 0) + await self._audit(resource)
            except ApiError as error:
                if isinstance(error, ApiStatusError) and error.throttled:
                    self._of(resource).suspended += 1
                    _log.info("the audit is put off: %s", error)
                    return error.retry_after or 0.0
                self._of(resource).failed += 1
                _log.warning("the audit of %s failed: %s", resource, error)
        for name, received in octets.items():
            self.figures[name].octets_last = received
        return 0.0

    async def _audit(self, resource: Resource) -> int:
        figures, octets = self._of(resource), 0
        comparison = Comparison(self._source.table, resource, left_out=self._source.left_out)
        async for page in pages(self._client, resource):
            octets += page.octets
            figures.octets += page.octets
            comparison.take(page.versions)
        if comparison.end():
            await self._sleep(min(SETTLE_SECONDS, self._period / 2))
            missed = comparison.missed() if self._is_followed(resource) else ()
            if missed:
                await self._repair(resource, missed)
        figures.done += 1
        return octets

    async def _repair(self, resource: Resource, missed: tuple[ObjectKey, ...]) -> None:
        self._of(resource).missed += len(missed)
        names = ", ".join("/".join(filter(None, (key.namespace, key.name))) for key in missed[:MOST_NAMED])
        more = f" and {len(missed) - MOST_NAMED} more" if len(missed) > MOST_NAMED else ""
        _log.warning("the watch of %s has missed changes of %s%s", resource, names, more)
        if len(missed) > MOST_SINGLE:
            self._source.relist(resource)
            for freshness in self._freshness_of(resource):
                freshness.repairs += len(missed)
        else:
            await self._source.repair(resource, missed)

    def _is_followed(self, resource: Resource) -> bool:
        return any(one.synced and one.connected for one in self._freshness_of(resource))

    def _freshness_of(self, resource: Resource) -> Iterator[ResourceFreshness]:
        for one in self._source.freshness.resources:
            if (one.name, one.namespace) == (resource.name, resource.namespace):
                yield one

    def _of(self, resource: Resource) -> AuditFigures:
        return self.figures.setdefault(resource.name, AuditFigures())
