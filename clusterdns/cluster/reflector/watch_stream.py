"""One watch, from its opening to its end; a streaming list first, where that is wanted."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from clusterdns.cluster.api.errors import ApiStatusError
from clusterdns.cluster.api.framing import Document
from clusterdns.cluster.api.status import status_error
from clusterdns.cluster.api.target import Target
from clusterdns.cluster.reflector.ahead import Ahead
from clusterdns.cluster.reflector.asking import Documents
from clusterdns.cluster.reflector.batch import Batch
from clusterdns.cluster.reflector.clock import loop_time
from clusterdns.cluster.reflector.health.troubles import (
    BrokenListError,
    DoubtedWatchError,
    EndlessListError,
    ShortWatchError,
    SilentWatchError,
)
from clusterdns.cluster.reflector.listing.relisting import Relisting
from clusterdns.cluster.reflector.reading.decoding import NOBODY, ObjectIdentity, UnreadableError
from clusterdns.cluster.reflector.reading.events import Arrived, read_event
from clusterdns.cluster.reflector.reading.superseding import superseded
from clusterdns.cluster.reflector.reflector_state import ReflectorState
from clusterdns.cluster.step_budget import StepBudget
from clusterdns.cluster.work import in_turns

STREAMING_LIST_SECONDS: Final = 25.0
"""For all initial events and their last bookmark. A list follows, and both together must not take 30 s."""

PROVEN_SECONDS: Final = 1.0
"""A watch that stays open for so long works, even if nothing happens; one that does not is an error."""


class WatchStream:
    """Reads one stream. `run` returns when the server ends it in good order, and raises ApiError else."""

    def __init__(self, state: ReflectorState, *, initial: bool) -> None:
        self._state = state
        self._shared = state.shared
        self._relisting: Relisting | None = state.relisting() if initial else None
        self._scope = asyncio.timeout(None)
        self._endpoint = ""
        self._is_interrupted = False
        self._has_heard = False
        self._proof: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Open the stream and read it until it ends.

        Raises:
            ApiError: of the client, or one of health/troubles.py."""
        state, random = self._state, self._shared.random
        position, resource = state.position, state.resource
        ask = position.watch if self._relisting is None else position.streaming_list
        params = ask(resource, random)
        state.freshness.watches += 1
        if self._relisting is not None:
            state.count_list()
        target = Target.of(resource.path, params)
        started = loop_time()
        try:
            async with self._scope:
                self._wait_at_most(STREAMING_LIST_SECONDS if self._relisting else None)
                async with self._shared.api.stream(resource.path, params) as stream:
                    await self._read(stream, target)
        except TimeoutError:
            if self._relisting is not None:
                raise EndlessListError(is_empty=not self._has_heard) from None
            raise self._given_up() from None
        finally:
            state.backoff.closed()
            self._shared.gathering.unsettled(state)
            state.freshness.connected = False
        if self._relisting is not None:
            raise BrokenListError
        if not self._has_heard and loop_time() - started < PROVEN_SECONDS:
            raise ShortWatchError

    def interrupt(self) -> None:
        """End a watch with DoubtedWatchError, so that all is listed again; a streaming list goes on."""
        if self._relisting is None and not self._scope.expired():
            self._wait_at_most(0)
            self._is_interrupted = True

    def _given_up(self) -> SilentWatchError | DoubtedWatchError:
        if self._is_interrupted:
            return DoubtedWatchError()
        if self._endpoint:
            self._shared.api.leave(self._endpoint)
        return SilentWatchError(self._state.silence.seconds(loop_time()))

    async def _read(self, stream: Documents, target: Target) -> None:
        state = self._state
        self._endpoint = stream.endpoint
        state.silence.opened(loop_time())
        state.backoff.opened()
        state.freshness.connected = True
        try:
            if self._relisting is None:
                self._begin_watch()
            async with Ahead(stream) as ahead:
                async for documents in ahead:
                    await self._take(documents, target, received=ahead.received)
                    if self._relisting is None:
                        self._wait_at_most(state.silence.limit)
        finally:
            if self._proof is not None:
                self._proof.cancel()

    async def _take(self, documents: Sequence[Document], target: Target, *, received: float) -> None:
        turns, batch = StepBudget(), Batch(self._state.resource.kind, self._shared.table)
        failure: ApiStatusError | None = None
        try:
            passed_over = superseded(documents)
            for place, document in enumerate(documents):
                if place in passed_over:
                    self._heard(received)
                    continue
                arrived = await read_event(document, turns)
                event = arrived.event
                if event.type == "ERROR":
                    failure = status_error(bytes(event.object), target=target, endpoint=self._endpoint)
                    break
                self._heard(received)
                if turns.is_over():
                    await turns.end()
                await self._event(arrived, batch, turns)
                if turns.is_over():
                    await turns.end()
        finally:
            # Events before a malformed document are applied all the same.
            await self._apply(batch, received)
        if failure is not None:
            raise failure

    async def _event(self, arrived: Arrived, batch: Batch, turns: StepBudget) -> None:
        event = arrived.event
        match event.type:
            case "ADDED" | "MODIFIED" if arrived.unreadable:
                self._keep(await self._identify(event.object, turns), batch, reason=arrived.unreadable)
            case "ADDED" | "MODIFIED":
                await self._put(event.object, batch, turns)
            case "DELETED":
                self._remove(await self._identify(event.object, turns), batch)
            case "BOOKMARK":
                await self._bookmark(await self._identify(event.object, turns), batch, turns)
            case _:
                return  # a type of the future: what it means is not known, and no reason to stop

    def _keep(self, identity: ObjectIdentity, batch: Batch, *, reason: str) -> None:
        """Leave an object in the table as it is, since its new state cannot be read. reason: why."""
        self._state.unreadable(identity, reason)
        if self._relisting is not None:
            self._relisting.keep(identity.names)
        else:
            batch.passed(identity.version)

    async def _put(self, document: msgspec.Raw, batch: Batch, turns: StepBudget) -> None:
        if self._relisting is not None:
            await self._relisting.take(document, turns)
            return
        try:
            batch.put(await self._state.decode(document, turns))
        except UnreadableError as error:
            batch.passed(error.identity.version)

    def _remove(self, identity: ObjectIdentity, batch: Batch) -> None:
        self._state.readable(identity.names)
        if self._relisting is not None:
            self._relisting.drop(identity.names)
        elif identity.names != NOBODY.names:
            batch.remove(identity.names, identity.version)

    async def _identify(self, document: msgspec.Raw, turns: StepBudget) -> ObjectIdentity:
        try:
            return self._state.decoder.peek(document)
        except UnreadableError:
            return await in_turns(self._state.decoder.identify(bytes(document)), turns)

    async def _bookmark(self, bookmark: ObjectIdentity, batch: Batch, turns: StepBudget) -> None:
        _, version, ends_initial = bookmark
        self._state.silence.bookmark(loop_time())
        if self._relisting is None:
            batch.passed(version)
        elif ends_initial:
            self._state.listed(await self._relisting.changes(turns), version)
            self._relisting = None
            self._begin_watch()

    async def _apply(self, batch: Batch, received: float) -> None:
        changes = batch.changes()
        if changes and await self._shared.gathering.changed(self._state, changes):
            batch.observe(self._shared, self._state.resource.name, seconds=loop_time() - received)
        if batch.version:
            self._state.position.version = batch.version

    def _heard(self, now: float) -> None:
        state = self._state
        self._has_heard = True
        state.freshness.heard()
        state.silence.heard(now)
        if self._proof is not None:
            self._proven()

    def _begin_watch(self) -> None:
        self._wait_at_most(self._state.silence.limit)
        self._proof = asyncio.get_running_loop().call_later(PROVEN_SECONDS, self._proven)

    def _proven(self) -> None:
        if self._proof is not None:
            self._proof.cancel()
            self._proof = None
            self._state.proven()

    def _wait_at_most(self, seconds: float | None) -> None:
        if not self._is_interrupted:
            self._scope.reschedule(None if seconds is None else loop_time() + seconds)
