"""The chain runner builds a server block's plugins from text and asks them."""

import pytest

from clusterdns.corefile import CorefileErrors, Directive
from clusterdns.dns.constants import Rcode
from clusterdns.dns.name import ROOT, Name
from clusterdns.dns.text import parse_section
from clusterdns.plugin import BackendFailure, Context, Next, Plugin, Query, Reply
from clusterdns.testing.chain import lines, outcome, running
from clusterdns.testing.contexts import Clock, FakeContext, fake_client


class Named:
    """Answers below `word.` with the context's view of things, and knows whether it was started."""

    def __init__(self, word: str, context: Context) -> None:
        self.word = word
        self.context = context
        self.running = False

    async def __aenter__(self) -> None:
        self.running = True

    async def __aexit__(self, *_: object) -> None:
        self.running = False

    async def __call__(self, query: Query, next: Next, /) -> Reply:
        if query.name == Name.from_text(f"nested.{self.word}"):
            return await self.context.lookup(query, Name.from_text(self.word), query.rtype)
        if query.name == Name.from_text(f"loop.{self.word}"):
            return await self.context.lookup(query, query.name, query.rtype)
        if query.name == Name.from_text(self.word):
            assert self.running
            return Reply(answer=parse_section(f"{self.word}. 5 IN A 192.0.2.1"))
        return await next(query)


def word_plugin(name: str) -> Plugin[str]:
    def parse(directive: Directive) -> str:
        return directive.entries[0].args[0].text

    return Plugin(name=name, help="", parse=parse, build=Named, before="whoami")


ONE, TWO = word_plugin("one"), word_plugin("two")
COREFILE = ". {\ntwo b\none a\n}"


async def test_plugins_are_built_started_asked_and_stopped() -> None:
    async with running(COREFILE, ONE, TWO) as chain:
        assert outcome(await chain.ask("a", "A")) == ["A 192.0.2.1"]
        assert outcome(await chain.ask("b", 1)) == ["A 192.0.2.1"]
        assert chain.zone == ROOT


async def test_a_plugin_that_the_text_does_not_name_is_not_used() -> None:
    async with running("example.org {\none a\n}", ONE, TWO) as chain:
        with pytest.raises(BackendFailure):
            await chain.ask("b")


async def test_what_comes_out_at_the_end_is_kept_and_answered_by_the_test() -> None:
    async def end(query: Query) -> Reply:
        return Reply(rcode=Rcode.REFUSED)

    async with running(COREFILE, ONE, TWO, end=end) as chain:
        assert outcome(await chain.ask("else.where")) == ["REFUSED"]
        assert [str(query.name) for query in chain.asked] == ["else.where."]


async def test_nested_look_ups_go_through_the_chain_and_end() -> None:
    async with running(COREFILE, ONE, TWO) as chain:
        assert outcome(await chain.ask("nested.a")) == ["A 192.0.2.1"]
        with pytest.raises(BackendFailure, match="more than 10 look-ups"):
            await chain.ask("loop.a")


async def test_a_word_that_is_no_type_is_an_error() -> None:
    async with running(COREFILE, ONE, TWO) as chain:
        with pytest.raises(ValueError, match="'AA' is no record type"):
            await chain.ask("a", "AA")


async def test_a_text_that_is_wrong_is_an_error() -> None:
    with pytest.raises(CorefileErrors, match="three"):
        async with running("example.org {\nthree a\n}", ONE):
            pass


def test_lines_and_outcome() -> None:
    reply = Reply(answer=parse_section("a. 5 IN A 192.0.2.1\na. 5 IN A 192.0.2.2\nb. 6 IN MX 1 c."))
    assert lines(reply.answer) == ["a. 5 IN A 192.0.2.1", "a. 5 IN A 192.0.2.2", "b. 6 IN MX 1 c."]
    assert outcome(reply) == ["A 192.0.2.1", "A 192.0.2.2", "MX 1 c."]
    assert outcome(Reply()) == ["NODATA"]
    assert outcome(Reply(rcode=Rcode.NXDOMAIN)) == ["NXDOMAIN"]


class TestFakeContext:
    def test_its_clock_stands_still_until_it_is_moved(self) -> None:
        context = FakeContext(clock=Clock())
        before = context.time(), context.monotonic()
        assert before == (context.time(), context.monotonic())
        context.clock.advance(2.5)
        assert (context.time(), context.monotonic()) == (before[0] + 2.5, 2.5)

    def test_its_interfaces_have_the_addresses_of_the_test(self) -> None:
        found = FakeContext(addresses=("192.0.2.1",)).interfaces()
        assert [(one.name, one.addresses) for one in found] == [
            ("lo", ("127.0.0.1", "::1")),
            ("eth0", ("192.0.2.1",)),
        ]

    def test_backends_are_made_once_a_key_unless_the_test_gives_them(self) -> None:
        context = FakeContext(backends={int: "given"})
        made = [context.shared(key, object) for key in ("a", "a", "b")]
        assert made[0] is made[1] is not made[2]
        assert context.shared(7, lambda: "made") == "given"

    def test_offers_are_found_by_type(self) -> None:
        context = FakeContext(offers=[1])
        context.provide("x")
        assert (context.require(str), context.require(int), context.require(bytes)) == ("x", 1, None)


def test_a_fake_client() -> None:
    client = fake_client("10.0.0.1")
    assert client.address == "10.0.0.1"
