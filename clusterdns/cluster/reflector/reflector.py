"""Following one resource: listing and watching it in turns, and recovering when either fails."""

import asyncio
from typing import Final, NoReturn, Protocol

from clusterdns.cluster.api.errors import ApiError
from clusterdns.cluster.reflector.clock import loop_time
from clusterdns.cluster.reflector.health.freshness import ResourceFreshness
from clusterdns.cluster.reflector.health.troubles import asked_to_wait
from clusterdns.cluster.reflector.paging import list_pages
from clusterdns.cluster.reflector.recovery import (
    Knowledge,
    Log,
    NextList,
    Others,
    Recovery,
    Situation,
    Wait,
    recovery_from,
)
from clusterdns.cluster.reflector.reflector_state import ReflectorState
from clusterdns.cluster.reflector.resources import Resource
from clusterdns.cluster.reflector.shared import Shared
from clusterdns.cluster.reflector.watch_stream import WatchStream

BRIEF_SECONDS: Final = 0.5


class Doubt(Protocol):
    """The callback for a watch that proves to be of a history which the server may not have any more."""

    def __call__(self, doubting: "Reflector", /, *, sure: bool) -> None:
        """doubting: the reflector whose watch it is. sure: whether all others have to list anew, too; else
        only those with signs of it.
        """
        ...


class Reflector:
    """Keeps the table in step with one resource while `run` runs."""

    def __init__(
        self,
        resource: Resource,
        shared: Shared,
        *,
        freshness: ResourceFreshness,
        on_doubt: Doubt,
    ) -> None:
        self.state = ReflectorState(resource, shared, freshness=freshness)
        self._shared = shared
        self._on_doubt = on_doubt
        self._streaming = True
        self._pages_next = False
        self._watch_stream: WatchStream | None = None

    async def run(self) -> NoReturn:
        """Follow, until cancelled."""
        while True:
            try:
                await self._round()
            except ApiError as error:
                await self._recover(error)

    def doubt(self, *, sure: bool) -> bool:
        """List anew if this watch may be of a lost history, as another one is. Returns whether it does.

        sure: list anew even without signs of it. A list under way is not disturbed.
        """
        if self.state.position.must_list:
            return False
        if not sure and not self.state.silence.is_suspect(loop_time()):
            return False
        if self._watch_stream is None:
            self.state.position.doubted()
        else:
            self._watch_stream.interrupt()
        return True

    def suffered_bug(self, sentence: str) -> None:
        """Prepare for `run` to be called again after a bug ended it: all is listed anew.

        sentence: the bug, for the log."""
        self.state.fault_log.failed(sentence)
        self.state.position.doubted()
        self._shared.gathering.failed(self.state)

    async def _round(self) -> None:
        """Make one list, or one watch until its end; a streaming list is both. Raises ApiError."""
        state = self.state
        if not state.position.must_list:
            await self._follow(initial=False)
            return
        await self._shared.gathering.begin(state)
        if self._streaming and not self._pages_next:
            await self._follow(initial=True)
        else:
            await list_pages(state)
            self._pages_next = False

    async def _follow(self, *, initial: bool) -> None:
        self._watch_stream = WatchStream(self.state, initial=initial)
        try:
            await self._watch_stream.run()
        finally:
            self._watch_stream = None

    async def _recover(self, error: ApiError) -> None:
        state, position = self.state, self.state.position
        was_listing = position.must_list
        if was_listing:
            self._shared.gathering.failed(state)
        else:
            state.freshness.restarts += 1
        recovery = recovery_from(error, self._situation(was_listing=was_listing))
        state.expiries += recovery.knowledge is Knowledge.FORGOTTEN
        self._say(recovery.log, error)
        self._doubt_as(recovery)
        self._list_next(recovery.next_list)
        if recovery.wait is Wait.BACKOFF:
            await state.backoff.wait(asked_to_wait(error))
        elif recovery.wait is Wait.BRIEFLY:
            await asyncio.sleep(BRIEF_SECONDS * self._shared.random.random())

    def _situation(self, *, was_listing: bool) -> Situation:
        return Situation(
            lists=was_listing,
            streams=self._streaming and not self._pages_next,
            reads_anew=self.state.position.unversioned,
            has_expired=self.state.expiries > 0,
        )

    def _say(self, log: Log, error: ApiError) -> None:
        match log:
            case Log.NOTHING:
                return
            case Log.FAILURE:
                self.state.fault_log.failed(str(error))
            case Log.LIST_AGAIN:
                self.state.fault_log.listing_again(str(error))

    def _doubt_as(self, recovery: Recovery) -> None:
        match recovery.knowledge:
            case Knowledge.KEPT:
                return
            case Knowledge.FORGOTTEN:
                self.state.position.forgotten()
            case Knowledge.DOUBTED:
                self.state.position.doubted()
        if recovery.others is not Others.TRUSTED:
            self._on_doubt(self, sure=recovery.others is Others.DOUBTED)

    def _list_next(self, how: NextList) -> None:
        match how:
            case NextList.AS_BEFORE:
                return
            case NextList.OTHERWISE:
                self._pages_next = not self._pages_next
            case NextList.PAGES_ONCE:
                self._pages_next = True
            case NextList.PAGES:
                self._streaming = False
