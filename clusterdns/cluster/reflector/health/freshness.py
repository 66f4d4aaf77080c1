"""The freshness of the table, by resource: for the readiness endpoint, metrics and extended errors."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final, NoReturn

STALE_SECONDS: Final = 180.0
"""Without an event or a bookmark for so long, what is known counts as stale. A bookmark comes each minute."""

MOST_LINES: Final = 16

Clock = Callable[[], float]


class ResourceFreshness:
    """The state and the counts of watching one resource. Written by its reflector, read by all others.

    name: the plural. namespace: "" for all. synced: whether all of it was listed once. connected: whether a
    watch is open. lists, watches: how often each was begun; relists: the lists after the first one; restarts:
    watches begun again since one failed; repairs: objects that an audit put right. failure: one sentence,
    "" while all is well.
    """

    __slots__ = (
        "_clock",
        "_failing_since",
        "_now",
        "connected",
        "failure",
        "heard_at",
        "lists",
        "name",
        "namespace",
        "relists",
        "repairs",
        "restarts",
        "synced",
        "watches",
    )

    def __init__(self, name: str, namespace: str = "", *, clock: Clock, now: Clock) -> None:
        self._clock = clock
        self._now = now
        self.name = name
        self.namespace = namespace
        self.synced = False
        self.connected = False
        self.lists = self.watches = self.relists = self.restarts = self.repairs = 0
        self.failure = ""
        self.heard_at = clock()
        self._failing_since: float | None = None

    def heard(self) -> None:
        """Note that a list, an event or a bookmark arrived now."""
        self.heard_at = self._clock()

    def failed(self, sentence: str) -> None:
        """Note that the resource is not followed at present. sentence: why, for the readiness page."""
        if self._failing_since is None:
            self._failing_since = self._now()
        self.failure = sentence

    def recovered(self) -> None:
        """Note that the resource is followed again."""
        self.failure = ""
        self._failing_since = None

    @property
    def age(self) -> float:
        """Seconds since the last list, event or bookmark; before the first, since the start."""
        return self._clock() - self.heard_at

    @property
    def is_stale(self) -> bool:
        """Whether `age` has reached STALE_SECONDS."""
        return self.age >= STALE_SECONDS

    @property
    def not_fresh_since(self) -> float | None:
        """Since when (Unix time) it has not been followed, None if it is."""
        if self._failing_since is not None:
            return self._failing_since
        return self._now() - self.age if self.is_stale or not self.synced else None

    def __str__(self) -> str:
        place = f'{self.name} in namespace "{self.namespace}"' if self.namespace else self.name
        since = self.not_fresh_since
        if since is None:
            return f"{place}: followed"
        moment = datetime.fromtimestamp(since, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        state = "not fresh" if self.synced else "not synced"
        return f"{place}: {state} since {moment}: {self.failure or 'nothing was heard from the API server'}"


class Freshness:
    """All resources of one source, and whether what answers are made from is stale.

    `stale`, which every answer looks at: nothing was heard of a resource that once was synced for three
    minutes, or all is from a snapshot. `on_change` is called when it changes: whoever remembers answers must
    then forget them.
    """

    def __init__(
        self,
        on_change: Callable[[], None],
        *,
        clock: Clock = time.monotonic,
        now: Clock = time.time,
    ) -> None:
        self.resources: tuple[ResourceFreshness, ...] = ()
        self._on_change = on_change
        self._clock = clock
        self._now = now
        self.stale = False
        self._is_silent = False
        self._from_snapshot = False

    def add(self, name: str, namespace: str = "") -> ResourceFreshness:
        """Begin to account for a resource."""
        resource = ResourceFreshness(name, namespace, clock=self._clock, now=self._now)
        self.resources = (*self.resources, resource)
        return resource

    @property
    def age(self) -> float:
        """Seconds since anything was heard of the resource that has been silent for longest."""
        return max((one.age for one in self.resources), default=0.0)

    @property
    def from_snapshot(self) -> bool:
        """Whether the API server has confirmed nothing yet of what a snapshot said."""
        return self._from_snapshot

    @from_snapshot.setter
    def from_snapshot(self, value: bool) -> None:
        if value != self._from_snapshot:
            self._from_snapshot = value
            self._changed()

    def lines(self) -> tuple[str, ...]:
        """A line for each resource that is not fresh: since when and why. At most 16, and one that counts the
        others."""
        lines = tuple(self._lines())
        more = len(lines) - MOST_LINES
        return lines if more <= 0 else (*lines[:MOST_LINES], f"{more} more resources are not fresh")

    async def run(self) -> NoReturn:
        """Keep `stale` right, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(max(1.0, self._next_look() - self._clock()))

    def look(self) -> None:
        """Bring `stale` up to date."""
        is_silent = any(resource.is_stale for resource in self.resources if resource.synced)
        if is_silent != self._is_silent:
            self._is_silent = is_silent
            self._changed()

    def _changed(self) -> None:
        self.stale = self._is_silent or self._from_snapshot
        self._on_change()

    def _next_look(self) -> float:
        if self._is_silent:
            return self._clock()
        oldest = min((one.heard_at for one in self.resources if one.synced), default=self._clock())
        return oldest + STALE_SECONDS

    def _lines(self) -> Iterator[str]:
        if self._from_snapshot:
            yield "all objects: from a snapshot, not yet confirmed by the API server"
        for resource in self.resources:
            if resource.not_fresh_since is not None:
                yield str(resource)
