"""Follows one resource for ever: lists it, watches it, and knows what to do when either fails."""

import asyncio
from enum import Enum, auto
from typing import Final, NoReturn, Protocol

from clusterdns.cluster.api.errors import ApiError, ApiStatusError
from clusterdns.cluster.reflector.clock import loop_time
from clusterdns.cluster.reflector.following import Following
from clusterdns.cluster.reflector.health.freshness import ResourceFreshness
from clusterdns.cluster.reflector.health.troubles import (
    DoubtedWatchError,
    EndlessListError,
    SilentWatchError,
    asked_to_wait,
    may_be_due_to_streaming,
    refuses_streaming,
)
from clusterdns.cluster.reflector.member import Member
from clusterdns.cluster.reflector.paging import list_pages
from clusterdns.cluster.reflector.resources import Resource
from clusterdns.cluster.reflector.shared import Shared

BRIEF_SECONDS: Final = 0.5


class Wait(Enum):
    """What to wait for before the next attempt."""

    NOTHING = auto()
    BRIEFLY = auto()
    BACKOFF = auto()


class Doubt(Protocol):
    """What is called when a watch turns out to be of a history that the server may not have any more."""

    def __call__(self, doubting: "Reflector", /, *, sure: bool) -> None:
        """Those of others may be, too; `sure`: they are, if that watch is."""
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
        self.member = Member(resource, shared, freshness=freshness)
        self._shared = shared
        self._on_doubt = on_doubt
        self._streaming = True
        self._pages_next = False
        self._following: Following | None = None

    async def run(self) -> NoReturn:
        """Follow, until cancelled."""
        while True:
            try:
                await self._round()
            except ApiError as error:
                await self._recover(error)

    def doubt(self, *, sure: bool) -> bool:
        """Another watch is of a history that is gone. List anew if this one may be, too; whether it does.

        With `sure` there is no need for signs of it here. One that lists at present is not disturbed.
        """
        if self.member.position.must_list:
            return False
        if not sure and not self.member.silence.is_suspect(loop_time()):
            return False
        if self._following is None:
            self.member.position.doubted()
        else:
            self._following.interrupt()
        return True

    def suffered_bug(self, sentence: str) -> None:
        """`run` ended by a bug and will be called again: nothing is taken for known."""
        self.member.voice.failed(sentence)
        self.member.position.doubted()
        self._shared.gathering.failed(self.member)

    async def _round(self) -> None:
        """A list, or a watch until its end; a streaming list is both."""
        member = self.member
        if not member.position.must_list:
            await self._follow(initial=False)
            return
        await self._shared.gathering.begin(member)
        if self._streaming and not self._pages_next:
            await self._follow(initial=True)
        else:
            await list_pages(member)
            self._pages_next = False

    async def _follow(self, *, initial: bool) -> None:
        self._following = Following(self.member, initial=initial)
        try:
            await self._following.run()
        finally:
            self._following = None

    async def _recover(self, error: ApiError) -> None:
        member, position = self.member, self.member.position
        was_listing = position.must_list
        if was_listing:
            self._shared.gathering.failed(member)
        else:
            member.freshness.restarts += 1
        wait = self._judge(error, was_listing=was_listing)
        if wait is Wait.BACKOFF:
            member.voice.failed(str(error))
            await member.backoff.wait(asked_to_wait(error))
        elif wait is Wait.BRIEFLY:
            await asyncio.sleep(BRIEF_SECONDS * self._shared.random.random())

    def _judge(self, error: ApiError, *, was_listing: bool) -> Wait:
        """What this means for where we stand, and for how long to wait."""
        if isinstance(error, SilentWatchError):
            self.member.voice.failed(str(error))
            return self._doubted(sure=False)
        if isinstance(error, DoubtedWatchError):
            self.member.position.doubted()
            self.member.voice.listing_again(str(error))
            return Wait.NOTHING
        if isinstance(error, ApiStatusError) and error.version_too_large and not self._reads_anew:
            return self._doubted(sure=True)
        if isinstance(error, ApiStatusError) and error.expired:
            return self._expired(error, was_listing=was_listing)
        if was_listing and (refuses_streaming(error) or isinstance(error, EndlessListError)):
            return self._without_streaming(error)
        if was_listing and may_be_due_to_streaming(error):
            self._pages_next = not self._pages_next
        return Wait.BACKOFF

    @property
    def _reads_anew(self) -> bool:
        return self.member.position.unversioned

    def _doubted(self, *, sure: bool) -> Wait:
        self.member.position.doubted()
        self._on_doubt(self, sure=sure)
        return Wait.NOTHING

    def _expired(self, error: ApiError, *, was_listing: bool) -> Wait:
        """Ordinary once. Twice without an event between is a failure as any other."""
        member = self.member
        member.expiries += 1
        member.position.forgotten()
        if member.expiries > 1:
            return Wait.BACKOFF
        member.voice.listing_again(str(error))
        return Wait.NOTHING if was_listing else Wait.BRIEFLY

    def _without_streaming(self, error: ApiError) -> Wait:
        if not self._streaming or self._pages_next:
            return Wait.BACKOFF  # it was a list in pages that was refused
        if isinstance(error, EndlessListError) and error.is_empty:
            self._pages_next = True
        else:
            self._streaming = False
        self.member.voice.listing_again(str(error))
        return Wait.NOTHING
