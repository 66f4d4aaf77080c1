"""Sizes: the ladder of answers and buffers, what TC means, and where the limits of a message are."""

import pytest

from testbed.asking import Answer, Ask
from testbed.wire import edns_query, query

LADDER = (1, 28, 29, 73, 74, 252, 4092, 5000)
MOST_UDP = 1232
MOST_TCP = 65535
TC = 0x200
HEADER, OPT, FIXED, RECORD = 12, 11, 4, 16


def owner(count: int) -> str:
    return f"n{count}.big.svc.cluster.local"


def whole(count: int, *, edns: bool) -> int:
    """Octets of a reply with all addresses, the owner compressed."""
    return HEADER + len(owner(count)) + 2 + FIXED + RECORD * count + (OPT if edns else 0)


def addresses(count: int) -> range:
    """Where the addresses of such a reply stand."""
    first = whole(count, edns=False) - RECORD * count + 12
    return range(first, first + RECORD * count, RECORD)


def packet(count: int, buffer: int | None) -> bytes:
    return query(owner(count)) if buffer is None else edns_query(owner(count), size=buffer)


def check(answer: Answer, count: int, *, limit: int, edns: bool) -> None:
    """All records if they fit, else as many as fit, and TC exactly then."""
    size = whole(count, edns=edns)
    missing = max(0, -(-(size - limit) // RECORD))
    assert len(answer.octets) == size - missing * RECORD <= limit
    assert answer.counts == (1, count - missing, 0, int(edns))
    assert bool(answer.bits & TC) == bool(missing)


@pytest.mark.parametrize("count", LADDER)
@pytest.mark.parametrize(
    ("buffer", "limit"),
    [
        pytest.param(None, 512, id="no EDNS"),
        pytest.param(0, 512, id="0"),
        pytest.param(511, 512, id="511"),
        pytest.param(512, 512, id="512"),
        pytest.param(1232, 1232, id="1232"),
        pytest.param(4096, 1232, id="4096"),
        pytest.param(65535, 1232, id="65535"),
    ],
)
def test_udp_never_exceeds_the_smaller_of_the_clients_size_and_1232(
    ask_udp: Ask, count: int, buffer: int | None, limit: int
) -> None:
    check(ask_udp(packet(count, buffer)), count, limit=limit, edns=buffer is not None)


@pytest.mark.parametrize("count", LADDER)
@pytest.mark.parametrize("buffer", [None, 512, 65535], ids=["no EDNS", "512", "65535"])
def test_tcp_does_not_heed_the_clients_udp_size(ask_tcp: Ask, count: int, buffer: int | None) -> None:
    check(ask_tcp(packet(count, buffer)), count, limit=MOST_TCP, edns=buffer is not None)


@pytest.mark.parametrize("edns", [False, True], ids=["no EDNS", "EDNS"])
def test_tcp_returns_4092_addresses_and_no_tc(ask_tcp: Ask, edns: bool) -> None:
    answer = ask_tcp(packet(4092, 1232 if edns else None))
    assert not answer.bits & TC
    assert answer.counts[1] == 4092
    assert len({answer.octets[at : at + 4] for at in addresses(4092)}) == 4092


def test_what_no_message_can_hold_is_cut_over_tcp_too(ask_tcp: Ask) -> None:
    answer = ask_tcp(packet(5000, None))
    assert answer.bits & TC
    assert 4090 <= answer.counts[1] < 5000


@pytest.mark.parametrize("count", [74, 252], ids=str)
def test_rfc2181_9_targets_addresses_are_dropped_without_tc(ask_tcp: Ask, ask_udp: Ask, count: int) -> None:
    """SRV records are not cut because the addresses of their targets do not fit beside them."""
    rest = ask_tcp(query(owner(count), 33))
    assert len(rest.additional) == count
    assert "TC" not in rest.flags
    few = ask_udp(edns_query("n28.big.svc.cluster.local", 33))
    assert len(few.octets) <= MOST_UDP


def test_rfc2181_9_tc_means_that_the_answer_is_cut(ask_udp: Ask) -> None:
    answer = ask_udp(edns_query("_http._tcp.web.shop.svc.cluster.local", 33, size=512))
    assert "TC" not in answer.flags
    assert len(answer.answer) == 1
    assert len(answer.additional) == 1


def test_a_cut_reply_has_neither_authority_nor_additional_records(ask_udp: Ask) -> None:
    answer = ask_udp(edns_query(owner(252), 33))
    assert "TC" in answer.flags
    assert answer.authority == []
    assert answer.additional == []
    assert answer.has_opt
