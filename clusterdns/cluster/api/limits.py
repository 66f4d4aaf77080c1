"""The limits on requests to the API server: rate, burst and requests at the same time.

Every request takes a token of the bucket (`apiserver_qps`, `apiserver_burst`), a watch too: the bound is on
requests, and a watch that ends every few seconds is many. Events cost nothing. client-go exempts watches,
so its limit does not hold just when the server cuts them.

A request holds one of `apiserver_max_inflight` places from its sending until its answer is here. The answer
to a watch never ends, so a watch gives its place back when the headers come, as in CoreDNS: else a namespace
more than places would never be watched.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from clusterdns.cluster.api.settings import ApiSettings

DEFAULT_BURST: Final = 10
"""client-go's."""

Sleep = Callable[[float], Awaitable[None]]


class TokenBucket:
    """Gives at most `burst` tokens at once and `rate` a second in the long run, first come, first served."""

    def __init__(
        self, rate: float, burst: int, *, clock: Callable[[], float], sleep: Sleep = asyncio.sleep
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._tokens = float(burst)
        self._filled_at = clock()

    async def take(self) -> None:
        """Take a token, waiting in turn for it if there is none."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate) - 1.0
        self._filled_at = now
        if self._tokens >= 0.0:
            return
        try:
            await self._sleep(-self._tokens / self._rate)
        except asyncio.CancelledError:
            self._tokens += 1.0
            raise


class Limits:
    """Both limits of the settings."""

    def __init__(
        self, settings: ApiSettings, *, clock: Callable[[], float], sleep: Sleep = asyncio.sleep
    ) -> None:
        self._clock = clock
        self._places = asyncio.Semaphore(settings.max_inflight) if settings.max_inflight else None
        burst = settings.burst or DEFAULT_BURST
        self._bucket = TokenBucket(settings.qps, burst, clock=clock, sleep=sleep) if settings.qps else None

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[float, None]:
        """Wait until a request may go, then hold its place. Gives the seconds waited."""
        began = self._clock()
        async with AsyncExitStack() as stack:
            if self._places is not None:
                await stack.enter_async_context(self._places)
            if self._bucket is not None:
                await self._bucket.take()
            yield self._clock() - began
