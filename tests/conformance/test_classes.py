"""Classes beside IN, and ANY of RFC 8482: small replies or none of our business."""

import pytest

from testbed.asking import Ask
from testbed.wire import edns_query, packet, question

WEB = "web.shop.svc.cluster.local"
ANY, HINFO = 255, 13


@pytest.mark.parametrize("owner", ["version.bind", "id.server", "hostname.bind", "authors.bind", WEB, "."])
@pytest.mark.parametrize(
    "rrclass",
    [0, 2, 3, 4, 5, 253, 254, 255, 65535],
    ids=["0", "CS", "CH", "HS", "5", "253", "NONE", "ANY", "65535"],
)
def test_classes_that_no_plugin_answers_are_refused(ask_udp: Ask, owner: str, rrclass: int) -> None:
    answer = ask_udp(packet(question(owner, 16, rrclass)))
    assert answer.rcode == "REFUSED"
    assert answer.flags == {"QR"}
    assert answer.counts == (1, 0, 0, 0)


@pytest.mark.parametrize("rrclass", [3, 254, 255], ids=["CH", "NONE", "ANY"])
def test_over_tcp_too(ask_tcp: Ask, rrclass: int) -> None:
    assert ask_tcp(packet(question("version.bind", 16, rrclass))).rcode == "REFUSED"


@pytest.mark.parametrize(
    "owner",
    [WEB, "cluster.local", "n252.big.svc.cluster.local", "dns-version.cluster.local", "ns.dns.cluster.local"],
)
def test_rfc8482_4_2_any_is_hinfo(ask: Ask, owner: str) -> None:
    answer = ask(edns_query(owner, ANY))
    assert answer.rcode == "NOERROR"
    assert "TC" not in answer.flags
    assert [line.split(" ", 2)[2] for line in answer.answer] == ['IN HINFO "RFC8482" ""']
    assert len(answer.octets) < 100


@pytest.mark.parametrize("owner", ["svc.cluster.local", "shop.svc.cluster.local", "_tcp." + WEB])
def test_any_where_there_are_no_data(ask: Ask, owner: str) -> None:
    assert ask(edns_query(owner, ANY)).is_negative


def test_any_where_there_is_no_name(ask: Ask) -> None:
    answer = ask(edns_query("missing.shop.svc.cluster.local", ANY))
    assert answer.rcode == "NXDOMAIN"
    assert answer.is_negative


def test_rfc2181_an_alias_is_what_any_gives(ask: Ask) -> None:
    answer = ask(edns_query("away.shop.svc.cluster.local", ANY))
    assert answer.rcode == "NOERROR"
    assert len(answer.answer) == 1
