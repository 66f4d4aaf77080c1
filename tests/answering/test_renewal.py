"""A remembered reply is given anew: TTLs count down, addresses turn, and nothing else changes."""

from collections import Counter
from random import Random

import pytest

from clusterdns.answering.renewal import is_turned_whole, renewal_of, renewed
from clusterdns.dns.constants import Flag, RRType
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import A
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from clusterdns.plugin import Reuse

WEB = Name.from_text("web.example.")
ADDRESSES = 15
ROUNDS = 15_000
CRITICAL = 36.1
"""Chi-square with 14 degrees of freedom at 0.1 %."""


def reply(*, ttl: int = 30, flags: int = 0) -> bytes:
    rdatas = tuple(A(bytes([10, 0, 0, each])) for each in range(ADDRESSES))
    question = (Question(WEB, RRType.A),)
    return write_message(Message(id=1, flags=flags, question=question, answer=(RRset(WEB, ttl, rdatas),)))


def given_again(octets: bytes, reuse: Reuse, *, after: float = 0.0, random: float = 0.0) -> Message:
    renewal = renewal_of(octets, reuse, 100.0)
    assert renewal is not None
    return read_message(octets[:2] + renewed(octets[2:], renewal, 100.0 + after, lambda: random))


@pytest.mark.parametrize(
    ("after", "ttl"),
    [
        pytest.param(0.9, 30, id="within the first second"),
        pytest.param(1.0, 29, id="a second later"),
        pytest.param(29.5, 1, id="near the end"),
        pytest.param(1000.0, 0, id="never below 0"),
    ],
)
def test_ttls_count_down(after: float, ttl: int) -> None:
    message = given_again(reply(), Reuse(counts_down=True), after=after)
    assert {rrset.ttl for rrset in message.answer} == {ttl}
    assert len(message.answer[0].rdatas) == ADDRESSES


def test_a_reply_that_asks_for_neither_stays_as_it_is() -> None:
    assert renewal_of(reply(), Reuse(), 100.0) is None


def test_addresses_are_turned_and_none_is_lost() -> None:
    before = read_message(reply()).answer[0].rdatas
    (turned,) = given_again(reply(), Reuse(turns=True), random=0.5).answer
    assert turned.rdatas == before[7:] + before[:7]


def test_every_address_is_in_every_place_equally_often() -> None:
    octets, random = reply(), Random(7).random
    renewal = renewal_of(octets, Reuse(turns=True), 0.0)
    assert renewal is not None
    places: Counter[tuple[int, object]] = Counter()
    for _ in range(ROUNDS):
        (rrset,) = read_message(octets[:2] + renewed(octets[2:], renewal, 0.0, random)).answer
        places.update(enumerate(rrset.rdatas))
    expected = ROUNDS / ADDRESSES
    for place in range(ADDRESSES):
        found = [count for (at, _), count in places.items() if at == place]
        assert sum((each - expected) ** 2 / expected for each in found) < CRITICAL


def test_what_was_cut_is_not_turned_from_memory() -> None:
    assert is_turned_whole(reply(), Reuse(turns=True))
    assert is_turned_whole(reply(flags=Flag.TC), Reuse())
    assert not is_turned_whole(reply(flags=Flag.TC), Reuse(turns=True))
