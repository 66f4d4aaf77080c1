"""Sets and chains that are larger than any message: cut where it is documented, at a bounded cost."""

import pytest

from testbed.asking import Ask
from testbed.wire import edns_query, query

A, SRV, ANY = 1, 33, 255
HUGE = "n5000.big.svc.cluster.local"
LINKS = 1000
FOLLOWED = 11


def link(place: int) -> str:
    return f"link{place}.shop.svc.cluster.local"


@pytest.mark.parametrize("rtype", [A, SRV], ids=["A", "SRV"])
def test_5000_records_over_udp_are_what_fits_and_tc(ask_udp: Ask, rtype: int) -> None:
    answer = ask_udp(edns_query(HUGE, rtype))
    assert "TC" in answer.flags
    assert 0 < len(answer.answer) < 100
    assert len(answer.octets) > 1232 - 80


@pytest.mark.parametrize("rtype", [A, SRV], ids=["A", "SRV"])
def test_5000_records_over_tcp_are_what_fits_and_tc(ask_tcp: Ask, rtype: int) -> None:
    answer = ask_tcp(query(HUGE, rtype))
    assert answer.bits & 0x200
    assert answer.counts[1] > 600
    assert len(answer.octets) > 65535 - 120


def test_any_of_5000_records_is_short(ask: Ask) -> None:
    assert len(ask(edns_query(HUGE, ANY)).octets) < 100


def test_the_type_that_5000_records_do_not_have_is_no_data(ask: Ask) -> None:
    assert ask(query(HUGE, 28)).is_negative


@pytest.mark.parametrize("followed", [1, 2, FOLLOWED - 1, FOLLOWED])
def test_a_chain_of_aliases_is_followed_as_far_as_documented(ask: Ask, followed: int) -> None:
    answer = ask(query(link(LINKS - followed)))
    assert [line.split()[3] for line in answer.answer] == ["CNAME"] * followed + ["A"]
    assert answer.answer[-1] == "web.shop.svc.cluster.local. 5 IN A 10.96.0.10"


@pytest.mark.parametrize("followed", [FOLLOWED + 1, 100, LINKS])
def test_a_longer_chain_is_no_data(ask: Ask, followed: int) -> None:
    assert ask(query(link(LINKS - followed))).is_negative
