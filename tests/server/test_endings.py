"""However a chain ends, its query gets one reply, and nothing is counted as in flight for ever."""

import asyncio

import pytest

from clusterdns.answering.cookies import Cookies
from clusterdns.answering.in_flight import InFlight
from clusterdns.answering.responder import Responder
from clusterdns.answering.router import Block, Router
from clusterdns.dns.constants import Rcode, RRType
from clusterdns.dns.edns import Edns, ExtendedErrorCode
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import ROOT, Name
from clusterdns.dns.reader import read_message
from clusterdns.dns.siphash import KEY_OCTETS
from clusterdns.dns.writer import write_message
from clusterdns.plugin import BackendFailure, Context, Next, Query, Reply
from clusterdns.telemetry.counters import Counters
from clusterdns.testing.contexts import fake_client
from clusterdns.testing.plugins import plugin_of
from clusterdns.testing.serving import serving

COREFILE = ". {\n  whoami\n}\n"
QUERY = write_message(Message(question=(Question(Name.from_text("web.example"), RRType.A),), edns=Edns()))


@pytest.mark.parametrize("inline", [True, False])
async def test_what_a_plugin_waits_for_may_be_cancelled_by_others(
    inline: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def waits(_query: Query, _next: Next, _context: Context) -> Reply:
        shared = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(shared.cancel)
        reply: Reply = await shared
        return reply

    async with serving(COREFILE, plugins=[plugin_of(waits, inline=inline)]) as serves:
        assert read_message(await serves.tcp(QUERY)).rcode == Rcode.SERVFAIL
        assert serves.server.counters.panics == 1
        assert serves.server.in_flight == 0
    assert "what a plugin waited for was cancelled" in caplog.text


async def test_a_failure_whose_text_cannot_be_sent_is_a_bug() -> None:
    async def fails(_query: Query, _next: Next, _context: Context) -> Reply:
        raise BackendFailure("cannot read \udc80", extended_error=ExtendedErrorCode.OTHER)

    async with serving(COREFILE, plugins=[plugin_of(fails)]) as serves:
        assert read_message(await serves.udp(QUERY)).rcode == Rcode.SERVFAIL
        assert serves.server.counters.panics == 1


def responder(chain: Next, in_flight: InFlight, counters: Counters) -> Responder:
    return Responder(
        "dns://:53",
        Router([(ROOT, Block(zones=(ROOT,), chain=chain))]),
        in_flight=in_flight,
        counters=counters,
        memory={},
        cookies=Cookies(bytes(KEY_OCTETS), lambda: 0.0),
        on_crash=lambda bug: pytest.fail(str(bug)),
    )


@pytest.mark.parametrize("hides", [False, True], ids=["passed on", "raised anew"])
async def test_a_chain_that_takes_too_long_is_servfail(hides: bool) -> None:
    async def waits(_query: Query) -> Reply:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if hides:
                raise asyncio.CancelledError("of a plugin's own") from None
            raise
        return Reply()

    counters, sent = Counters(), asyncio.Queue[bytes | None]()
    responder(waits, InFlight(seconds=0.01), counters).respond(QUERY, fake_client(), sent.put_nowait)
    reply = await sent.get()
    assert reply is not None
    assert read_message(reply).rcode == Rcode.SERVFAIL
    assert (counters.timed_out, counters.panics) == (1, 0)


async def test_when_too_many_wait_only_those_that_have_to_wait_are_dropped() -> None:
    may_answer = asyncio.Event()

    async def waits(query: Query) -> Reply:
        if query.message.id == 2:
            await may_answer.wait()
        return Reply()

    counters, in_flight, sent = Counters(), InFlight(most=1), list[int | None]()
    waiting, quick = (write_message(Message(id=id, question=read_message(QUERY).question)) for id in (2, 1))
    answers = responder(waits, in_flight, counters)
    for packet in (waiting, waiting, quick):
        answers.respond(packet, fake_client(), lambda reply: sent.append(reply[1] if reply else None))
    assert sent == [None, 1]
    assert counters.overloaded == 1
    may_answer.set()
    await in_flight.drain(1)
    assert sent == [None, 1, 2]


async def test_what_is_cancelled_when_the_server_stops_gets_no_reply() -> None:
    async def waits(_query: Query) -> Reply:
        await asyncio.Event().wait()
        return Reply()

    counters, in_flight, sent = Counters(), InFlight(), list[bytes | None]()
    responder(waits, in_flight, counters).respond(QUERY, fake_client(), sent.append)
    await asyncio.sleep(0)
    await in_flight.drain(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (len(in_flight), sent) == (0, [])
    assert (counters.timed_out, counters.panics) == (0, 0)
