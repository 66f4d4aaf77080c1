"""RFC 4343: names are compared without case and keep the asker's in question and owner."""

import pytest

from testbed.asking import Ask
from testbed.wire import query

SPELLINGS = ["web.shop.svc.cluster.local", "WEB.SHOP.SVC.CLUSTER.LOCAL", "wEb.sHoP.SvC.clUSter.LoCAL"]


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_4_1_addresses(ask: Ask, spelled: str) -> None:
    answer = ask(query(spelled))
    assert answer.question == [f"{spelled}. IN A"]
    assert answer.answer == [f"{spelled}. 5 IN A 10.96.0.10"]


@pytest.mark.parametrize(
    ("spelled", "zone"),
    [
        ("_Http._Tcp.Web.Shop.Svc.Cluster.Local", "Cluster.Local"),
        ("_HTTP._TCP.web.shop.svc.cluster.local", "cluster.local"),
    ],
)
def test_4_1_services(ask: Ask, spelled: str, zone: str) -> None:
    answer = ask(query(spelled, 33))
    assert answer.question == [f"{spelled}. IN SRV"]
    assert answer.answer == [f"{spelled}. 5 IN SRV 0 100 80 web.shop.svc.{zone}."]


@pytest.mark.parametrize("spelled", ["CLUSTER.LOCAL", "Cluster.Local", "cluster.local"])
def test_the_apex(ask: Ask, spelled: str) -> None:
    for rtype in (2, 6):
        answer = ask(query(spelled, rtype))
        assert answer.rcode == "NOERROR"
        assert answer.question[0].startswith(f"{spelled}. IN")
        assert answer.answer[0].startswith(f"{spelled}. 5 IN")


@pytest.mark.parametrize("spelled", ["10.0.96.10.in-addr.arpa", "10.0.96.10.IN-ADDR.ARPA"])
def test_reverse_names(ask: Ask, spelled: str) -> None:
    assert ask(query(spelled, 12)).answer == [f"{spelled}. 5 IN PTR web.shop.svc.cluster.local."]


def test_hexadecimal_digits_of_reverse_names(ask: Ask) -> None:
    digits = ".".join(reversed("fd00" + "0" * 26 + "11"))
    for spelled in (digits, digits.upper()):
        answer = ask(query(f"{spelled}.ip6.arpa", 12))
        assert answer.answer == [f"{spelled}.ip6.arpa. 5 IN PTR two.shop.svc.cluster.local."]


def test_negative_replies_keep_the_spelling_of_the_zone(ask: Ask) -> None:
    answer = ask(query("Nope.Shop.Svc.Cluster.LOCAL"))
    assert answer.rcode == "NXDOMAIN"
    assert answer.authority[0].startswith("Cluster.LOCAL. 5 IN SOA ns.dns.Cluster.LOCAL. ")


@pytest.mark.parametrize(
    "label",
    [b"\0", b"\xff\xfe", b"a b", b"a.b", b'"', b"\\", b"\n", "é".encode(), b"*", b"@"],
    ids=["zero", "high", "space", "dot", "quote", "backslash", "newline", "utf-8", "star", "at"],
)
def test_rfc2181_11_any_octet_may_stand_in_a_label(ask: Ask, label: bytes) -> None:
    wire = bytes((len(label),)) + label + b"\4shop\3svc\7cluster\5local\0"
    answer = ask(query(wire))
    assert answer.rcode == "NXDOMAIN"
    assert wire in answer.octets


def test_a_dot_within_a_label_is_no_border(ask: Ask) -> None:
    wire = b"\x08web.shop\3svc\7cluster\5local\0"
    assert ask(query(wire)).rcode == "NXDOMAIN"
