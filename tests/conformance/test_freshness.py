"""No answer is ever older than the table: random changes, random queries, chains that wait in between.

A server block with a plugin that suspends now and then stands in front of `kubernetes`. Queries that are
answered at once, from memory or not, must equal what a chain without memory says at that moment. An
answer that was waited for must have been true at some moment since its question.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clusterdns.answering.chain import Link, compose
from clusterdns.answering.cookies import Cookies
from clusterdns.answering.handlers import is_handler
from clusterdns.answering.in_flight import InFlight
from clusterdns.answering.packet_cache import PacketCache
from clusterdns.answering.responder import Responder
from clusterdns.answering.router import Block, Router
from clusterdns.cluster.manifests import ManifestSettings
from clusterdns.cluster.objects import EndpointSlice, Kind, Namespace, Pod, Service
from clusterdns.corefile import parse
from clusterdns.dns.constants import RRType
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.siphash import KEY_OCTETS
from clusterdns.dns.writer import write_message
from clusterdns.plugin import Next, Plugin, Query, Reply, Transport
from clusterdns.telemetry.counters import Counters
from clusterdns.testing.cluster import Cluster
from clusterdns.testing.contexts import FakeContext, fake_client
from clusterdns_plugins.kubernetes import plugin as kubernetes

ZONES = ("cluster.local.", "10.in-addr.arpa.")
COREFILE = """
cluster.local 10.in-addr.arpa {
  kubernetes {
    manifests somewhere
    pods verified
  }
}
"""
NAMESPACES = ("shop", "default")
SERVICES = ("web", "db")
ADDRESSES = ("10.0.0.1", "10.0.0.2")

OF_SERVICES = [
    (f"{left}{service}.{namespace}.svc.cluster.local.", rtype)
    for service in SERVICES
    for namespace in NAMESPACES
    for left, rtype in [
        ("", RRType.A),
        ("", RRType.SRV),
        ("", RRType.TXT),
        ("a.", RRType.A),
        ("_http._tcp.", RRType.SRV),
        ("10-0-0-1.", RRType.A),
    ]
]
OTHERS = [
    ("1.0.0.10.in-addr.arpa.", RRType.PTR),
    ("2.0.0.10.in-addr.arpa.", RRType.PTR),
    ("10-0-0-1.shop.pod.cluster.local.", RRType.A),
    ("shop.svc.cluster.local.", RRType.A),
]
QUESTIONS = [*OF_SERVICES, *OTHERS]


KINDS: dict[str, Kind] = {"service": Service, "slice": EndpointSlice, "pod": Pod, "namespace": Namespace}


class Gate:
    """A plugin that waits where it is told to, once for each time."""

    def __init__(self) -> None:
        self.waiting: list[asyncio.Future[None]] = []
        self.closed = False

    async def __call__(self, query: Query, next: Next) -> Reply:
        await self._pass()
        reply = await next(query)
        await self._pass()
        return reply

    async def _pass(self) -> None:
        if self.closed:
            future = asyncio.get_running_loop().create_future()
            self.waiting.append(future)
            await future

    def release(self) -> None:
        """Let everything that waits take one step."""
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            future.set_result(None)


class Site:
    """A responder over an in-memory cluster, with or without memory."""

    def __init__(self, cluster: Cluster, *, memory: bool, gate: Gate | None = None) -> None:
        zones = tuple(map(Name.from_text, ZONES))
        context = FakeContext(zones=zones, backends={ManifestSettings: cluster})
        (directive,) = parse(COREFILE, environ={}).blocks[0].directives
        handler = kubernetes.build(kubernetes.parse(directive), context)
        assert is_handler(handler)
        links = [Link(kubernetes, handler)]
        if gate is not None:
            links.insert(0, Link(_waiting_plugin(gate), gate))
        block = Block(zones=zones, chain=compose(links))
        self._responder = Responder(
            "dns://:53",
            Router((zone, block) for zone in zones),
            in_flight=InFlight(),
            counters=Counters(),
            memory={Transport.UDP: PacketCache(lambda: 0.0)} if memory else {},
            cookies=Cookies(bytes(KEY_OCTETS), lambda: 0.0),
            on_crash=_fail,
        )

    def ask(self, packet: bytes, received: Callable[[bytes | None], None]) -> None:
        self._responder.respond(packet, fake_client(), received)


def _fail(bug: Exception) -> None:
    raise bug


def _waiting_plugin(gate: Gate) -> Plugin[None]:
    return Plugin(
        name="gate", help="", parse=lambda _: None, build=lambda _, __: gate, inline=True, treats_alike=True
    )


def packet(number: int) -> bytes:
    name, rtype = QUESTIONS[number]
    return write_message(Message(id=1, question=(Question(Name.from_text(name), rtype),)))


PACKETS = [packet(number) for number in range(len(QUESTIONS))]

namespaced = st.tuples(st.sampled_from(NAMESPACES), st.sampled_from(SERVICES)).map("/".join)
address = st.sampled_from(ADDRESSES)
changes = st.one_of(
    st.tuples(st.just("service"), namespaced, address),
    st.tuples(st.just("headless"), namespaced, st.sampled_from([*(f"{a}=a" for a in ADDRESSES), *ADDRESSES])),
    st.tuples(
        st.just("external_name"), namespaced, st.sampled_from(["web.shop.svc.cluster.local", "db.shop"])
    ),
    st.tuples(st.just("slice"), namespaced, st.sampled_from([f"{ADDRESSES[0]}!", f"{ADDRESSES[1]}=a"])),
    st.tuples(st.just("pod"), namespaced, address),
    st.tuples(st.just("remove"), st.sampled_from(["service", "slice", "pod", "namespace"]), namespaced),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, len(QUESTIONS) - 1), st.none()),
        st.tuples(st.just("ask"), st.integers(0, len(QUESTIONS) - 1), st.none()),
        st.tuples(st.just("close"), st.none(), st.none()),
        st.tuples(st.just("open"), st.none(), st.none()),
        st.tuples(st.just("release"), st.none(), st.none()),
        st.tuples(st.just("race"), st.integers(0, len(QUESTIONS) - 1), changes),
        changes,
    ),
    min_size=5,
    max_size=60,
)


def apply(cluster: Cluster, kind: str, name: str, value: str) -> None:
    """Make one random change of the cluster."""
    if kind == "remove":
        stored = {"slice": f"{value}-1", "namespace": value.partition("/")[0]}.get(name, value)
        cluster.remove(KINDS[name], stored)
    else:
        getattr(cluster, kind)(name, value)


class Run:
    """One random history; for each query that waits, the answers that were true since it was asked."""

    def __init__(self) -> None:
        self.cluster = Cluster()
        # The first change sets the serial, which a remembered negative answer need not follow.
        self.cluster.service("other/first", "10.0.0.9")
        self.gate = Gate()
        self.site = Site(self.cluster, memory=True, gate=self.gate)
        self.fresh = Site(self.cluster, memory=False)
        self.waiting: list[tuple[int, set[bytes | None]]] = []
        self.answers = 0

    def truth(self, number: int) -> bytes | None:
        """What a chain without memory says now."""
        said: list[bytes | None] = []
        self.fresh.ask(PACKETS[number], said.append)
        (reply,) = said
        return reply

    def ask(self, number: int) -> None:
        """Ask, and check the answer when it comes: at once or later."""
        true_since = {self.truth(number)}
        entry = (number, true_since)

        def received(reply: bytes | None) -> None:
            assert reply in true_since, QUESTIONS[number]
            self.answers += 1
            if entry in self.waiting:
                self.waiting.remove(entry)

        asked = self.answers
        self.site.ask(PACKETS[number], received)
        if self.answers == asked:
            self.waiting.append(entry)

    def changed(self) -> None:
        """After a change, what was asked before may be answered with the old or the new truth."""
        for number, true_since in self.waiting:
            true_since.add(self.truth(number))

    async def step(self, kind: str, first: Any, second: Any) -> None:
        match kind:
            case "ask":
                self.ask(first)
            case "close":
                self.gate.closed = True
            case "open":
                self.gate.closed = False
            case "release":
                await self.release()
            case "race":
                await self.race(first, second)
            case _:
                apply(self.cluster, kind, first, second)
                self.changed()

    async def release(self) -> None:
        """Let what waits go on to where it waits next: a task's start and its waking take turns each."""
        self.gate.release()
        for _ in range(3):
            await asyncio.sleep(0)

    async def race(self, number: int, change: tuple[str, str, str]) -> None:
        """Change the cluster between the reading of an answer and its end, then ask the same again."""
        self.gate.closed = True
        self.ask(number)
        await self.release()
        apply(self.cluster, *change)
        self.changed()
        self.gate.closed = False
        await self.release()
        self.ask(number)

    async def finish(self) -> None:
        self.gate.closed = False
        while self.waiting:
            await self.release()


@given(steps)
@settings(max_examples=150)
def test_no_answer_is_older_than_the_table(history: list[tuple[str, Any, Any]]) -> None:
    async def play() -> None:
        run = Run()
        for step in history:
            await run.step(*step)
        await run.finish()
        for number in range(len(QUESTIONS)):
            run.ask(number)
        assert not run.waiting

    asyncio.run(play())
