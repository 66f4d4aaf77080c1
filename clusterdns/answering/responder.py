"""One listener's answer to a packet: from memory, by screening, or from the chain of the block it is for."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from time import perf_counter
from typing import Any, Final

from clusterdns.answering.chain import culprit_of, run
from clusterdns.answering.client_classes import NO_CLASS, ClientClasses
from clusterdns.answering.cookies import Cookies
from clusterdns.answering.in_flight import InFlight
from clusterdns.answering.observer_faults import ObserverFaults, OriginOf
from clusterdns.answering.own_edns import BARE_EDNS, own_edns
from clusterdns.answering.packet_cache import Manner, PacketCache, Remembered, is_personal
from clusterdns.answering.router import Route, Router
from clusterdns.answering.screening import screen
from clusterdns.answering.sending import SendOnce
from clusterdns.capabilities import Clients, Hit, ObservesRejections, OneClient, Outline, Rejection
from clusterdns.dns.constants import Flag, Rcode
from clusterdns.dns.message import Message
from clusterdns.dns.reader import read_plain_query
from clusterdns.dns.writer import largest_reply, write_message
from clusterdns.plugin import BackendFailure, Client, Query, Reply, Transport
from clusterdns.rows import Noted
from clusterdns.telemetry.counters import Counters

__all__ = ["Responder"]

FAILED: Final = Reply(rcode=Rcode.SERVFAIL, authoritative=False)
BROKEN: Final = Reply(rcode=Rcode.SERVFAIL, authoritative=False)
"""Stands for a bug of a plugin; told from other failures by its identity."""

ECHOED: Final = Flag.RD.value | Flag.CD.value
"""Flags that a reply has from its query (RFC 1035 section 4.1.1, RFC 4035 section 3.1.6)."""

DNSSEC_OK: Final = 0x8000
USUAL_FLAGS: Final = Reply().flags

REFUSED: Final = Reply(rcode=Rcode.REFUSED, authoritative=False)

_log = logging.getLogger("clusterdns.server")


class Responder:
    """Answers the packets of one listener.

    `server` is what logs and metrics call the listener; `on_crash` is called with a bug that must not be
    caught (`debug`); `memory` has a packet cache for each transport whose replies may be remembered;
    `watchers` are told of replies that come from no chain; `origin_of` finds the plugin of one that fails.
    """

    def __init__(
        self,
        server: str,
        router: Router,
        *,
        in_flight: InFlight,
        counters: Counters,
        memory: dict[Transport, PacketCache],
        cookies: Cookies,
        on_crash: Callable[[Exception], None],
        watchers: tuple[ObservesRejections, ...] = (),
        origin_of: OriginOf = lambda _part: None,
    ) -> None:
        self.server = server
        self.router = router
        self._in_flight = in_flight
        self._counters = counters
        self.memory = memory
        self._cookies = cookies
        self._on_crash = on_crash
        self._watchers = watchers
        self._observer_faults = ObserverFaults(counters, origin_of)
        classifying = {id(part): part for route in router for part in route.block.classifying}
        self._classes = ClientClasses(classifying.values(), self._observer_faults)
        self._tells_apart = bool(self._classes)
        self._of_datagrams = None if self._tells_apart else memory.get(Transport.UDP)

    def recall(self, packet: bytes, clients: Clients, number: int) -> bytes | None:
        """The reply to a datagram, if it is remembered for all clients and local addresses."""
        if self._of_datagrams is None:
            return None
        remembered = self._of_datagrams.find(packet, None)
        if remembered is None:
            return None
        octets, manner, outline = remembered
        reply = packet[:2] + octets
        if manner.observers:
            self._observe(Hit(clients, number, self.server, manner.zone, packet, reply, outline), manner)
        return reply

    def respond(self, packet: bytes, client: Client, send: SendOnce) -> None:
        """Answer `packet`. `send` is called exactly once, at once if nothing waits; with None for a
        packet that gets no reply."""
        memory = self.memory.get(client.transport)
        client_class = self._classes.of(client) if self._tells_apart else NO_CLASS
        if memory is not None and client_class is not None:
            remembered = memory.find(packet, client.local_address, client_class)
            if remembered is not None:
                self._reply_from_memory(packet, client, remembered, send=send)
                return
        message = read_plain_query(packet) or self._screened(packet, client, send)
        if message is None:
            return
        route = self.router.route(message.question[0])
        if route is None:
            limit = largest_reply(message, datagram=client.transport is Transport.UDP)
            self._reject(packet, client, self._octets(message, REFUSED, client, limit), send=send)
        else:
            run(self._answer(packet, message, client, route, send), partial(self._go_on, send))

    def _screened(self, packet: bytes, client: Client, send: SendOnce) -> Message | None:
        """Screen a packet that is no plain query: the query in it, or None if that settles it."""
        verdict = screen(packet, client, any_class=self.router.any_class, cookies=self._cookies)
        if isinstance(verdict, Message):
            return verdict
        if verdict is None:
            send(None)
        else:
            self._reject(packet, client, verdict, send=send)
        return None

    def _go_on(self, send: SendOnce, coroutine: Coroutine[Any, Any, None]) -> None:
        """Let a chain wait, unless too many do: then its query is dropped. Chains that never wait go on
        being answered."""
        if self._in_flight.is_full:
            coroutine.close()
            self._counters.overloaded += 1
            send(None)
        else:
            self._in_flight.start(coroutine)

    def _reply_from_memory(
        self, packet: bytes, client: Client, remembered: Remembered, *, send: SendOnce
    ) -> None:
        octets, manner, outline = remembered
        reply = packet[:2] + octets
        send(reply)
        if manner.observers:
            hit = Hit(OneClient(client), 0, self.server, manner.zone, packet, reply, outline)
            self._observe(hit, manner)

    def _observe(self, hit: Hit, manner: Manner) -> None:
        for observer in manner.observers:
            try:
                observer.on_hit(hit)
            except Exception as bug:  # noqa: BLE001 - the code of others, which only watches
                self._observer_faults.report(observer, bug)

    def _reject(self, packet: bytes, client: Client, reply: bytes, *, send: SendOnce) -> None:
        send(reply)
        for watcher in self._watchers:
            try:
                watcher.on_rejection(Rejection(client, self.server, packet, reply))
            except Exception as bug:  # noqa: BLE001 - the code of others, which only watches
                self._observer_faults.report(watcher, bug)

    async def _answer(
        self, packet: bytes, message: Message, client: Client, route: Route, send: SendOnce
    ) -> None:
        query = Query(
            message=message,
            question=message.question[0],
            client=client,
            server=self.server,
            zone=route.zone,
            noted=Noted(),
            most_octets=largest_reply(message, datagram=client.transport is Transport.UDP),
        )
        watchers = route.block.answer_observers
        started = perf_counter() if watchers else 0.0
        reply, octets = await self._outcome(query, route)
        if reply is BROKEN:
            self._reject(packet, client, octets, send=send)
            return
        seconds = perf_counter() - started if watchers else 0.0
        self._remember(packet, octets, query, reply, route)
        send(octets)
        for watcher in watchers:
            try:
                watcher.on_answer(query, reply, request=packet, octets=octets, seconds=seconds)
            except Exception as bug:  # noqa: BLE001 - the code of others, which only watches
                self._observer_faults.report(watcher, bug)

    async def _outcome(self, query: Query, route: Route) -> tuple[Reply, bytes]:
        """Run the chain: its reply, or the one for its failure, and the octets of it."""
        try:
            try:
                reply = await route.block.chain(query)
            except BackendFailure as failure:
                reply = _failed(failure)
            return self._written(query, reply)
        except asyncio.CancelledError as cancelled:
            if _is_cancelled() and not self._in_flight.has_timed_out():
                raise
            return self._written(query, self._cancelled(query, route, cancelled))
        except MemoryError:  # no bug: nobody could be told of it either
            raise
        except Exception as bug:  # noqa: BLE001 - the one place where a plugin's bug ends
            return self._written(query, self._broken(query, route, bug, culprit=_blamed(bug)))

    def _cancelled(self, query: Query, route: Route, cancelled: asyncio.CancelledError) -> Reply:
        """The reply for a chain that took too long, or that waited for something that was cancelled."""
        if self._in_flight.has_timed_out():
            self._counters.timed_out += 1
            _log.error("%s%s took too long to answer", _blamed(cancelled), query.question.to_text())
            return FAILED
        bug = RuntimeError("what a plugin waited for was cancelled")
        bug.__cause__ = cancelled
        return self._broken(query, route, bug, culprit=_blamed(cancelled))

    def _broken(self, query: Query, route: Route, bug: Exception, *, culprit: str) -> Reply:
        self._counters.panics += 1
        _log.error("%sa plugin failed on %s", culprit, query.question.to_text(), exc_info=bug)
        if route.block.uncaught:
            self._on_crash(bug)
        return BROKEN

    def _written(self, query: Query, reply: Reply) -> tuple[Reply, bytes]:
        return reply, self._octets(query.message, reply, query.client, query.most_octets)

    def _octets(self, request: Message, reply: Reply, client: Client, limit: int) -> bytes:
        """The octets of `reply`, at most `limit`, for the client that sent `request`: id, question, flags and
        EDNS are added here."""
        is_usual = reply.authoritative and not (
            reply.truncated or reply.recursion_available or reply.authentic_data
        )
        edns = request.edns
        if edns is not None and not edns.options and not reply.extended_errors:
            edns = BARE_EDNS[edns.flags & DNSSEC_OK]
        elif edns is not None:
            edns = own_edns(request, client, cookies=self._cookies, errors=reply.extended_errors)
        message = Message(
            id=request.id,
            flags=(USUAL_FLAGS if is_usual else reply.flags) | request.flags & ECHOED,
            rcode=reply.rcode,
            question=request.question,
            answer=reply.answer,
            authority=reply.authority,
            additional=reply.additional,
            edns=edns,
        )
        return write_message(message, limit=limit)

    def _remember(self, packet: bytes, octets: bytes, query: Query, reply: Reply, route: Route) -> None:
        memory = self.memory.get(query.client.transport)
        if memory is None or reply.reuse is None or not route.block.remembers:
            return
        client_class = self._classes.of(query.client) if self._tells_apart else NO_CLASS
        if client_class is not None and not is_personal(query.message):
            memory.keep(
                packet,
                octets,
                reuse=reply.reuse,
                noted=query.noted,
                local_address=query.client.local_address,
                client_class=client_class,
                zone=route.zone,
                observers=route.block.observers,
                outline=_outline(query, reply),
            )


def _failed(failure: BackendFailure) -> Reply:
    return Reply(rcode=failure.rcode, authoritative=False, extended_errors=failure.extended_errors)


def _blamed(error: BaseException) -> str:
    """The plugin that `error` came out of, to stand in front of a line; empty if it is unknown."""
    culprit = culprit_of(error)
    return "" if culprit is None else f"{culprit}: "


def _is_cancelled() -> bool:
    """Whether the task that runs now, if one does, has been asked to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _outline(query: Query, reply: Reply) -> Outline:
    edns = query.message.edns
    return Outline(query.question.rtype, edns is not None and edns.flags & DNSSEC_OK != 0, reply.rcode)
