"""`loadbalance` puts the records of a reply into another order."""

from collections import Counter
from ipaddress import ip_network
from random import Random

import pytest

from clusterdns.dns.constants import Rcode, RRType
from clusterdns.dns.message import RRset, Section
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import A, Rdata
from clusterdns.dns.text import parse_section
from clusterdns.plugin import Next, Query, Reply, Reuse
from clusterdns.testing.chain import lines, running
from clusterdns_plugins.loadbalance import plugin, policy
from clusterdns_plugins.loadbalance.config import Network
from clusterdns_plugins.loadbalance.policy import MOST_SHUFFLED, Weights, preferring, shuffled, weighted

THREE = parse_section("\n".join(f"w.org. 5 IN A 192.0.2.{host}" for host in (1, 2, 3)))
ONE = parse_section("w.org. 5 IN A 192.0.2.1")
SIX = parse_section("w.org. 5 IN AAAA 2001:db8::1\nw.org. 5 IN AAAA 2001:db8::2")
MX = parse_section("w.org. 5 IN MX 10 a.org.\nw.org. 5 IN MX 10 b.org.")
NS = parse_section("w.org. 5 IN NS a.org.\nw.org. 5 IN NS b.org.")
CNAME = parse_section("v.org. 5 IN CNAME w.org.")
TXT = parse_section('w.org. 5 IN TXT "x"')
WEIGHTS: Weights = {Name.from_text("W.org."): {bytes([192, 0, 2, 1]): 8, bytes([192, 0, 2, 2]): 3}}


MOST_IN_A_MESSAGE = 4096
"""A records of 16 octets, and one so that the message is cut."""


def read_networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(word, strict=False) for word in text.split())


def replying(reply: Reply) -> Next:
    async def end(query: Query) -> Reply:
        return reply

    return end


def test_every_order_comes_as_often_as_another() -> None:
    random = Random(1)
    orders = Counter(shuffled(THREE, random)[0].rdatas for _ in range(6_000))
    assert len(orders) == 6
    assert all(900 < count < 1_100 for count in orders.values())


def test_of_very_many_addresses_each_is_as_often_first_as_another_and_none_is_lost() -> None:
    random, addresses = Random(1), tuple(A(number.to_bytes(4)) for number in range(MOST_SHUFFLED + 1))
    many = (RRset(Name.from_text("w.org."), 5, addresses),)
    (turned,) = shuffled(many, random)
    assert set(turned.rdatas) == set(addresses)
    firsts: Counter[Rdata] = Counter()
    for _ in range(20_000):
        (rrset,) = shuffled(many, random)
        firsts[rrset.rdatas[0]] += 1
        assert len(rrset.rdatas) == len(addresses)
    assert len(firsts) == len(addresses)
    assert all(40 < count < 125 for count in firsts.values())


def very_many(count: int) -> tuple[RRset, tuple[A, ...]]:
    addresses = tuple(A(number.to_bytes(4)) for number in range(count))
    return RRset(Name.from_text("w.org."), 5, addresses), addresses


@pytest.mark.parametrize("order", ["shuffled", "weighted"])
def test_of_more_addresses_than_a_message_holds_each_is_answered_as_often_as_another(order: str) -> None:
    random, (rrset, addresses) = Random(1), very_many(8_200)
    answered: Counter[Rdata] = Counter()
    for _ in range(400):
        (turned,) = shuffled((rrset,), random) if order == "shuffled" else weighted((rrset,), WEIGHTS, random)
        assert len(turned.rdatas) == len(set(turned.rdatas)) == MOST_IN_A_MESSAGE
        answered.update(turned.rdatas)
    assert len(answered) == len(addresses)
    assert all(140 < count < 260 for count in answered.values())


def test_no_more_addresses_are_ranked_than_a_message_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[Rdata] = []

    def is_inside(rdata: Rdata, octets: int, mask: int, wanted: int) -> bool:
        compared.append(rdata)
        return False

    monkeypatch.setattr(policy, "_is_inside", is_inside)
    preferring(shuffled((very_many(100_000)[0],), Random(1)), read_networks("10.0.0.0/8"))
    assert len(compared) == MOST_IN_A_MESSAGE


@pytest.mark.parametrize("section", [THREE, SIX, MX], ids=["A", "AAAA", "MX"])
def test_addresses_and_mx_are_shuffled(section: Section) -> None:
    random = Random(1)
    firsts = {shuffled(section, random)[0].rdatas[0] for _ in range(100)}
    assert firsts == set(section[0].rdatas)


def test_other_types_keep_their_order() -> None:
    assert all(shuffled(NS, Random(seed)) == NS for seed in range(20))


def test_cnames_come_first_and_mx_last() -> None:
    section = shuffled((*MX, *ONE, *TXT, *CNAME), Random(1))
    assert [rrset.rtype for rrset in section] == [RRType.CNAME, RRType.TXT, RRType.A, RRType.MX]


def test_a_chain_of_cnames_keeps_its_order() -> None:
    chain = parse_section("a.org. 5 IN CNAME b.org.\nb.org. 5 IN CNAME c.org.\nc.org. 5 IN A 192.0.2.1")
    assert shuffled(chain, Random(1)) == chain


async def test_all_sections_are_shuffled() -> None:
    reply = Reply(answer=THREE, authority=THREE, additional=THREE)
    seen: set[tuple[str, ...]] = set()
    async with running(". {\nloadbalance\n}", plugin, end=replying(reply)) as chain:
        for _ in range(60):
            got = await chain.ask("w.org.")
            seen.add(tuple(lines(section)[0] for section in (got.answer, got.authority, got.additional)))
    assert all(len(set(firsts)) > 1 for firsts in zip(*seen, strict=True))


@pytest.mark.parametrize(
    ("reply", "rtype", "text"),
    [
        pytest.param(Reply(answer=THREE, rcode=Rcode.NXDOMAIN), "A", "loadbalance", id="not NOERROR"),
        pytest.param(Reply(answer=THREE), "AXFR", "loadbalance", id="AXFR"),
        pytest.param(Reply(answer=THREE), "IXFR", "loadbalance", id="IXFR"),
        pytest.param(Reply(answer=ONE, additional=NS), "A", "loadbalance", id="nothing to choose"),
        pytest.param(
            Reply(answer=THREE), "MX", "loadbalance weighted /dev/null", id="weights are for addresses"
        ),
    ],
)
async def test_a_reply_is_left_alone(reply: Reply, rtype: str, text: str) -> None:
    async with running(f". {{\n{text}\n}}", plugin, end=replying(reply)) as chain:
        for _ in range(10):
            assert await chain.ask("w.org.", rtype) is reply


@pytest.mark.parametrize(
    ("reply", "reuse"),
    [
        pytest.param(Reply(answer=THREE, reuse=Reuse(until=5)), Reuse(until=5, turns=True), id="addresses"),
        pytest.param(Reply(additional=SIX, reuse=Reuse()), Reuse(turns=True), id="additional ones, too"),
        pytest.param(Reply(answer=ONE, reuse=Reuse()), Reuse(), id="one address is not turned"),
        pytest.param(Reply(answer=(*CNAME, *ONE), reuse=Reuse()), Reuse(), id="also behind a CNAME"),
        pytest.param(Reply(additional=SIX), None, id="what was never remembered is not now"),
        pytest.param(Reply(answer=MX, reuse=Reuse()), None, id="MX records are new for each query"),
        pytest.param(Reply(answer=(*MX, *THREE), reuse=Reuse()), None, id="also beside addresses"),
    ],
)
async def test_shuffled_addresses_are_remembered_and_turned(reply: Reply, reuse: Reuse | None) -> None:
    async with running(". {\nloadbalance\n}", plugin, end=replying(reply)) as chain:
        assert (await chain.ask("w.org.")).reuse == reuse


@pytest.mark.parametrize(
    "text",
    ["loadbalance weighted /dev/null", "loadbalance round_robin {\nprefer 10.0.0.0/8\n}"],
)
@pytest.mark.parametrize(
    ("reply", "remembered"),
    [
        pytest.param(Reply(answer=THREE, reuse=Reuse()), False, id="two addresses are new for each query"),
        pytest.param(Reply(additional=SIX, reuse=Reuse()), False, id="in the additional section, too"),
        pytest.param(Reply(answer=ONE, reuse=Reuse()), True, id="one address is remembered"),
        pytest.param(Reply(answer=(*CNAME, *ONE), reuse=Reuse()), True, id="also behind a CNAME"),
        pytest.param(Reply(additional=ONE), False, id="what was never remembered is not now"),
    ],
)
async def test_only_replies_without_a_choice_are_remembered_where_order_means_something(
    reply: Reply, remembered: bool, text: str
) -> None:
    async with running(f". {{\n{text}\n}}", plugin, end=replying(reply)) as chain:
        got = await chain.ask("w.org.")
    assert (got.reuse is not None) == remembered


def test_weights_say_how_often_an_address_is_first() -> None:
    random = Random(1)
    firsts = Counter(lines(weighted(THREE, WEIGHTS, random))[0].split()[-1] for _ in range(6_000))
    assert {address: round(count / 500) for address, count in firsts.items()} == {
        "192.0.2.1": 8,
        "192.0.2.2": 3,
        "192.0.2.3": 1,
    }


def test_the_address_drawn_changes_places_with_the_first() -> None:
    weights: Weights = {Name.from_text("w.org."): {bytes([192, 0, 2, 3]): 255}}
    orders = {tuple(lines(weighted(THREE, weights, Random(seed)))) for seed in range(5)}
    assert orders == {tuple(f"w.org. 5 IN A 192.0.2.{host}" for host in (3, 2, 1))}


def test_the_address_drawn_leads_all_addresses_of_a_section() -> None:
    weights: Weights = {Name.from_text("x.org."): {bytes([192, 0, 2, 9]): 255}}
    other = parse_section("x.org. 5 IN A 192.0.2.8\nx.org. 5 IN A 192.0.2.9")
    section = weighted((*MX, *ONE, *other, *CNAME), weights, Random(1))
    assert lines(section) == [
        "v.org. 5 IN CNAME w.org.",
        "x.org. 5 IN A 192.0.2.9",
        "x.org. 5 IN A 192.0.2.8",
        "w.org. 5 IN A 192.0.2.1",
        "w.org. 5 IN MX 10 a.org.",
        "w.org. 5 IN MX 10 b.org.",
    ]


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        pytest.param("192.0.2.3/32", [3, 1, 2], id="one prefix"),
        pytest.param("192.0.2.2/31", [2, 3, 1], id="order within a prefix is kept"),
        pytest.param("192.0.2.3/32 192.0.2.2/32", [3, 2, 1], id="prefixes in their order"),
        pytest.param("192.0.2.7/24", [1, 2, 3], id="bits behind the prefix do not count"),
        pytest.param("::/0", [1, 2, 3], id="another family"),
    ],
)
def test_preferred_addresses_come_first(prefer: str, expected: list[int]) -> None:
    networks = read_networks(prefer)
    assert lines(preferring(THREE, networks)) == [f"w.org. 5 IN A 192.0.2.{host}" for host in expected]


def test_ipv6_has_preferred_addresses_too() -> None:
    (rrset,) = preferring(SIX, read_networks("2001:db8::2/127"))
    assert rrset.rdatas == tuple(reversed(SIX[0].rdatas))


async def test_preferred_addresses_come_first_after_shuffling() -> None:
    corefile = ". {\nloadbalance round_robin {\nprefer 192.0.2.2/32 192.0.2.3/32\n}\n}"
    async with running(corefile, plugin, end=replying(Reply(answer=THREE, additional=THREE))) as chain:
        for _ in range(20):
            reply = await chain.ask("w.org.")
            for section in (reply.answer, reply.additional):
                assert [A(bytes([192, 0, 2, host])) for host in (2, 3, 1)] == list(section[0].rdatas)
