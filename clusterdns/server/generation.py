"""A generation: one configuration that has been built, with a life of its own beside the sockets.

    build ──▶ start ──▶ warm ──▶ serves ──▶ retires: queries in flight end ──▶ close

The server keeps sockets, connections and queries in flight. It swaps one generation for the next in one step
of the event loop; the one before goes on until the queries that it began with are answered.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from clusterdns.answering.cookies import Cookies
from clusterdns.answering.in_flight import InFlight
from clusterdns.answering.origin import Reminder
from clusterdns.answering.packet_cache import PacketCache
from clusterdns.answering.responder import Responder
from clusterdns.answering.router import Router
from clusterdns.answering.sweeper import Sweep
from clusterdns.capabilities import Lameduck, ObservesRejections, Ready, TakesOver
from clusterdns.configuration.settings import Configuration
from clusterdns.server.backends import Backends, Owned
from clusterdns.server.building import build
from clusterdns.server.entering import enter_owned
from clusterdns.server.interfaces import read_interfaces
from clusterdns.server.listeners import Listener, plan
from clusterdns.server.metrics import declare_caches
from clusterdns.telemetry.counters import Counters
from clusterdns.telemetry.metrics import Metrics
from clusterdns.transports.service import ListenerService, unencrypted

__all__ = ["Generation", "ServerParts"]

LOOK_SECONDS: Final = 0.05
"""How often a generation that warms up is asked whether it is ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerParts:
    """The parts of a server that its generations share, beside backends."""

    cookies: Cookies
    counters: Counters
    in_flight: InFlight
    metrics: Metrics
    on_crash: Callable[[Exception], None]
    packet_cache: bool
    sweep: Sweep


class Generation:
    """A configuration that is built; `start` starts it.

    listeners: those that it wants to be asked on. uncaught: whether bugs of plugins shall end the process.
    responders: the responder of each listener.

    Raises:
        CorefileErrors: the configuration cannot be built; it holds no backend then.
    """

    def __init__(self, configuration: Configuration, backends: Backends, server_parts: ServerParts) -> None:
        interfaces = read_interfaces()
        self.listeners = plan(configuration, interfaces)
        self._shared_parts = server_parts
        self._lease = backends.lease()
        try:
            self._built = build(self.listeners, interfaces, self._lease)
        except BaseException:
            self._lease.abandon()
            raise
        self._stack = AsyncExitStack()
        self._caches: list[PacketCache] = []
        self.lameducks = tuple(part for part in self._built.everything if isinstance(part, Lameduck))
        self.uncaught = any(route.block.uncaught for _, router in self._built.routers for route in router)
        self.responders = {
            listener: self._responder(listener, router) for listener, router in self._built.routers
        }

    async def start(self) -> None:
        """Enter its backends, those that it does not take over, then its parts in the order of the chains.

        Raises:
            CorefileErrors: one of them cannot start; all that was entered is left then.
        """
        try:
            with Reminder() as reminder:
                await self._enter(reminder)
        except BaseException:
            await self.close()
            raise

    async def _enter(self, reminder: Reminder) -> None:
        async def enter(stack: AsyncExitStack, owned: Owned) -> None:
            if owned.origin is not None:
                reminder.waits_for(owned.origin, "to start")
            await enter_owned(stack, owned)

        await self._lease.start(enter)
        for owned in self._built.parts:
            await enter(self._stack, owned)

    async def warm(self, seconds: float) -> bool:
        """Wait until all of its parts are ready, at most `seconds`. Return whether they are."""
        waiting = [part for part in self._built.everything if isinstance(part, Ready)]
        try:
            async with asyncio.timeout(seconds):
                while not all(part.ready() for part in waiting):  # noqa: ASYNC110 - parts are asked, none tells
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            return False
        return True

    def serve(self) -> None:
        """Begin to serve; called in the step in which sockets and connections are handed over."""
        for part in self._built.everything:
            if isinstance(part, TakesOver):
                part.take_over()
        for listener, responder in self.responders.items():
            declare_caches(self._shared_parts.metrics, listener.label, responder.memory)

    def service(self, listener: Listener) -> ListenerService:
        """The responder and the TLS context of `listener`."""
        responder, encrypts = self.responders[listener], self._built.encryption.get(listener)
        tls = unencrypted if encrypts is None else encrypts.tls_context
        return ListenerService(responder.respond, tls, responder.recall)

    def forget(self) -> None:
        """Forget all replies that it remembers; they are made anew when they are asked for."""
        for cache in self._caches:
            cache.clear()

    async def close(self) -> None:
        """Forget what it remembered, leave its parts in reverse, and give its backends back."""
        for cache in self._caches:
            cache.close()
        try:
            await self._stack.aclose()
        finally:
            await self._lease.close()

    def _responder(self, listener: Listener, router: Router) -> Responder:
        around = self._shared_parts
        memory = {
            opener.transport: PacketCache(time.monotonic, sweep=around.sweep)
            for opener in listener.openers
            if around.packet_cache
        }
        self._caches.extend(memory.values())
        return Responder(
            listener.label,
            router,
            in_flight=around.in_flight,
            counters=around.counters,
            memory=memory,
            cookies=around.cookies,
            on_crash=around.on_crash,
            watchers=tuple(part for part in self._built.everything if isinstance(part, ObservesRejections)),
            origin_of=self._built.origin_of,
        )
