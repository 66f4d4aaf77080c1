"""Watches: their initial events, later events, and end."""

import asyncio
from math import inf
from random import Random
from typing import Final

from aiohttp import web

from testbed.apiserver.changes import bookmark_line, event_line
from testbed.apiserver.distortion import Distorted
from testbed.apiserver.engine import Engine
from testbed.apiserver.faults import Fault, Streaming
from testbed.apiserver.listing import fresh
from testbed.apiserver.options import ListOptions
from testbed.apiserver.output import Output
from testbed.apiserver.records import Request
from testbed.apiserver.selection import Selection
from testbed.apiserver.statuses import Refusal, Status
from testbed.apiserver.watcher import End, Watcher

DEFAULT_SECONDS: Final = (1800.0, 3600.0)
"""How long a watch lasts that does not say so."""

BEFORE_END: Final = 2.0
"""A last bookmark comes so many seconds before a watch ends."""


class Watch:
    """One watch, from its request to its end."""

    def __init__(
        self,
        engine: Engine,
        request: Request,
        *,
        selection: Selection,
        options: ListOptions,
        partial: bool,
        fault: Fault | None,
        random: Random,
    ) -> None:
        self._engine = engine
        self._options = options
        self._fault = fault
        self._clock = asyncio.get_running_loop().time
        self._deadline = self._clock() + (options.timeout or random.uniform(*DEFAULT_SECONDS))
        self._next_bookmark = self._bookmark_after(self._clock())
        self._watcher = Watcher(
            request=request,
            selection=selection,
            partial=partial,
            bookmarks=options.bookmarks,
            start=options.number,
            distorted=Distorted(engine.watchers.distortion),
        )

    async def serve(self, raw: web.BaseRequest, *, failure: Status | None = None) -> web.StreamResponse:
        """Answer the request until the watch ends; with `failure`, an ERROR event is all there is."""
        output = Output(raw, self._fault)
        await output.begin()
        watcher = self._watcher
        try:
            if failure is not None:
                watcher.fail(failure)
            else:
                await self._begin()
            await self._pump(output)
        finally:
            self._engine.watchers.remove(watcher)
            self._engine.activity.set()
        return output.response

    async def _begin(self) -> None:
        """Queue the initial events and open the watch in the same step, so that no change falls between."""
        try:
            if self._options.initial:
                await fresh(self._engine, self._options)
            if self._begins_with_state():
                self._queue_state()
            else:
                self._queue_changes()
        except Refusal as refusal:
            self._watcher.fail(refusal.status)
            return
        self._engine.watchers.add(self._watcher)
        self._engine.activity.set()

    def _begins_with_state(self) -> bool:
        """A watch from no version or version 0 begins with all objects, unless it says otherwise."""
        return self._options.number == 0 if self._options.initial is None else self._options.initial

    def _queue_state(self) -> None:
        store, watcher = self._engine.store, self._watcher
        resource = watcher.selection.resource
        for one in store.now(resource):
            if watcher.selection.matches(one):
                watcher.send(event_line("ADDED", one, partial=watcher.partial))
        watcher.start = store.version
        unfinished = self._fault is Streaming.UNFINISHED
        if self._options.initial and watcher.bookmarks and not unfinished:
            watcher.send(bookmark_line(resource, store.version, partial=watcher.partial, ends_initial=True))

    def _queue_changes(self) -> None:
        store, watcher = self._engine.store, self._watcher
        if self._options.number == 0:
            watcher.start = store.version
        for change in store.since(watcher.selection.resource, watcher.start):
            watcher.notice(change)

    async def _pump(self, output: Output) -> None:
        await self._flush(output)
        while self._watcher.end is None or self._watcher.lines:
            if self._watcher.end is None:
                await self._pause()
            await self._flush(output)
        match self._watcher.end:
            case End.RESET:
                output.reset()
            case End.CUT:
                output.close()
            case _:
                pass  # the body's end follows by itself

    async def _pause(self) -> None:
        """Wait until there is something to send, or a bookmark or the end is due."""
        watcher = self._watcher
        try:
            async with asyncio.timeout_at(min(self._deadline, self._next_bookmark)):
                await watcher.wake.wait()
        except TimeoutError:
            self._be_on_time()
        watcher.wake.clear()

    def _be_on_time(self) -> None:
        now = self._clock()
        if now >= self._next_bookmark:
            self._next_bookmark = self._bookmark_after(now)
            if self._engine.etcd.is_set():
                self._watcher.bookmark(self._engine.store.version)
        if now >= self._deadline:
            self._deadline = inf
            self._watcher.finish(End.CLEAN)

    def _bookmark_after(self, now: float) -> float:
        """Regularly, and once more shortly before the end."""
        regular = now + (self._engine.bookmark_seconds or inf)
        last = self._deadline - BEFORE_END
        return last if now < last < regular < inf else regular

    async def _flush(self, output: Output) -> None:
        """Send what waits; while etcd is away only what ends the watch."""
        watcher = self._watcher
        if not self._engine.etcd.is_set() and watcher.end is None:
            return
        if watcher.lines and output.cut:
            first = watcher.lines.popleft()
            watcher.lines.clear()
            watcher.finish(End.CLEAN if output.cut.clean else End.CUT)
            await output.send(first[: len(first) // 2])
            return
        octets = b"".join(watcher.lines)
        watcher.lines.clear()
        await output.send(octets)
