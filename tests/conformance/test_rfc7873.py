"""RFC 7873 and 9018: cookies on the wire. How they are made is in tests/answering/test_cookies.py."""

from typing import Final

import pytest

from testbed.asking import Ask
from testbed.wire import edns_query, opt, option, packet, query

WEB: Final = "web.shop.svc.cluster.local"
COOKIE: Final = 10
CLIENT: Final = b"\x24\x64\xc4\xab\xcf\x10\xc9\x57"


def learned(ask: Ask) -> bytes:
    return ask(edns_query(WEB, options=option(COOKIE, CLIENT))).options[COOKIE]


@pytest.mark.parametrize("owner", [WEB, "missing." + WEB, "cluster.local", "example.org"])
def test_5_2_3_a_client_cookie_is_answered_with_both(ask: Ask, owner: str) -> None:
    cookie = ask(edns_query(owner, options=option(COOKIE, CLIENT))).options[COOKIE]
    assert cookie[:8] == CLIENT
    assert cookie[8:12] == bytes((1, 0, 0, 0))
    assert len(cookie) == 24


def test_5_2_5_a_valid_cookie_comes_back(ask: Ask) -> None:
    cookie = learned(ask)
    answer = ask(edns_query(WEB, options=option(COOKIE, cookie)))
    assert answer.rcode == "NOERROR"
    assert answer.options == {COOKIE: cookie}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(CLIENT + bytes(16), id="zeros"),
        pytest.param(CLIENT + bytes(8), id="shortest"),
        pytest.param(CLIENT + bytes(32), id="longest"),
        pytest.param(
            CLIENT + bytes((1, 0, 0, 0)) + (1_700_000_000).to_bytes(4) + bytes(8), id="guessed hash"
        ),
    ],
)
def test_5_2_4_a_wrong_one_is_answered_with_a_fresh_one(ask: Ask, wrong: bytes) -> None:
    answer = ask(edns_query(WEB, options=option(COOKIE, wrong)))
    assert answer.rcode == "NOERROR"
    assert len(answer.answer) == 1
    assert answer.options == {COOKIE: learned(ask)}


@pytest.mark.parametrize("octets", [0, 1, 7, 9, 15, 41, 100])
def test_5_2_2_a_wrong_length_is_formerr(ask: Ask, octets: int) -> None:
    answer = ask(edns_query(WEB, options=option(COOKIE, bytes(octets))))
    assert answer.rcode == "FORMERR"
    assert answer.question == [f"{WEB}. IN A"]
    assert answer.opt == (1232, 0, 0)
    assert answer.options == {}


@pytest.mark.parametrize("octets", [8, 16, 24, 40])
def test_5_2_2_a_right_length_is_not(ask: Ask, octets: int) -> None:
    assert ask(edns_query(WEB, options=option(COOKIE, bytes(octets)))).rcode == "NOERROR"


def test_5_2_only_the_first_cookie_counts(ask: Ask) -> None:
    answer = ask(edns_query(WEB, options=option(COOKIE, CLIENT) + option(COOKIE, b"?")))
    assert answer.options[COOKIE][:8] == CLIENT


def test_5_4_a_cookie_may_be_asked_for_without_a_question(ask: Ask) -> None:
    answer = ask(packet(additional=[opt(options=option(COOKIE, CLIENT))]))
    assert answer.rcode == "NOERROR"
    assert answer.counts == (0, 0, 0, 1)
    assert answer.options == {COOKIE: learned(ask)}


@pytest.mark.parametrize("valid", [True, False])
def test_5_4_and_confirmed(ask: Ask, valid: bool) -> None:
    cookie = learned(ask) if valid else CLIENT + bytes(16)
    answer = ask(packet(additional=[opt(options=option(COOKIE, cookie))]))
    assert answer.rcode == ("NOERROR" if valid else "BADCOOKIE")
    assert answer.options == {COOKIE: learned(ask)}


def test_a_cookie_belongs_to_an_address_and_comes_with_refusals_too(ask: Ask) -> None:
    first, second = learned(ask), learned(ask)
    assert first == second
    assert ask(edns_query("example.org", options=option(COOKIE, CLIENT))).options == {COOKIE: first}
    notimp = ask(edns_query(WEB, options=option(COOKIE, CLIENT), bits=2 << 11))
    assert notimp.options == {COOKIE: first}


def test_no_cookie_without_one(ask: Ask) -> None:
    assert ask(edns_query(WEB)).options == {}
    assert not ask(query(WEB)).has_opt


def test_a_cookie_stays_in_a_reply_that_is_cut(ask_udp: Ask) -> None:
    answer = ask_udp(edns_query("n252.big.svc.cluster.local", size=512, options=option(COOKIE, CLIENT)))
    assert "TC" in answer.flags
    assert len(answer.octets) <= 512
    assert answer.options == {COOKIE: learned(ask_udp)}
