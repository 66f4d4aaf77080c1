"""What becomes of a packet between the transport and the chain, over a real socket."""

import asyncio
from dataclasses import replace

import pytest

from clusterdns.dns.constants import Flag, Rcode, RRClass, RRType
from clusterdns.dns.edns import Edns, ExtendedError, ExtendedErrorCode
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import A
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from clusterdns.plugin import BackendFailure, Context, Next, Query, Reply, Reuse, Transport
from clusterdns.rows import RowSource
from clusterdns.telemetry.families import Count
from clusterdns.testing.plugins import Body, plugin_of
from clusterdns.testing.serving import serving

COREFILE = ". {\n  whoami\n}\n"
NAME = Name.from_text("Web.example.")


def packet(
    *, id: int = 1, flags: int = 0, rrclass: int = RRClass.IN, edns: Edns | None = None, name: Name = NAME
) -> bytes:
    return write_message(
        Message(id=id, flags=flags, question=(Question(name, RRType.A, rrclass),), edns=edns)
    )


async def answer(corefile: str, body: Body, query: bytes) -> Message:
    async with serving(corefile, plugins=[plugin_of(body)]) as server:
        return read_message(await server.udp(query))


def address(query: Query, last: int = 1) -> tuple[RRset, ...]:
    return (RRset(query.name, 5, (A(bytes([10, 0, 0, last])),)),)


async def answers(query: Query, _next: Next, _context: Context) -> Reply:
    return Reply(answer=address(query), reuse=Reuse())


async def test_id_question_rd_and_cd_are_repeated_and_the_rest_is_the_replys() -> None:
    flags = (Flag.RD | Flag.CD | Flag.AD | Flag.Z).value
    reply = await answer(COREFILE, answers, packet(id=0xABCD, flags=flags))
    assert reply.id == 0xABCD
    assert reply.flags == Flag.QR | Flag.AA | Flag.RD | Flag.CD
    assert reply.question[0].name.wire == NAME.wire
    assert reply.answer[0].owner.wire == NAME.wire


async def test_a_reply_has_our_opt_record_with_the_clients_do_bit_only_if_asked() -> None:
    assert (await answer(COREFILE, answers, packet())).edns is None
    reply = await answer(COREFILE, answers, packet(edns=Edns(payload=4096, flags=0xFFFF)))
    assert reply.edns == Edns(payload=1232, version=0, flags=0x8000)


async def test_no_block_for_the_name_is_refused() -> None:
    reply = await answer("example.org {\n  whoami\n}\n", answers, packet())
    assert reply.rcode == Rcode.REFUSED
    assert not reply.flags & Flag.AA


async def test_a_block_without_plugins_refuses() -> None:
    async with serving(". {\n}\n") as server:
        assert read_message(await server.udp(packet())).rcode == Rcode.REFUSED


async def test_a_backend_failure_is_its_rcode_with_the_extended_error() -> None:
    async def fails(_query: Query, _next: Next, _context: Context) -> Reply:
        raise BackendFailure("not yet", extended_error=ExtendedErrorCode.NOT_READY)

    reply = await answer(COREFILE, fails, packet(edns=Edns()))
    assert reply.rcode == Rcode.SERVFAIL
    assert reply.edns is not None
    assert reply.edns.options == (ExtendedError(ExtendedErrorCode.NOT_READY, "not yet").to_option(),)
    assert not reply.flags & Flag.AA


@pytest.mark.parametrize(
    ("corefile", "rcode", "text"),
    [
        pytest.param(
            COREFILE, Rcode.SERVFAIL, "no plugin of this server block answers it", id="the last passes on"
        ),
        pytest.param(
            ". {\n}\n", Rcode.REFUSED, "this server block has no plugin that answers", id="no plugin"
        ),
    ],
)
async def test_a_query_that_no_plugin_answers_says_so(
    corefile: str, rcode: Rcode, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def passes_on(query: Query, next: Next, _context: Context) -> Reply:
        return await next(query)

    reply = await answer(corefile, passes_on, packet(edns=Edns()))
    assert reply.rcode == rcode
    assert reply.edns is not None
    assert reply.edns.options == (ExtendedError(ExtendedErrorCode.OTHER, text).to_option(),)
    assert not caplog.records


async def test_a_plugins_bug_is_servfail_a_traceback_and_a_count(caplog: pytest.LogCaptureFixture) -> None:
    async def breaks(_query: Query, _next: Next, _context: Context) -> Reply:
        raise ZeroDivisionError("oops")

    async with serving(COREFILE, plugins=[plugin_of(breaks)]) as server:
        reply = read_message(await server.udp(packet()))
        assert server.server.counters.panics == 1
    assert reply.rcode == Rcode.SERVFAIL
    assert "a plugin failed on Web.example. IN A" in caplog.text
    assert "ZeroDivisionError: oops" in caplog.text


async def test_an_unwritable_reply_is_a_bug_too() -> None:
    async def unwritable(query: Query, _next: Next, _context: Context) -> Reply:
        return Reply(rcode=Rcode.NOERROR, answer=(RRset(query.name, -1, (A(b"\1\2\3\4"),)),))

    assert (await answer(COREFILE, unwritable, packet())).rcode == Rcode.SERVFAIL


async def test_a_lookup_of_another_name_goes_through_the_whole_server() -> None:
    async def looks_up(query: Query, _next: Next, context: Context) -> Reply:
        if query.depth:
            return Reply(answer=address(query, query.depth))
        return await context.lookup(query, Name.from_text("other.example."), RRType.A)

    reply = await answer(COREFILE, looks_up, packet())
    assert reply.answer[0].to_text() == "other.example. 5 IN A 10.0.0.1"
    assert reply.question[0].name == NAME


async def test_lookups_are_bounded_in_depth() -> None:
    depths: list[int] = []

    async def looks_up(query: Query, _next: Next, context: Context) -> Reply:
        depths.append(query.depth)
        return await context.lookup(query, query.name, query.rtype)

    assert (await answer(COREFILE, looks_up, packet())).rcode == Rcode.SERVFAIL
    assert depths == list(range(11))


async def test_a_lookup_outside_every_zone_is_refused() -> None:
    async def looks_up(query: Query, _next: Next, context: Context) -> Reply:
        return await context.lookup(query, Name.from_text("elsewhere."), RRType.A)

    reply = await answer("example {\n  whoami\n}\n", looks_up, packet())
    assert reply.rcode == Rcode.REFUSED


@pytest.mark.parametrize(("any_class", "rcode"), [(False, Rcode.REFUSED), (True, Rcode.NOERROR)])
async def test_other_classes_need_a_plugin_that_answers_them(any_class: bool, rcode: int) -> None:
    async with serving(COREFILE, plugins=[plugin_of(answers, any_class=any_class)]) as server:
        assert read_message(await server.udp(packet(rrclass=RRClass.CH))).rcode == rcode


async def counted(query: Query, _next: Next, context: Context) -> Reply:
    calls = context.require(list)
    if calls is None:
        context.provide(calls := [])
    calls.append(query)
    return Reply(answer=address(query, len(calls)), reuse=Reuse())


def last_octet(reply: bytes) -> int:
    return reply[-1]


async def test_an_equal_packet_is_answered_from_memory() -> None:
    async with serving(COREFILE, plugins=[plugin_of(counted)]) as server:
        replies = [await server.udp(packet(id=id)) for id in (1, 2)]
    assert [reply[:2] for reply in replies] == [b"\0\1", b"\0\2"]
    assert [last_octet(reply) for reply in replies] == [1, 1]


@pytest.mark.parametrize(
    ("treats_alike", "packet_cache"),
    [
        pytest.param(False, True, id="plugin-that-does-not-say-so"),
        pytest.param(True, False, id="switched-off"),
    ],
)
async def test_every_query_goes_through_the_chain_otherwise(treats_alike: bool, packet_cache: bool) -> None:
    plugin = plugin_of(counted, treats_alike=treats_alike)
    async with serving(COREFILE, plugins=[plugin], packet_cache=packet_cache) as server:
        assert [last_octet(await server.udp(packet())) for _ in range(2)] == [1, 2]


async def test_a_reply_without_reuse_is_never_remembered() -> None:
    async def forgetful(query: Query, next: Next, context: Context) -> Reply:
        return replace(await counted(query, next, context), reuse=None)

    async with serving(COREFILE, plugins=[plugin_of(forgetful)]) as server:
        assert [last_octet(await server.udp(packet())) for _ in range(2)] == [1, 2]


@pytest.mark.parametrize(("treats_alike", "octets"), [(False, [1, 2]), (True, [1, 1])])
async def test_a_lookup_is_remembered_only_if_the_block_that_answers_it_remembers(
    treats_alike: bool, octets: list[int]
) -> None:
    async def looks_up(query: Query, _next: Next, context: Context) -> Reply:
        return await context.lookup(query, Name.from_text("web.other"), RRType.A)

    corefile = "example {\n  whoami\n}\nother {\n  counting\n}\n"
    counting = plugin_of(counted, name="counting", treats_alike=treats_alike)
    async with serving(corefile, plugins=[plugin_of(looks_up), counting]) as server:
        assert [last_octet(await server.udp(packet())) for _ in range(2)] == octets


async def test_udp_and_tcp_do_not_share_replies() -> None:
    async with serving(COREFILE, plugins=[plugin_of(counted)]) as server:
        assert last_octet(await server.udp(packet())) == 1
        assert last_octet(await server.tcp(packet())) == 2


async def test_a_reply_that_took_longer_than_a_change_is_not_remembered() -> None:
    source, has_read, go_on = RowSource(), asyncio.Event(), asyncio.Event()

    async def slow(query: Query, next: Next, context: Context) -> Reply:
        query.noted.note(source, "web")
        has_read.set()
        await go_on.wait()
        return await counted(query, next, context)

    async with serving(COREFILE, plugins=[plugin_of(slow, inline=False)]) as server:
        first = asyncio.create_task(server.udp(packet()))
        await has_read.wait()
        assert server.server.in_flight == 1
        source.touch(["web"])
        go_on.set()
        assert last_octet(await first) == 1
        assert last_octet(await server.udp(packet())) == 2
        assert last_octet(await server.udp(packet())) == 2


@pytest.mark.parametrize("remembered", [True, False], ids=["remembered", "made anew"])
async def test_a_plugin_counts_every_reply_wherever_it_comes_from(remembered: bool) -> None:
    """Its own, and those of plugins behind it."""
    mine, passed = Count(), Count()

    async def counts(query: Query, next: Next, _context: Context) -> Reply:
        return (await next(query)).counted_by(passed)

    async def answers(query: Query, _next: Next, _context: Context) -> Reply:
        reuse = Reuse() if remembered else None
        return Reply(answer=address(query), reuse=reuse).counted_by(mine)

    plugins = [plugin_of(counts, name="counts"), plugin_of(answers)]
    async with serving(". {\n  counts\n  whoami\n}\n", plugins=plugins) as server:
        for _ in range(4):
            await server.udp(packet())
        memory = server.server.responders[0].memory[Transport.UDP]
        assert memory.hits == (3 if remembered else 0)
    assert (mine.value, passed.value) == (4, 4)
