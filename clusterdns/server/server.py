"""The life of a server: build, start the backends and plugins, bind, serve, finish, leave."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Generator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from functools import partial
from types import TracebackType
from typing import Final, Self

from clusterdns.answering.cookies import Cookies
from clusterdns.answering.in_flight import InFlight
from clusterdns.answering.observer_faults import OriginOf
from clusterdns.answering.origin import failing_as, reminding
from clusterdns.answering.packet_cache import PacketCache
from clusterdns.answering.responder import Responder
from clusterdns.answering.router import Router
from clusterdns.answering.sweeper import Sweeper
from clusterdns.capabilities import Lingers, ObservesRejections
from clusterdns.configuration.settings import Configuration
from clusterdns.connections import Acceptor
from clusterdns.connections.descriptors import most_connections, raise_limit
from clusterdns.corefile import CorefileError, CorefileErrors
from clusterdns.dns.siphash import KEY_OCTETS
from clusterdns.memory import Memory
from clusterdns.plugin import Transport
from clusterdns.server.background import declare_background
from clusterdns.server.building import Built, build
from clusterdns.server.interfaces import read_interfaces
from clusterdns.server.listeners import Listener, plan
from clusterdns.server.metrics import declare_caches, declare_counters, declare_load
from clusterdns.supervision import supervised
from clusterdns.telemetry.counters import Counters
from clusterdns.telemetry.metrics import Metrics
from clusterdns.transports.addresses import Endpoint
from clusterdns.transports.connections import Connections
from clusterdns.transports.sockets import Sockets, open_all
from clusterdns.transports.tcp import TcpConnection, receive_buffer
from clusterdns.transports.udp import UdpListener

__all__ = ["Server"]

GRACE_SECONDS: Final = 5.0
"""What `stop` gives to queries in flight unless told otherwise (CoreDNS: the same)."""


@contextmanager
def _debug_lines() -> Generator[None]:
    """Log at level DEBUG meanwhile."""
    logger = logging.getLogger("clusterdns")
    before = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(before)


class Server:
    """A configuration that is served while the context is entered.

    `packet_cache=False` makes every query go through its chain. Without `cookies` their secret is a random
    one; without `connections` there may be as many as descriptors allow; without `memory` its end fails the
    server like a bug. `endpoints` are the bound
    addresses and `responders` what answers there, in the order of the listeners, known once it is entered.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        packet_cache: bool = True,
        cookies: Cookies | None = None,
        connections: Connections | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._configuration = configuration
        self._cookies = cookies or Cookies(secrets.token_bytes(KEY_OCTETS), time.time)
        self._given_connections = connections
        self._memory = memory or Memory(self._on_exhaustion, time.monotonic)
        self.connections: Connections
        self._packet_cache = packet_cache
        self._stack = AsyncExitStack()
        self._in_flight = InFlight()
        self._listeners: tuple[Listener, ...] = ()
        self._memories: list[PacketCache] = []
        self._sweeper = Sweeper()
        self._udp: list[UdpListener] = []
        self._tcp: list[Acceptor] = []
        self._crash: asyncio.Future[None]
        self._sweeping = AsyncExitStack()
        self._is_serving = False
        self._lingering: tuple[Lingers, ...] = ()
        self.counters = Counters()
        self.metrics = Metrics()
        declare_counters(self.metrics, self.counters)
        declare_background(self.metrics)
        self.endpoints: tuple[Endpoint, ...] = ()
        self.responders: list[Responder] = []

    async def __aenter__(self) -> Self:
        """Start everything, sockets last.

        Raises:
            CorefileErrors: the configuration cannot be built.
            StartError: an address cannot be listened on.
        """
        self._crash = asyncio.get_running_loop().create_future()
        most = most_connections(raise_limit())
        given = self._given_connections
        self.connections = Connections(most, time.monotonic) if given is None else given
        interfaces = read_interfaces()
        self._listeners = plan(self._configuration, interfaces)
        built = build(self._listeners, interfaces, metrics=self.metrics)
        declare_load(self.metrics, self._in_flight, self.connections)
        if any(route.block.uncaught for _, router in built.routers for route in router):
            self._stack.enter_context(_debug_lines())
        self._lingering = tuple(part for part in built.everything if isinstance(part, Lingers))
        try:
            await self._enter(built)
            await self._listen(built)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, if that has not been done yet."""
        await self.stop()

    def banner(self) -> tuple[str, ...]:
        """A line a zone and listener, as CoreDNS prints them at start."""
        return tuple(line for listener in self._listeners for line in listener.banner())

    @property
    def in_flight(self) -> int:
        """How many queries wait for something."""
        return len(self._in_flight)

    async def wait_failed(self) -> None:
        """Wait for ever, or raise the bug of a plugin that is not to be caught (`debug`)."""
        await asyncio.shield(self._crash)

    @property
    def linger_seconds(self) -> float:
        """How long `linger` takes at most."""
        return max((part.linger_seconds for part in self._lingering), default=0.0)

    async def linger(self) -> None:
        """Serve on while clients are sent elsewhere: as long as plugins ask for before the end (`health`)."""
        await asyncio.gather(*(part.linger() for part in self._lingering))

    async def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Take no more queries, finish those in flight within `grace` seconds, leave the plugins."""
        if not self._is_serving:
            return
        for accepting in self._tcp:
            accepting.close()
        for udp in self._udp:
            udp.stop()
        self.connections.finish()
        await self._in_flight.drain(grace)
        self._is_serving = False
        await self._sweeping.aclose()
        self.connections.abort()
        for udp in self._udp:
            udp.close()
        for memory in self._memories:
            memory.close()
        await self._stack.aclose()

    async def _enter(self, built: Built) -> None:
        for origin, part in built.owned:
            if isinstance(part, AbstractAsyncContextManager) and origin is not None:
                try:
                    with reminding(origin, "to start"), failing_as(origin, "__aenter__"):
                        await self._stack.enter_async_context(part)
                except CorefileError as error:
                    raise CorefileErrors([error]) from error

    async def _listen(self, built: Built) -> None:
        sockets = open_all(listener.endpoint for listener, _ in built.routers)
        self.endpoints = tuple(opened.endpoint for opened in sockets)
        watchers = tuple(part for part in built.everything if isinstance(part, ObservesRejections))
        for opened, (listener, router) in zip(sockets, built.routers, strict=True):
            responder = self._responder(listener, router, watchers=watchers, origin_of=built.origin_of)
            self.responders.append(responder)
            self._serve(opened, responder)
        await self._sweeping.enter_async_context(supervised("the connections", self.connections.run))
        await self._sweeping.enter_async_context(supervised("the memory in reserve", self._memory.run))
        self._is_serving = True

    def _responder(
        self,
        listener: Listener,
        router: Router,
        *,
        watchers: tuple[ObservesRejections, ...],
        origin_of: OriginOf,
    ) -> Responder:
        memory = {
            transport: PacketCache(time.monotonic, sweep=self._sweeper)
            for transport in Transport
            if self._packet_cache
        }
        self._memories.extend(memory.values())
        for each in memory.values():
            self._memory.can_spare(each.close)
        declare_caches(self.metrics, listener.label, memory)
        return Responder(
            listener.label,
            router,
            in_flight=self._in_flight,
            counters=self.counters,
            memory=memory,
            cookies=self._cookies,
            on_crash=self._on_crash,
            watchers=watchers,
            origin_of=origin_of,
        )

    def _serve(self, opened: Sockets, responder: Responder) -> None:
        udp = UdpListener(opened.udp, responder.respond, self.counters, on_memory_error=self._memory.failed)
        udp.start()
        self._udp.append(udp)
        connection = partial(TcpConnection, responder.respond, self.connections, receive_buffer())
        tcp = Acceptor(opened.tcp, connection, self.connections)
        tcp.start()
        self._tcp.append(tcp)

    def _on_exhaustion(self) -> None:
        if not self._crash.done():
            self._crash.set_exception(MemoryError("memory is exhausted"))

    def _on_crash(self, bug: Exception) -> None:
        if not self._crash.done():
            self._crash.set_exception(bug)
