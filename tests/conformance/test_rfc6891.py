"""RFC 6891: where an OPT record may stand, how many there may be, and what a reply's says."""

from typing import Final

import pytest

from testbed.asking import Ask
from testbed.wire import edns_query, name, opt, option, packet, query, question, record

WEB: Final = "web.shop.svc.cluster.local"
QUESTION: Final = question(WEB)
HERE: Final = [f"{WEB}. 5 IN A 10.96.0.10"]


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(packet(QUESTION, additional=[opt(), opt()]), id="two"),
        pytest.param(packet(QUESTION, additional=[opt()] * 3), id="three"),
        pytest.param(packet(QUESTION, answer=[opt()]), id="in the answer"),
        pytest.param(packet(QUESTION, authority=[opt()]), id="in the authority section"),
        pytest.param(packet(QUESTION, answer=[opt()], additional=[opt()]), id="in two sections"),
        pytest.param(packet(QUESTION, additional=[opt(owner=name("x"))]), id="not at the root"),
        pytest.param(packet(QUESTION, additional=[opt(owner=b"\xc0\x0c")]), id="at the name asked for"),
    ],
)
def test_6_1_1_one_in_the_additional_section_at_the_root(ask: Ask, bad: bytes) -> None:
    answer = ask(bad)
    assert answer.rcode == "FORMERR"
    assert answer.question == [f"{WEB}. IN A"]
    assert len(answer.octets) <= len(bad) + 11


def test_7_no_opt_record_unless_one_was_sent(ask: Ask) -> None:
    for owner in (WEB, "missing." + WEB, "example.org"):
        assert not ask(query(owner)).has_opt
        assert ask(edns_query(owner)).has_opt


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(packet(QUESTION, QUESTION, additional=[opt()]), id="two questions"),
        pytest.param(packet(QUESTION, answer=[record()] * 2, additional=[opt()]), id="two answers"),
        pytest.param(packet(QUESTION, authority=[record()] * 9, additional=[opt()]), id="nine authorities"),
        pytest.param(packet(QUESTION, additional=[record(), record(), opt()]), id="three additional records"),
        pytest.param(packet(QUESTION, additional=[opt(), record()], counts=(1, 0, 0, 3)), id="one promised"),
    ],
)
def test_6_1_1_formerr_has_an_opt_record_if_one_was_sent(ask: Ask, bad: bytes) -> None:
    answer = ask(bad)
    assert answer.rcode == "FORMERR"
    assert answer.opt == (1232, 0, 0)
    assert len(answer.octets) <= len(bad)


def test_6_1_1_behind_1232_octets_no_opt_record_is_looked_for(ask: Ask) -> None:
    answer = ask(
        packet(QUESTION, answer=[record(rtype=16, data=b"\xff" + bytes(255))] * 5, additional=[opt()])
    )
    assert answer.rcode == "FORMERR"
    assert not answer.has_opt


@pytest.mark.parametrize("options", [b"", option(10, bytes(8)), option(10, bytes(3))], ids=len)
@pytest.mark.parametrize("version", [1, 255])
def test_6_1_3_a_later_version_without_a_question_is_badvers(ask: Ask, version: int, options: bytes) -> None:
    answer = ask(packet(additional=[opt(version=version, options=options)]))
    assert answer.rcode == "BADVERS"
    assert answer.counts == (0, 0, 0, 1)
    assert answer.opt == (1232, 0, 0)
    assert answer.options == {}


def test_6_1_1_the_opt_record_is_seen_through_a_compressed_root(ask: Ask) -> None:
    """A pointer to the root label of the question is the root."""
    root = (0xC000 | 12 + len(name(WEB)) - 1).to_bytes(2)
    answer = ask(packet(QUESTION, additional=[opt(owner=root)]))
    assert answer.answer == HERE
    assert answer.has_opt


@pytest.mark.parametrize("size", [0, 1, 511, 512, 1232, 4096, 65535])
def test_6_2_3_any_size_is_fine_and_ours_is_said(ask: Ask, size: int) -> None:
    answer = ask(edns_query(WEB, size=size))
    assert answer.answer == HERE
    assert answer.opt == (1232, 0, 0)


@pytest.mark.parametrize(
    ("flags", "echoed"), [(0, 0), (0x8000, 0x8000), (0x7FFF, 0), (0xFFFF, 0x8000), (1, 0)], ids=hex
)
def test_6_1_4_do_is_copied_and_other_flags_are_not(ask: Ask, flags: int, echoed: int) -> None:
    assert ask(edns_query(WEB, flags=flags)).opt == (1232, 0, echoed)


@pytest.mark.parametrize(
    "code", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 100, 65001, 65535]
)
@pytest.mark.parametrize("data", [b"", b"\0", bytes(range(40))], ids=["empty", "zero", "long"])
def test_6_1_2_options_that_are_not_answered_are_dropped(ask_udp: Ask, code: int, data: bytes) -> None:
    answer = ask_udp(edns_query(WEB, options=option(code, data)))
    assert answer.answer == HERE
    assert answer.options == {}


def test_6_1_2_an_option_may_come_twice_or_a_hundred_times(ask: Ask) -> None:
    answer = ask(edns_query(WEB, options=option(100, b"x") * 200))
    assert answer.answer == HERE
    assert answer.options == {}


@pytest.mark.parametrize("rcode", [1, 16, 255])
def test_6_1_3_the_extended_rcode_of_a_query_means_nothing(ask: Ask, rcode: int) -> None:
    answer = ask(packet(QUESTION, additional=[opt(rcode=rcode)], bits=5))
    assert answer.rcode == "NOERROR"
    assert answer.answer == HERE


def test_rfc7871_no_client_subnet_is_ever_sent_back(ask: Ask) -> None:
    for subnet in (
        "0001180a0000",
        "0002380020010db8000000",
        "000100000000",
        "0001ff000a000001",
        "0063000000",
    ):
        answer = ask(edns_query(WEB, options=option(8, bytes.fromhex(subnet))))
        assert answer.answer == HERE
        assert answer.options == {}


def test_rfc7828_no_keepalive_over_udp(ask_udp: Ask) -> None:
    assert ask_udp(edns_query(WEB, options=option(11))).options == {}


def test_rfc8914_no_extended_error_on_success(ask: Ask) -> None:
    for owner in (WEB, WEB.upper()):
        assert ask(edns_query(owner)).options == {}


def test_rfc8914_a_negative_answer_says_why(ask: Ask) -> None:
    for owner in ("missing." + WEB, "cluster.local"):
        data = ask(edns_query(owner)).options[15]
        assert data[:2] == bytes(2)
        assert data[2:].decode().isprintable()
