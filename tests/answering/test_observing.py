"""Who is told of a query: by what answered it, and whose block it was."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from clusterdns.capabilities import Hit, Rejection
from clusterdns.dns.constants import Rcode, RRClass, RRType
from clusterdns.dns.header import peek_header
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.writer import write_message
from clusterdns.plugin import AnyPlugin, BackendFailure, Context, Next, Part, Plugin, Query, Reply, Reuse
from clusterdns.testing.plugins import plugin_of
from clusterdns.testing.serving import serving

NAME = Name.from_text("a.example.")


def packet(*, name: Name = NAME, rrclass: int = RRClass.IN) -> bytes:
    return write_message(Message(id=7, question=(Question(name, RRType.A, rrclass),)))


class Watcher:
    """Says what it was told of. It is no handler: it stands in no chain."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.seconds: list[float] = []
        self.octets: list[bytes] = []

    def on_hit(self, hit: Hit) -> None:
        self.said.append(f"hit {hit.zone} on {hit.server}")
        self.octets += [hit.request, hit.reply]

    def on_answer(self, query: Query, reply: Reply, *, request: bytes, octets: bytes, seconds: float) -> None:
        self.said.append(f"answer {query.zone} on {query.server}: {Rcode(reply.rcode).name}")
        self.octets += [request, octets]
        self.seconds.append(seconds)

    def on_rejection(self, rejection: Rejection) -> None:
        header = peek_header(rejection.reply)
        assert header is not None
        self.said.append(f"rejection on {rejection.server}: {Rcode(rejection.reply[3] & 15).name}")
        self.octets += [rejection.request, rejection.reply]


def watching(build: Callable[[Context], object | None]) -> AnyPlugin:
    return Plugin(
        name="prometheus",
        help="",
        parse=lambda _directive: None,
        build=lambda _settings, context: build(context),
    )


async def answers(query: Query, _next: Next, _context: Context) -> Reply:
    if query.name == Name.from_text("failed.example."):
        raise BackendFailure("no backend")
    if query.name == Name.from_text("bug.example."):
        raise ZeroDivisionError
    return Reply(reuse=Reuse())


COREFILE = "example {\n  prometheus\n  whoami\n}\nother {\n  whoami\n}\n"


async def told(*packets: bytes) -> Watcher:
    watcher = Watcher()
    async with serving(COREFILE, plugins=[watching(lambda _context: watcher), plugin_of(answers)]) as server:
        for query in packets:
            watcher.octets.clear()
            reply = await server.udp(query)
            assert not watcher.octets or watcher.octets == [query, reply]
    return watcher


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param(packet(), "answer example. on dns://:0: NOERROR", id="answer"),
        pytest.param(
            packet(name=Name.from_text("failed.example.")),
            "answer example. on dns://:0: SERVFAIL",
            id="failure of a backend",
        ),
        pytest.param(
            packet(name=Name.from_text("bug.example.")), "rejection on dns://:0: SERVFAIL", id="bug"
        ),
        pytest.param(packet(rrclass=RRClass.CH), "rejection on dns://:0: REFUSED", id="class"),
        pytest.param(packet(name=Name.from_text("a.")), "rejection on dns://:0: REFUSED", id="no block"),
        pytest.param(packet()[:-1], "rejection on dns://:0: FORMERR", id="malformed"),
    ],
)
async def test_a_watcher_is_told_once_of_each_query(query: bytes, said: str) -> None:
    assert (await told(query)).said == [said]


async def test_a_hit_is_no_answer() -> None:
    watcher = await told(packet(), packet())
    assert watcher.said[1:] == ["hit example. on dns://:0"]


async def test_an_answer_took_time() -> None:
    (seconds,) = (await told(packet())).seconds
    assert 0 < seconds < 5


async def test_another_blocks_answers_are_its_own() -> None:
    query = packet(name=Name.from_text("a.other."))
    assert (await told(query, query)).said == []


async def test_a_shared_backend_is_told_of_what_comes_from_no_chain() -> None:
    watchers: list[Watcher] = []

    def share(context: Context) -> None:
        watchers.append(context.shared(Watcher, Watcher))

    corefile = "a {\n  prometheus\n  whoami\n}\nb {\n  prometheus\n  whoami\n}\n"
    async with serving(corefile, plugins=[watching(share), plugin_of(answers)]) as server:
        await server.udp(packet())
    first, second = watchers
    assert first is second
    assert first.said == ["rejection on dns://:0: REFUSED"]


async def test_a_plugin_finds_the_parts_of_its_block_and_of_all() -> None:
    contexts: list[Context] = []
    watcher = Watcher()

    def build(context: Context) -> Watcher:
        contexts.append(context)
        return watcher

    corefile = "a b {\n  prometheus\n  whoami\n}\nc {\n  bind 127.0.0.1\n  prometheus\n}\n"
    async with serving(corefile, plugins=[watching(build)]):
        first, second = contexts
        assert [part.plugin for part in first.parts()] == ["prometheus", "whoami"]
        assert second.parts() == (Part("prometheus", watcher),)
        assert [part.plugin for part in second.all_parts()] == ["prometheus", "whoami", "prometheus"]
        assert first.servers == ("dns://:0",)
        assert second.servers == ("dns://127.0.0.1:0",)


class Broken:
    """Fails on whatever it is told."""

    def on_hit(self, hit: Hit) -> None:
        raise ZeroDivisionError

    def on_answer(self, query: Query, reply: Reply, *, request: bytes, octets: bytes, seconds: float) -> None:
        raise ZeroDivisionError

    def on_rejection(self, rejection: Rejection) -> None:
        raise ZeroDivisionError


@pytest.mark.parametrize("inline", [True, False])
async def test_a_bug_of_who_watches_takes_no_reply_from_anybody(
    inline: bool, caplog: pytest.LogCaptureFixture
) -> None:
    broken = watching(lambda _context: Broken())
    async with serving(COREFILE, plugins=[broken, plugin_of(answers, inline=inline)]) as server:
        for query in (packet(), packet(), packet(rrclass=RRClass.CH)):
            assert (await server.tcp(query))[:2] == query[:2]
        assert server.server.counters.panics == 3
    said = 'Corefile:2:3: plugin "prometheus": a plugin failed on watching a query'
    assert caplog.messages.count(said) == 3


class Passing(Watcher):
    """Stands in the chain, as `log` does, and sees what passes there."""

    async def __call__(self, query: Query, next: Next) -> Reply:
        self.said.append(f"passing {query.name}")
        return await next(query)


@pytest.mark.parametrize(
    ("watcher", "said"),
    [
        pytest.param(Passing(), ["passing b.other."] * 2, id="in-the-chain"),
        pytest.param(Watcher(), [], id="beside-the-chain"),
    ],
)
async def test_who_watches_a_chain_sees_every_lookup_through_it(watcher: Watcher, said: list[str]) -> None:
    async def looks_up(query: Query, _next: Next, context: Context) -> Reply:
        return await context.lookup(query, Name.from_text("b.other."), RRType.A)

    corefile = "example {\n  looking\n}\nother {\n  prometheus\n  whoami\n}\n"
    watching_ = replace(watching(lambda _context: watcher), inline=True, treats_alike=True)
    plugins = [plugin_of(looks_up, name="looking"), watching_, plugin_of(answers)]
    async with serving(corefile, plugins=plugins) as server:
        for _ in range(2):
            await server.udp(packet())
        (responder,) = server.server.responders
        hits = [cache.hits for cache in responder.memory.values()]
    assert watcher.said == said
    assert sum(hits) == (0 if said else 1)
