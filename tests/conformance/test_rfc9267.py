"""RFC 9267 and RFC 1035: what the readers of messages got wrong. All of it is FORMERR, none of it silence."""

from typing import Final

import pytest

from testbed.asking import Ask
from testbed.background import Background
from testbed.wire import edns_query, name, opt, option, packet, query, question, record

WEB: Final = "web.shop.svc.cluster.local"
QUESTION: Final = question(WEB)
END: Final = 12 + len(QUESTION)
A_ROOT: Final = record()


def pointer(target: int) -> bytes:
    return (0xC000 | target).to_bytes(2)


@pytest.mark.parametrize(
    "owner",
    [
        pytest.param(pointer(12), id="pointer to itself"),
        pytest.param(pointer(14), id="pointer forward"),
        pytest.param(pointer(0), id="pointer into the header"),
        pytest.param(b"\1a" + pointer(12), id="pointer to the own name"),
        pytest.param(b"\1a" + pointer(0x3FFF), id="pointer beyond the end"),
        pytest.param(b"\x40" + b"a" * 64 + b"\0", id="label of 64"),
        pytest.param(b"\x41\0", id="label type 01"),
        pytest.param(b"\x80" + b"a" * 8 + b"\0", id="label type 10"),
        pytest.param((b"\x3f" + b"a" * 63) * 3 + b"\x3e" + b"a" * 62 + b"\0", id="name of 256"),
        pytest.param((b"\1a") * 128 + b"\0", id="128 labels"),
    ],
)
def test_2_a_name_in_the_question_that_is_none(ask: Ask, owner: bytes) -> None:
    answer = ask(query(owner))
    assert answer.rcode == "FORMERR"
    assert answer.counts == (0, 0, 0, 0)


@pytest.mark.parametrize("octets", range(12, END))
def test_4_a_question_cut_short(ask: Ask, octets: int) -> None:
    answer = ask(query(WEB)[:octets])
    assert answer.rcode == "FORMERR"
    assert answer.counts == (0, 0, 0, 0)


@pytest.mark.parametrize("octets", range(11))
def test_4_an_opt_record_cut_short(ask: Ask, octets: int) -> None:
    answer = ask(edns_query(WEB)[: END + octets])
    assert answer.rcode == "FORMERR"
    assert answer.question == [f"{WEB}. IN A"]


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param((1, 1, 0, 0), id="answer"),
        pytest.param((1, 0, 1, 0), id="authority"),
        pytest.param((1, 0, 0, 1), id="additional"),
        pytest.param((1, 0, 0, 2), id="two additional"),
        pytest.param((1, 65535, 0, 0), id="65,535 answers"),
        pytest.param((1, 65535, 65535, 65535), id="65,535 of each"),
    ],
)
def test_6_records_promised_and_not_there(ask: Ask, counts: tuple[int, int, int, int]) -> None:
    answer = ask(packet(QUESTION, counts=counts))
    assert answer.rcode == "FORMERR"
    assert answer.question == [f"{WEB}. IN A"]


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param(pointer(END) + A_ROOT[1:], id="owner points to itself"),
        pytest.param(pointer(END + 4) + A_ROOT[1:], id="owner points forward"),
        pytest.param(pointer(2) + A_ROOT[1:], id="owner points into the header"),
        pytest.param(b"\x40" + A_ROOT, id="owner of a reserved type"),
        pytest.param(A_ROOT[:5], id="cut in the type"),
        pytest.param(A_ROOT[:-1], id="data cut short"),
        pytest.param(b"\0" + bytes.fromhex("0001 0001 00000000 ffff"), id="data of 65,535 octets promised"),
        pytest.param(record(data=bytes(5)), id="an address of five octets"),
        pytest.param(record(rtype=28, data=bytes(4)), id="an IPv6 address of four octets"),
        pytest.param(record(rtype=5, data=b"\1a"), id="a name that reaches out of its data"),
        pytest.param(record(rtype=5, data=b"\0\0"), id="a name that ends before its data"),
        pytest.param(record(rtype=6, data=b"\0\0" + bytes(19)), id="an SOA of 19 octets of numbers"),
        pytest.param(record(rtype=16, data=b"\5abc"), id="a string that reaches out of its data"),
        pytest.param(record(rtype=16, data=b""), id="a TXT record without a string"),
        pytest.param(record(rtype=33, data=bytes(6)), id="an SRV record without a target"),
        pytest.param(record(rtype=15, data=b"\0"), id="half a preference"),
    ],
)
def test_2_to_5_a_record_that_is_none(ask: Ask, extra: bytes) -> None:
    for answers, others in (([extra], []), ([], [extra])):
        answer = ask(packet(QUESTION, answer=answers, additional=others))
        assert answer.rcode == "FORMERR"
        assert answer.question == [f"{WEB}. IN A"]


@pytest.mark.parametrize("rrclass", [254, 255], ids=["NONE", "ANY"])
@pytest.mark.parametrize(
    ("rtype", "data"),
    [
        pytest.param(1, bytes(3), id="an address of three octets"),
        pytest.param(28, bytes(15), id="an IPv6 address of fifteen octets"),
        pytest.param(5, pointer(0x3FFF), id="a name beyond the end"),
        pytest.param(16, b"\5abc", id="a string that reaches out of its data"),
        pytest.param(33, bytes(6), id="an SRV record without a target"),
    ],
)
def test_5_the_classes_of_updates_hold_records_or_nothing(
    ask: Ask, rrclass: int, rtype: int, data: bytes
) -> None:
    assert ask(packet(QUESTION, answer=[record(rtype=rtype, rrclass=rrclass, data=data)])).rcode == "FORMERR"
    assert ask(packet(QUESTION, answer=[record(rtype=rtype, rrclass=rrclass, data=b"")])).rcode == "NOERROR"


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(b"\0", id="an octet"),
        pytest.param(b"\0\3\0", id="half a length"),
        pytest.param(option(3)[:2] + b"\0\1", id="an option beyond the end"),
        pytest.param(option(100, b"abc") + b"\0\3\xff\xff", id="the second beyond the end"),
    ],
)
def test_options_that_do_not_fill_the_record(ask: Ask, options: bytes) -> None:
    answer = ask(edns_query(WEB, options=options))
    assert answer.rcode == "FORMERR"
    assert answer.question == [f"{WEB}. IN A"]
    assert answer.opt == (1232, 0, 0)


@pytest.mark.parametrize(
    ("questions", "counts"),
    [
        pytest.param([], (0, 0, 0, 0), id="none"),
        pytest.param([QUESTION] * 2, (2, 0, 0, 0), id="two"),
        pytest.param([QUESTION], (2, 0, 0, 0), id="two promised"),
        pytest.param([QUESTION], (65535, 0, 0, 0), id="65,535 promised"),
        pytest.param([], (1, 0, 0, 0), id="one promised"),
    ],
)
def test_rfc9619_not_exactly_one_question(
    ask: Ask, questions: list[bytes], counts: tuple[int, int, int, int]
) -> None:
    answer = ask(packet(*questions, counts=counts))
    assert answer.rcode == "FORMERR"
    assert answer.counts == (0, 0, 0, 0)


def test_rfc9619_no_question_but_an_opt_record(ask: Ask) -> None:
    answer = ask(packet(additional=[opt()]))
    assert answer.rcode == "FORMERR"
    assert answer.opt == (1232, 0, 0)


@pytest.mark.parametrize(
    "sections",
    [
        pytest.param((2, 0, 0), id="two answers"),
        pytest.param((0, 2, 0), id="two authority records"),
        pytest.param((0, 0, 3), id="three additional records"),
    ],
)
def test_more_records_than_a_query_needs(ask: Ask, sections: tuple[int, int, int]) -> None:
    answers, authorities, others = ([A_ROOT] * count for count in sections)
    answer = ask(packet(QUESTION, answer=answers, authority=authorities, additional=others))
    assert answer.rcode == "FORMERR"
    assert answer.question == [f"{WEB}. IN A"]


@pytest.mark.parametrize(
    "needless",
    [
        pytest.param(packet(QUESTION, answer=[A_ROOT]), id="answer"),
        pytest.param(packet(QUESTION, authority=[A_ROOT]), id="authority"),
        pytest.param(packet(QUESTION, additional=[A_ROOT]), id="additional"),
        pytest.param(packet(QUESTION, additional=[A_ROOT, opt()]), id="additional before OPT"),
        pytest.param(packet(QUESTION, additional=[opt(), A_ROOT]), id="additional after OPT"),
    ],
)
def test_a_record_that_a_query_does_not_need_is_passed_over(ask: Ask, needless: bytes) -> None:
    answer = ask(needless)
    assert answer.answer == [f"{WEB}. 5 IN A 10.96.0.10"]


@pytest.mark.parametrize("tail", [b"\0", b"junk", bytes(500), QUESTION], ids=["0", "junk", "500", "question"])
def test_octets_after_the_message_are_ignored(ask: Ask, tail: bytes) -> None:
    for base in (packet(QUESTION, tail=tail), packet(QUESTION, additional=[opt()], tail=tail)):
        assert ask(base).answer == [f"{WEB}. 5 IN A 10.96.0.10"]


@pytest.mark.parametrize("octets", range(12))
def test_what_has_no_header_gets_no_reply(remembering: Background, octets: int) -> None:
    silent = packet(QUESTION)[:octets]
    (reply,) = remembering.tcp_replies([silent, query(WEB)], replies=1)
    assert reply.endswith(bytes((10, 96, 0, 10)))
    if octets in {0, 11}:
        assert remembering.is_silent(silent)


@pytest.mark.parametrize("bits", [0x8000, 0x8400, 0xFFFF, 0xA000], ids=["plain", "aa", "all bits", "notify"])
def test_a_response_gets_no_reply(remembering: Background, forgetful: Background, bits: int) -> None:
    packets = [query(WEB, bits=bits), packet(bits=bits), packet(QUESTION, counts=(9, 9, 9, 9), bits=bits)]
    for server in (remembering, forgetful):
        (reply,) = server.tcp_replies([*packets, query(WEB)], replies=1)
        assert reply.endswith(bytes((10, 96, 0, 10)))
    assert remembering.is_silent(packets[0])
    assert remembering.is_silent(packets[0], host="::1")


def test_the_longest_name_there_is_is_read(ask: Ask) -> None:
    longest = ".".join(["a" * 63] * 3 + ["b" * 43]) + "." + "cluster.local"
    assert len(name(longest)) == 251
    assert ask(query("c.b." + longest)).rcode == "NXDOMAIN"
    assert len(name("c.b." + longest)) == 255
