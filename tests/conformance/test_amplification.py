"""What a forged sender could gain: octets of reply for each octet of query. Ask checks it for every reply."""

import pytest

from testbed.asking import Answer, Ask, check_size
from testbed.wire import edns_query, option, packet, query, question

EDNS, PLAIN, REFUSING = 44, 30, 1.5
OWNERS = [
    "n5000.big.svc.cluster.local",
    "n252.big.svc.cluster.local",
    "cluster.local",
    "x.cluster.local",
    ".",
]


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("rtype", [1, 2, 6, 16, 33, 48, 255], ids=str)
def test_answers_are_bounded(ask_udp: Ask, owner: str, rtype: int) -> None:
    plain, edns = query(owner, rtype), edns_query(owner, rtype, size=65535, flags=0x8000)
    assert len(ask_udp(plain).octets) <= PLAIN * len(plain)
    assert len(ask_udp(edns).octets) <= EDNS * len(edns)


@pytest.mark.parametrize(
    ("sent", "rcode"),
    [
        pytest.param(packet(counts=(0, 0, 0, 0)), "FORMERR", id="nothing asked"),
        pytest.param(edns_query("a", options=option(10, b"?")), "FORMERR", id="a wrong cookie"),
        pytest.param(query(".", bits=5 << 11), "NOTIMP", id="UPDATE"),
        pytest.param(
            edns_query(".", 6, options=option(10, bytes(8)), bits=4 << 11), "NOTIMP", id="NOTIFY, cookie"
        ),
        pytest.param(query("."), "REFUSED", id="the root"),
        pytest.param(edns_query(".", options=option(10, bytes(8))), "REFUSED", id="the root, cookie"),
        pytest.param(packet(question("version.bind", 16, 3)), "REFUSED", id="CH"),
        pytest.param(edns_query(".", version=1), "BADVERS", id="a later version"),
    ],
)
def test_refusals_are_hardly_larger_than_the_query(ask: Ask, sent: bytes, rcode: str) -> None:
    answer = ask(sent)
    assert answer.rcode == rcode
    assert len(answer.octets) <= REFUSING * len(sent)


def test_the_bound_is_checked() -> None:
    """What every reply is checked against notices a reply that is too long."""
    refusal = query(".", bits=0x8005)
    check_size(query("."), Answer(refusal))
    with pytest.raises(AssertionError, match="to refuse"):
        check_size(query("."), Answer(refusal + bytes(20)))
    with pytest.raises(AssertionError, match="too many"):
        check_size(query("."), Answer(query(".", bits=0x8000) + bytes(600)))
