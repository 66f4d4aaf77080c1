"""What a server reads as a query, and how the quick way agrees with the thorough one."""

import pytest

from clusterdns.dns.constants import RRType
from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.header import peek_header
from clusterdns.dns.message import Question
from clusterdns.dns.name import Name
from clusterdns.dns.reader import read_message, read_query
from testbed.packets import query_packets, reply_packets

QUESTION = bytes.fromhex("03776562 00 0001 0001")
RECORD = bytes.fromhex("c00c 0001 0001 00000005 0004 0a000001")
WEB = Question(Name.from_text("web."), RRType.A)


def query(counts: str, body: bytes) -> bytes:
    return bytes.fromhex("abcd 0100" + counts) + body


@pytest.mark.parametrize("data", query_packets())
def test_queries_are_read_as_any_message(data: bytes) -> None:
    assert read_query(data) == read_message(data)


@pytest.mark.parametrize("data", query_packets())
def test_a_cut_query_is_malformed_and_both_ways_say_the_same(data: bytes) -> None:
    for octets in range(len(data)):
        with pytest.raises(MalformedMessage) as quick:
            read_query(data[:octets])
        with pytest.raises(MalformedMessage) as thorough:
            read_message(data[:octets])
        assert vars(quick.value) == vars(thorough.value)


def test_spelling_of_the_question_is_kept() -> None:
    data = query("0001 0000 0000 0000", bytes.fromhex("03576542 00 0001 0001"))
    assert str(read_query(data).question[0].name) == "WeB."


@pytest.mark.parametrize(
    ("counts", "body"),
    [
        pytest.param("0001 0002 0000 0000", RECORD * 2, id="two answers"),
        pytest.param("0001 0000 0002 0000", RECORD * 2, id="two authority records"),
        pytest.param("0001 0000 0000 0003", RECORD * 3, id="three additional records"),
        pytest.param("0001 ffff ffff ffff", b"", id="65,535 of each promised"),
        pytest.param("0001 0002 0000 0000", b"\xff" * 50000, id="octets that are no records"),
    ],
)
def test_more_records_than_a_query_needs_are_refused_unread(counts: str, body: bytes) -> None:
    with pytest.raises(MalformedMessage, match="a query has at most") as caught:
        read_query(query(counts, QUESTION + body))
    assert caught.value.question == WEB


@pytest.mark.parametrize(
    ("counts", "body"),
    [
        pytest.param("0001 0001 0000 0000", RECORD, id="an answer"),
        pytest.param("0001 0000 0001 0000", RECORD, id="an authority record"),
        pytest.param("0001 0000 0000 0001", RECORD, id="an additional record"),
        pytest.param("0001 0001 0001 0002", RECORD * 4, id="all of them"),
    ],
)
def test_as_many_records_as_a_query_may_have(counts: str, body: bytes) -> None:
    data = query(counts, QUESTION + body)
    assert read_query(data) == read_message(data)


@pytest.mark.parametrize("count", ["0002", "ffff"])
def test_rfc9619_a_query_has_one_question(count: str) -> None:
    with pytest.raises(MalformedMessage, match="one question") as caught:
        read_query(query(count + "0000 0000 0000", QUESTION * 2))
    assert caught.value.question is None
    assert caught.value.header is not None


def test_rfc7873_5_4_a_query_without_a_question_is_read() -> None:
    message = read_query(
        query("0000 0000 0000 0001", bytes.fromhex("00 0029 04d0 00000000 000c 000a 0008") + b"c" * 8)
    )
    assert message.question == ()
    assert message.edns is not None
    assert message.edns.option(10) == b"c" * 8


def test_a_bare_header_without_counts_is_a_message() -> None:
    assert read_query(query("0000 0000 0000 0000", b"")).question == ()


@pytest.mark.parametrize("data", [*query_packets(), *reply_packets()])
def test_a_header_is_seen_without_reading_the_rest(data: bytes) -> None:
    header, message = peek_header(data), read_message(data)
    assert header is not None
    assert header == peek_header(data[:12])
    assert (header.id, header.opcode, header.flags) == (message.id, message.opcode, message.flags)
    assert header.rcode == message.rcode & 15
    assert header.is_response == message.is_response
    assert header.questions == len(message.question)
    assert header.pack() == data[:12]


@pytest.mark.parametrize("octets", range(12))
def test_below_twelve_octets_there_is_no_header(octets: int) -> None:
    assert peek_header(b"\xff" * octets) is None
