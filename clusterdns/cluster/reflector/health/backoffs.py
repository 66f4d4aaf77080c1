"""The delays between attempts of reflectors to reach the API server after a failure.

Each reflector waits 0.8 s, twice as long each time, up to 30 s, and up to twice of that at random, so that
neither reflectors nor replicas ask together; after two minutes without a failure it begins anew. Three rules
are added to that, which is client-go's, for the sake of a server that comes back:

    Nobody waits much longer than a fifth of the time that it has been without an answer: after twenty
    seconds of an outage the next attempt is less than five seconds away, and it takes five minutes of one
    until attempts are a minute apart.
    While nobody has an answer, and for second attempts always, attempts of all reflectors together are three
    seconds apart: a server that is down is asked by one of them, not by all.
    The first of them to get an answer wakes all others, each at most once until its own watch has proven to
    work: else two whose watches end at once would wake each other for ever.
"""

import asyncio
from random import Random
from typing import Final

from clusterdns.cluster.reflector.clock import loop_time

BASE_SECONDS: Final = 0.8
CAP_SECONDS: Final = 30.0
LEAST_CAP_SECONDS: Final = 2.2
QUIET_SECONDS: Final = 120.0
SHARE_OF_OUTAGE: Final = 0.1
APART_SECONDS: Final = (2.5, 3.5)


class Backoffs:
    """The state that the reflectors of one API server share: who waits, how many watches are open, and when
    the next attempt is due."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.live = 0
        self.waiting: set[Backoff] = set()
        self._next_attempt = 0.0

    def one(self) -> "Backoff":
        """A new Backoff for one reflector."""
        return Backoff(self)

    def wake_all(self) -> None:
        """End the waiting of all reflectors, after the API server has answered one."""
        for backoff in self.waiting:
            backoff.wake()

    def take_attempt(self) -> float:
        """Take the next attempt if it is due. Returns 0 if it was taken, else the seconds until it is due."""
        now = loop_time()
        if now < self._next_attempt:
            return self._next_attempt - now
        self._next_attempt = now + self.random.uniform(*APART_SECONDS)
        return 0.0


class Backoff:
    """The delays of one reflector: `wait` after each failure, the other methods report how it goes."""

    def __init__(self, shared: Backoffs) -> None:
        self._shared = shared
        self._failures = 0
        self._last_failure = 0.0
        self._without_answer_since: float | None = None
        self._may_be_woken = True
        self._wake = asyncio.Event()
        self._is_live = False

    def answered(self) -> None:
        """Report that the API server answered as it should; all that wait may try again."""
        self._without_answer_since = None
        self._shared.wake_all()

    def opened(self) -> None:
        """Report that a watch is open."""
        if not self._is_live:
            self._is_live = True
            self._shared.live += 1
        self.answered()

    def proven(self) -> None:
        """Report that the watch works; only then may this reflector be woken again."""
        self._may_be_woken = True

    def closed(self) -> None:
        """Report that the watch has ended."""
        if self._is_live:
            self._is_live = False
            self._shared.live -= 1

    def wake(self) -> None:
        """End the wait, since another reflector got an answer; once until the watch is proven."""
        if self._may_be_woken:
            self._wake.set()

    async def wait(self, at_least: float = 0.0) -> None:
        """Wait until it is time to ask again. `at_least`: seconds that the server asks us to wait."""
        now = loop_time()
        delay = self._delay(now)
        if at_least:
            # The server's wish is kept, and spread a little: it asked all of its clients.
            await asyncio.sleep(at_least * (1 + self._shared.random.random() / 4))
        self._wake.clear()
        self._shared.waiting.add(self)
        try:
            await self._wait_for_an_attempt(now + delay)
        finally:
            self._shared.waiting.discard(self)

    async def _wait_for_an_attempt(self, moment: float) -> None:
        if await self._woken_until(moment):
            return
        while not self._may_go() and (pause := self._shared.take_attempt()):
            if await self._woken_until(loop_time() + pause):
                return

    def _delay(self, now: float) -> float:
        if now - self._last_failure > QUIET_SECONDS:
            self._failures = 0
        if self._without_answer_since is None:
            self._without_answer_since = now
        self._last_failure = now
        outage = now - self._without_answer_since
        cap = min(CAP_SECONDS, max(LEAST_CAP_SECONDS, outage * SHARE_OF_OUTAGE))
        delay = min(cap, BASE_SECONDS * float(1 << min(self._failures, 16)))
        self._failures += 1
        return delay * (1 + self._shared.random.random())

    def _may_go(self) -> bool:
        return self._failures == 1 and self._shared.live > 0

    async def _woken_until(self, moment: float) -> bool:
        try:
            async with asyncio.timeout_at(moment):
                await self._wake.wait()
        except TimeoutError:
            return False
        self._wake.clear()
        self._may_be_woken = False
        return True
