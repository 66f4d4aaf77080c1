"""How records are written (RFC 1035, 2782, 3596), and where aliases lead within a zone (RFC 1034)."""

import pytest

from testbed.asking import Ask
from testbed.wire import edns_query, name, query

A, CNAME, SOA, AAAA, SRV = 1, 5, 6, 28, 33
WEB = "web.shop.svc.cluster.local"


def test_rfc1035_4_1_4_owners_point_to_the_question(ask: Ask) -> None:
    answer = ask(query(WEB))
    assert answer.octets.count(name(WEB)) == 1
    assert answer.octets[12 + len(name(WEB)) + 4 :][:2] == b"\xc0\x0c"


def test_rfc2782_targets_are_not_compressed(ask: Ask) -> None:
    answer = ask(query(f"_http._tcp.{WEB}", SRV))
    data = bytes.fromhex("0000 0064 0050") + name(WEB)
    assert len(data).to_bytes(2) + data in answer.octets


def test_rfc2782_a_target_is_no_alias_and_its_addresses_come_along(ask: Ask) -> None:
    answer = ask(query("_http._tcp.two.shop.svc.cluster.local", SRV))
    assert [line.split()[-1] for line in answer.answer] == ["two.shop.svc.cluster.local."]
    assert {line.split(" ", 2)[2] for line in answer.additional} == {"IN A 10.96.0.11", "IN AAAA fd00::11"}


def test_rfc3596_both_families(ask: Ask) -> None:
    owner = "two.shop.svc.cluster.local"
    assert ask(query(owner, A)).answer == [f"{owner}. 5 IN A 10.96.0.11"]
    assert ask(query(owner, AAAA)).answer == [f"{owner}. 5 IN AAAA fd00::11"]


def test_rfc1034_3_6_2_an_alias_is_followed_within_the_zone(ask: Ask) -> None:
    answer = ask(query("alias.shop.svc.cluster.local"))
    assert answer.rcode == "NOERROR"
    assert answer.answer == [f"alias.shop.svc.cluster.local. 5 IN CNAME {WEB}.", f"{WEB}. 5 IN A 10.96.0.10"]


def test_an_alias_whose_target_lacks_the_type_is_no_data(ask: Ask) -> None:
    """As CoreDNS answers; RFC 2308 section 2.2 would have the alias in front. See docs/conformance.md."""
    assert ask(query("alias.shop.svc.cluster.local", AAAA)).is_negative


def test_the_type_cname_is_answered_with_the_alias_alone(ask: Ask) -> None:
    answer = ask(query("alias.shop.svc.cluster.local", CNAME))
    assert answer.answer == [f"alias.shop.svc.cluster.local. 5 IN CNAME {WEB}."]


def test_an_alias_that_leads_out_of_the_zones_stands_alone(ask: Ask) -> None:
    answer = ask(query("away.shop.svc.cluster.local"))
    assert answer.rcode == "NOERROR"
    assert answer.answer == ["away.shop.svc.cluster.local. 5 IN CNAME api.example.com."]


@pytest.mark.parametrize("rtype", [A, AAAA], ids=["A", "AAAA"])
def test_a_loop_of_aliases_ends(ask: Ask, rtype: int) -> None:
    assert ask(query("loop.shop.svc.cluster.local", rtype)).is_negative


def test_no_record_comes_twice(ask_tcp: Ask) -> None:
    for owner, rtype in (("n252.big.svc.cluster.local", A), ("n252.big.svc.cluster.local", SRV), (WEB, SRV)):
        answer = ask_tcp(query(owner, rtype))
        for section in (answer.answer, answer.additional):
            assert len(set(section)) == len(section)


def test_the_soa_has_the_fields_that_a_resolver_needs(ask: Ask) -> None:
    (line,) = ask(edns_query("cluster.local", SOA)).answer
    fields = line.split()
    assert fields[:4] == ["cluster.local.", "5", "IN", "SOA"]
    assert fields[4:6] == ["ns.dns.cluster.local.", "hostmaster.cluster.local."]
    assert [int(field) for field in fields[7:]] == [7200, 1800, 86400, 5]
