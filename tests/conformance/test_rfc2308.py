"""RFC 2308, 8020 and 4592: negative replies carry one SOA, and a name above others exists; RFC 2181: TTLs."""

import pytest

from testbed.asking import Answer, Ask
from testbed.wire import edns_query, packet, query, question, record

ZONE = "cluster.local"
A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, DS = 1, 2, 5, 6, 12, 15, 16, 28, 33, 43


def soa_fields(answer: Answer) -> list[str]:
    (line,) = answer.authority
    return line.split()


@pytest.mark.parametrize(
    ("owner", "rtype"),
    [
        pytest.param("web.shop.svc." + ZONE, AAAA, id="AAAA of a Service with IPv4 only"),
        pytest.param("web.shop.svc." + ZONE, TXT, id="TXT of a Service"),
        pytest.param("web.shop.svc." + ZONE, CNAME, id="CNAME of a Service"),
        pytest.param("web.shop.svc." + ZONE, SOA, id="SOA below the apex"),
        pytest.param("web.shop.svc." + ZONE, NS, id="NS below the apex"),
        pytest.param("away.shop.svc." + ZONE, TXT, id="another type at an alias"),
        pytest.param("10.0.96.10.in-addr.arpa", A, id="A of a reverse name"),
        pytest.param(ZONE, TXT, id="TXT at the apex"),
        pytest.param(ZONE, DS, id="DS at the apex"),
        pytest.param(ZONE, A, id="A at the apex"),
        pytest.param("ns.dns." + ZONE, TXT, id="TXT of the name server"),
        pytest.param("dns-version." + ZONE, A, id="A of the version"),
        pytest.param("svc." + ZONE, A, id="svc"),
        pytest.param("svc." + ZONE, TXT, id="TXT of svc"),
        pytest.param("pod." + ZONE, A, id="pod"),
        pytest.param("shop.svc." + ZONE, A, id="a namespace"),
        pytest.param("shop.svc." + ZONE, SRV, id="SRV of a namespace"),
        pytest.param("shop.pod." + ZONE, A, id="Pods of a namespace"),
        pytest.param("dns." + ZONE, A, id="above the name server"),
        pytest.param("_tcp.web.shop.svc." + ZONE, SRV, id="above the ports"),
        pytest.param("_tcp.web.shop.svc." + ZONE, A, id="address above the ports"),
        pytest.param("in-addr.arpa", PTR, id="the apex of a reverse zone"),
    ],
)
def test_2_2_no_data(ask: Ask, owner: str, rtype: int) -> None:
    answer = ask(query(owner, rtype))
    assert answer.rcode == "NOERROR"
    assert "AA" in answer.flags
    assert answer.is_negative


@pytest.mark.parametrize("rtype", [A, NS, SOA, PTR, MX, TXT, AAAA, SRV], ids=str)
@pytest.mark.parametrize(
    "owner",
    [
        pytest.param("missing.shop.svc." + ZONE, id="a Service"),
        pytest.param("web.missing.svc." + ZONE, id="a namespace"),
        pytest.param("missing.svc." + ZONE, id="a namespace alone"),
        pytest.param("missing." + ZONE, id="below the apex"),
        pytest.param("_missing._tcp.web.shop.svc." + ZONE, id="a port"),
        pytest.param("_http._udp.web.shop.svc." + ZONE, id="a protocol"),
        pytest.param("a.b.c.web.shop.svc." + ZONE, id="below a Service"),
        pytest.param("below.ns.dns." + ZONE, id="below the name server"),
        pytest.param("99.0.96.10.in-addr.arpa", id="an address"),
        pytest.param("*.shop.svc." + ZONE, id="a star"),
    ],
)
def test_2_1_no_such_name_whatever_the_type(ask: Ask, owner: str, rtype: int) -> None:
    answer = ask(query(owner, rtype))
    assert answer.rcode == "NXDOMAIN"
    assert "AA" in answer.flags
    assert answer.is_negative


@pytest.mark.parametrize(
    ("owner", "zone"),
    [("missing.shop.svc." + ZONE, ZONE), (ZONE, ZONE), ("9.9.9.9.in-addr.arpa", "in-addr.arpa")],
)
def test_5_the_soa_is_the_zones_with_the_smaller_of_its_ttl_and_minimum(
    ask: Ask, owner: str, zone: str
) -> None:
    fields = soa_fields(ask(query(owner, TXT)))
    assert fields[0] == f"{zone}."
    assert int(fields[1]) <= int(fields[-1])


def test_the_soa_of_a_negative_reply_is_that_of_the_apex(ask: Ask) -> None:
    (apex,) = ask(query(ZONE, SOA)).answer
    assert ask(query("missing." + ZONE)).authority == [apex]


def test_rfc8020_nothing_exists_below_what_does_not(ask: Ask) -> None:
    for owner in ("missing.shop.svc.", "a.missing.shop.svc.", "a.b.missing.shop.svc.", "x.missing.svc."):
        assert ask(query(owner + ZONE)).rcode == "NXDOMAIN"


@pytest.mark.parametrize(
    "owner",
    [
        "_http._tcp.web.shop.svc.",
        "_tcp.web.shop.svc.",
        "web.shop.svc.",
        "shop.svc.",
        "svc.",
        "ns.dns.",
        "dns.",
    ],
)
def test_rfc8020_every_name_above_one_that_exists_exists(ask: Ask, owner: str) -> None:
    assert ask(query(owner + ZONE, MX)).rcode == "NOERROR"


@pytest.mark.parametrize("target", ["example.org", ".", "local", "xcluster.local", "cluster.local.example"])
def test_names_outside_every_zone_are_refused(ask: Ask, target: str) -> None:
    answer = ask(edns_query(target))
    assert answer.rcode == "REFUSED"
    assert answer.flags == {"QR"}
    assert answer.counts == (1, 0, 0, 1)


@pytest.mark.parametrize(
    ("owner", "rtype"),
    [
        pytest.param("n28.big.svc." + ZONE, A, id="addresses"),
        pytest.param("n28.big.svc." + ZONE, SRV, id="services and their addresses"),
        pytest.param("two.shop.svc." + ZONE, AAAA, id="IPv6"),
        pytest.param(ZONE, NS, id="name servers"),
        pytest.param("alias.shop.svc." + ZONE, A, id="alias and target"),
        pytest.param("missing." + ZONE, A, id="negative"),
    ],
)
def test_rfc2181_5_2_one_ttl_within_an_rrset_and_none_above_the_cap(
    ask_tcp: Ask, owner: str, rtype: int
) -> None:
    answer = ask_tcp(query(owner, rtype))
    ttls = [line.split()[1] for line in (*answer.answer, *answer.authority, *answer.additional)]
    assert set(ttls) == {"5"}


def test_rfc2181_8_a_ttl_with_its_top_bit_set_is_no_fault(ask: Ask) -> None:
    needless = packet(question("web.shop.svc." + ZONE), answer=[record(ttl=0xFFFFFFFF)])
    assert ask(needless).rcode == "NOERROR"
