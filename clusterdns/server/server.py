"""The life of a server: build and start a generation, bind, serve, swap it for another one, finish, leave."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, Self

from clusterdns.answering.cookies import Cookies
from clusterdns.answering.in_flight import InFlight
from clusterdns.answering.responder import Responder
from clusterdns.answering.sweeper import Sweeper
from clusterdns.capabilities import Lameduck
from clusterdns.configuration.settings import Configuration
from clusterdns.connections.descriptors import most_connections, raise_limit
from clusterdns.dns.siphash import KEY_OCTETS
from clusterdns.memory import Memory
from clusterdns.server.backends import Backends
from clusterdns.server.background import declare_background
from clusterdns.server.debug_lines import DebugLines
from clusterdns.server.generation import Generation, ServerParts
from clusterdns.server.listeners import Listener
from clusterdns.server.listening import Listening
from clusterdns.server.metrics import declare_counters, declare_drops, declare_load
from clusterdns.server.retiring import Retiring
from clusterdns.supervision import supervised
from clusterdns.telemetry.counters import Counters
from clusterdns.telemetry.metrics import Metrics
from clusterdns.transports.addresses import Endpoint, ListenAddress
from clusterdns.transports.connections import Connections
from clusterdns.transports.sockets import Sockets, open_all

__all__ = ["Server"]

GRACE_SECONDS: Final = 5.0
"""What `stop` gives to queries in flight unless told otherwise (CoreDNS: the same)."""

WARM_SECONDS: Final = 10.0
"""How long a new generation may take to be ready before it serves all the same: its zones answer SERVFAIL
until they are known, and the others shall not wait for them for ever."""

_log = logging.getLogger("clusterdns.server")


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
        self._given_connections = connections
        self._memory = memory or Memory(self._on_exhaustion, time.monotonic)
        self.connections: Connections
        self.counters = Counters()
        self.metrics = Metrics()
        self._in_flight = InFlight()
        self._shared_parts = ServerParts(
            cookies=cookies or Cookies(secrets.token_bytes(KEY_OCTETS), time.time),
            counters=self.counters,
            in_flight=self._in_flight,
            metrics=self.metrics,
            on_crash=self._on_crash,
            packet_cache=packet_cache,
            sweep=Sweeper(),
        )
        self._backends = Backends({Metrics: self.metrics})
        self._generation: Generation | None = None
        self._listening: dict[ListenAddress, Listening] = {}
        self._swapping = asyncio.Lock()
        self._retiring = Retiring(self._in_flight)
        self._memory.can_spare(self._forget)
        self._sweeping = AsyncExitStack()
        self._crash: asyncio.Future[None]
        self._lameducks: tuple[Lameduck, ...] = ()
        self._debug_lines = DebugLines()
        self._is_serving = False
        declare_counters(self.metrics, self.counters)
        declare_background(self.metrics)

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
        declare_load(self.metrics, self._in_flight, self.connections)
        generation = Generation(self._configuration, self._backends, self._shared_parts)
        self._lameducks = generation.lameducks
        self._debug_lines.turn(on=generation.uncaught)
        try:
            await generation.start()
            await self._take_over(generation)
        except BaseException:
            self._debug_lines.turn(on=False)
            raise
        await self._sweeping.enter_async_context(supervised("the connections", self.connections.run))
        await self._sweeping.enter_async_context(supervised("the memory in reserve", self._memory.run))
        self._is_serving = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, if that has not been done yet."""
        await self.stop()

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The addresses bound, in the order of the listeners."""
        return tuple(self._listening[listener.address].endpoint for listener in self._listeners)

    @property
    def responders(self) -> tuple[Responder, ...]:
        """The responder of each listener, in their order."""
        return () if self._generation is None else tuple(self._generation.responders.values())

    def banner(self) -> tuple[str, ...]:
        """A line a zone and listener, as CoreDNS prints them at start."""
        return tuple(line for listener in self._listeners for line in listener.banner())

    @property
    def in_flight(self) -> int:
        """The number of queries that are being answered by a task."""
        return len(self._in_flight)

    async def wait_failed(self) -> None:
        """Wait for ever, or raise the bug of a plugin that is not to be caught (`debug`)."""
        await asyncio.shield(self._crash)

    async def swap(self, configuration: Configuration, *, warm_seconds: float = WARM_SECONDS) -> None:
        """Serve another configuration from now on: all of it, or nothing changes.

        It is built, started and warmed beside the one that serves, then takes over in one step of the event
        loop. Addresses that both listen on stay open, and so do connections to them; backends with equal
        settings are taken over as they are. Queries that have begun are finished as they began.

        Raises:
            CorefileErrors: it cannot be built or started.
            StartError: an address cannot be listened on.
        """
        async with self._swapping:
            generation = Generation(configuration, self._backends, self._shared_parts)
            await generation.start()
            if not await generation.warm(warm_seconds):
                _log.warning("the new configuration serves before all of its plugins are ready")
            await self._take_over(generation)

    @property
    def lameduck_seconds(self) -> float:
        """The longest time that `lameduck` takes, in seconds; 0 before the start."""
        return max((part.lameduck_seconds for part in self._lameducks), default=0.0)

    async def lameduck(self) -> None:
        """Serve on while clients are sent elsewhere: as long as plugins ask for before the end (`health`)."""
        await asyncio.gather(*(part.lameduck() for part in self._lameducks))

    async def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Take no more queries, finish those in flight within `grace` seconds, leave the plugins."""
        if not self._is_serving:
            return
        for listening in self._listening.values():
            listening.stop()
        self.connections.finish()
        await self._in_flight.drain(grace)
        self._is_serving = False
        await self._sweeping.aclose()
        self.connections.abort()
        for listening in self._listening.values():
            listening.close()
        await self._retiring.close()
        if self._generation is not None:
            await self._generation.close()
        self._debug_lines.turn(on=False)

    @property
    def _listeners(self) -> tuple[Listener, ...]:
        return () if self._generation is None else self._generation.listeners

    async def _take_over(self, generation: Generation) -> None:
        """Open the addresses of `generation` that are not open yet, and let it serve from then on.

        Raises:
            StartError: an address cannot be listened on; `generation` is closed then.
        """
        wanted = [one.address for one in generation.listeners if one.address not in self._listening]
        try:
            opened = dict(zip(wanted, open_all(wanted), strict=True))
        except BaseException:
            await generation.close()
            raise
        self._serve(generation, opened)

    def _serve(self, generation: Generation, opened: Mapping[ListenAddress, Sockets]) -> None:
        """The one step in which a generation takes the place of the one before."""
        before, self._generation, self._lameducks = self._generation, generation, generation.lameducks
        listening = {
            one.address: self._listening_for(one, generation, opened) for one in generation.listeners
        }
        gone = [one for address, one in self._listening.items() if address not in listening]
        self._listening = listening
        generation.serve()
        self._debug_lines.turn(on=generation.uncaught)
        if before is not None:
            self._retiring.retire(before, gone)

    def _listening_for(
        self, listener: Listener, generation: Generation, opened: Mapping[ListenAddress, Sockets]
    ) -> Listening:
        service = generation.service(listener)
        listening = self._listening.get(listener.address)
        if listening is not None:
            listening.hand_over(service)
            return listening
        listening = Listening(
            opened[listener.address],
            listener.openers,
            service,
            connections=self.connections,
            counters=self.counters,
            memory=self._memory,
        )
        declare_drops(self.metrics, listener.label, listening.drops)
        listening.start()
        return listening

    def _forget(self) -> None:
        if self._generation is not None:
            self._generation.forget()

    def _on_exhaustion(self) -> None:
        if not self._crash.done():
            self._crash.set_exception(MemoryError("memory is exhausted"))

    def _on_crash(self, bug: Exception) -> None:
        if not self._crash.done():
            self._crash.set_exception(bug)
