"""What is read of a message and what is refused: RFC 1035 section 4, RFC 2181, RFC 6891, RFC 8945."""

import pytest

from clusterdns.dns.constants import RRClass, RRType
from clusterdns.dns.edns import Edns
from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import ROOT, Name
from clusterdns.dns.rdata import NS, SRV, A, Opaque
from clusterdns.dns.reader import read_message, read_query

WEB = Name.from_text("web.")
QUESTION = "03776562 00 0001 0001"
RECORD = "c00c 0001 0001 00000005 0004 0a000001"
OPT = "00 0029 04d0 00 00 8000 0000"


def packet(counts: str, *parts: str, bits: str = "0100") -> bytes:
    return bytes.fromhex(f"abcd {bits} {counts}" + "".join(parts))


def refused(data: bytes) -> MalformedMessage:
    with pytest.raises(MalformedMessage) as caught:
        read_message(data)
    return caught.value


def test_rfc1035_4_1_the_parts_of_a_message() -> None:
    data = packet("0001 0001 0001 0002", QUESTION, RECORD, "00 0002 0001 00000007 0002 c00c", RECORD, OPT)
    assert read_message(data) == Message(
        id=0xABCD,
        flags=0x0100,
        question=(Question(WEB, RRType.A),),
        answer=(RRset(WEB, 5, (A(b"\x0a\0\0\x01"),)),),
        authority=(RRset(ROOT, 7, (NS(WEB),)),),
        additional=(RRset(WEB, 5, (A(b"\x0a\0\0\x01"),)),),
        edns=Edns(payload=1232, flags=0x8000),
    )


def test_rfc1035_4_1_1_the_second_word_of_the_header() -> None:
    message = read_message(packet("0001 0000 0000 0000", QUESTION, bits="adb5"))
    assert (message.opcode, message.rcode, message.flags) == (5, 5, 0x85B0)
    assert message.is_response


@pytest.mark.parametrize("octets", range(12))
def test_rfc1035_4_1_1_a_header_has_twelve_octets(octets: int) -> None:
    fault = refused(bytes(octets))
    assert fault.header is None
    assert fault.question is None


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(packet("0001 0000 0000 0000"), id="bare header that promises a question"),
        pytest.param(packet("0001 0000 0000 0000", "03776562"), id="name cut"),
        pytest.param(packet("0001 0000 0000 0000", "03776562 00 0001"), id="class missing"),
        pytest.param(packet("0002 0000 0000 0000", QUESTION), id="second question missing"),
        pytest.param(packet("0001 0001 0000 0000", QUESTION), id="answer missing"),
        pytest.param(packet("0001 ffff 0000 0000", QUESTION, RECORD), id="65,535 answers promised"),
        pytest.param(packet("0001 0000 0000 0002", QUESTION, OPT), id="additional record missing"),
        pytest.param(packet("0001 0001 0000 0000", QUESTION, RECORD[:-2]), id="record data cut"),
        pytest.param(packet("0001 0001 0000 0000", QUESTION, "c00c 0001 0001"), id="record cut"),
    ],
)
def test_no_count_is_believed(data: bytes) -> None:
    refused(data)


@pytest.mark.parametrize("tail", [b"\0", b"\xff" * 600])
def test_octets_after_the_message_are_ignored(tail: bytes) -> None:
    for data in (
        packet("0001 0000 0000 0001", QUESTION, OPT),
        packet("0001 0001 0000 0000", QUESTION, RECORD),
    ):
        assert read_message(data + tail) == read_message(data)
        assert read_query(data + tail) == read_query(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(packet("0001 0001 0000 0000", QUESTION, "c00c 0001"), id="fault in a record"),
        pytest.param(packet("0001 0005 0000 0000", QUESTION, RECORD), id="records missing"),
    ],
)
def test_what_was_read_comes_with_the_fault(data: bytes) -> None:
    fault = refused(data)
    assert fault.header is not None
    assert fault.header.id == 0xABCD
    assert fault.question == Question(WEB, RRType.A)
    assert not fault.speaks_edns
    assert str(fault) == fault.reason


def test_of_two_questions_none_is_the_question() -> None:
    assert refused(packet("0002 0001 0000 0000", QUESTION, QUESTION)).question is None


def test_rfc1035_4_1_4_names_are_followed_backwards() -> None:
    data = packet("0001 0001 0000 0000", QUESTION, "0161 c00c 0005 0001 00000005 0004 0162 c015")
    (rrset,) = read_message(data).answer
    assert str(rrset.owner) == "a.web."
    assert rrset.rdatas[0].to_text() == "b.a.web."


def test_rfc2181_8_a_ttl_with_its_top_bit_set_is_zero() -> None:
    record = "c00c 0001 0001 {} 0004 0a000001"
    for ttl, meant in (("80000000", 0), ("ffffffff", 0), ("7fffffff", 0x7FFFFFFF)):
        (rrset,) = read_message(packet("0001 0001 0000 0000", QUESTION, record.format(ttl))).answer
        assert rrset.ttl == meant


def test_rfc2782_a_compressed_target_is_tolerated() -> None:
    data = packet("0001 0001 0000 0000", QUESTION, "c00c 0021 0001 00000005 0008 0000 0001 0050 c00c")
    assert read_message(data).answer[0].rdatas == (SRV(0, 1, 80, WEB),)


@pytest.mark.parametrize(
    ("second", "sets"),
    [
        pytest.param("c00c 0001 0001 00000005 0004 0a000002", 1, id="alike"),
        pytest.param("03574542 00 0001 0001 00000005 0004 0a000002", 1, id="owner in another case"),
        pytest.param("0161 c00c 0001 0001 00000005 0004 0a000002", 2, id="other owner"),
        pytest.param("c00c 0001 0001 00000006 0004 0a000002", 2, id="other TTL"),
        pytest.param("c00c 0001 0003 00000005 0004 0a000002", 2, id="other class"),
        pytest.param("c00c 029a 0001 00000005 0004 0a000002", 2, id="other type"),
    ],
)
def test_neighbours_that_belong_together_are_one_rrset(second: str, sets: int) -> None:
    data = packet("0001 0002 0000 0000", QUESTION, RECORD, second)
    assert len(read_message(data).answer) == sets


@pytest.mark.parametrize(
    ("data", "speaks_edns"),
    [
        pytest.param(packet("0001 0000 0000 0002", QUESTION, OPT, OPT), True, id="two of them"),
        pytest.param(packet("0001 0001 0000 0000", QUESTION, OPT), False, id="in the answer"),
        pytest.param(packet("0001 0000 0001 0000", QUESTION, OPT), False, id="in the authority"),
        pytest.param(packet("0001 0000 0000 0001", QUESTION, "c00c", OPT[2:]), True, id="not at the root"),
    ],
)
def test_rfc6891_6_1_1_one_opt_record_at_the_root_in_the_additional_section(
    data: bytes, speaks_edns: bool
) -> None:
    assert refused(data).speaks_edns == speaks_edns


@pytest.mark.parametrize(
    "options",
    [
        pytest.param("0003 0003 0003", id="cut in its head"),
        pytest.param("0005 0003 0002 00", id="cut in its data"),
        pytest.param("0004 0003 ffff", id="length beyond the record"),
        pytest.param("0009 0003 0000 0003 0002 00", id="the second cut"),
    ],
)
def test_rfc6891_6_1_2_options_fill_the_record_exactly(options: str) -> None:
    for tail in ("", "00" * 600):
        fault = refused(packet("0001 0000 0000 0001", QUESTION, OPT[:-4], options, tail))
        assert fault.question == Question(WEB, RRType.A)
        assert fault.speaks_edns


def test_rfc6891_6_1_3_version_flags_and_extended_code() -> None:
    data = packet("0001 0000 0000 0001", QUESTION, "00 0029 0200 01 07 4001 0004 0003 0000", bits="8005")
    message = read_message(data)
    assert message.rcode == 0x15
    assert message.edns == Edns(payload=512, version=7, flags=0x4001)


@pytest.mark.parametrize("options", ["0001 00", "0007 000a 0003 aaaaaa"], ids=["no option", "short cookie"])
def test_rfc6891_6_1_3_options_of_another_version_are_not_read(options: str) -> None:
    data = packet("0001 0000 0000 0001", QUESTION, "00 0029 0200 00 01 0000", options)
    for read in (read_message, read_query):
        assert read(data).edns == Edns(payload=512, version=1)


@pytest.mark.parametrize(
    ("octets", "fine"),
    [(0, False), (7, False), (8, True), (9, False), (15, False), (16, True), (40, True), (41, False)],
)
def test_rfc7873_5_2_2_lengths_of_a_cookie(octets: int, fine: bool) -> None:
    option = f"{octets + 4:04x} 000a {octets:04x}" + "aa" * octets
    for read in (read_message, read_query):
        data = packet("0001 0000 0000 0001", QUESTION, OPT[:-4], option)
        if fine:
            edns = read(data).edns
            assert edns is not None
            assert edns.option(10) == b"\xaa" * octets
        else:
            with pytest.raises(MalformedMessage, match="COOKIE") as caught:
                read(data)
            assert caught.value.question == Question(WEB, RRType.A)


def test_rfc7873_5_2_only_the_first_cookie_counts() -> None:
    option = "0013 000a 0008" + "aa" * 8 + "000a 0003 aaaaaa"
    edns = read_message(packet("0001 0000 0000 0001", QUESTION, OPT[:-4], option)).edns
    assert edns is not None
    assert edns.option(10) == b"\xaa" * 8


TSIG = "016b 00 00fa 00ff 00000000 0013 0168 00 6553f1000000 012c 0000 abcd 0000 0000"


def test_rfc8945_5_1_a_signature_stands_last() -> None:
    message = read_message(packet("0001 0000 0000 0002", QUESTION, OPT, TSIG))
    assert message.additional[0].rrclass == RRClass.ANY
    assert isinstance(message.additional[0].rdatas[0], Opaque)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(packet("0001 0000 0000 0002", QUESTION, TSIG, OPT), id="before an OPT record"),
        pytest.param(packet("0001 0000 0000 0002", QUESTION, TSIG, TSIG), id="two"),
        pytest.param(packet("0001 0001 0000 0000", QUESTION, TSIG), id="in the answer"),
        pytest.param(packet("0001 0000 0001 0000", QUESTION, TSIG), id="in the authority"),
    ],
)
def test_rfc8945_5_1_a_signature_stands_nowhere_else(data: bytes) -> None:
    assert "TSIG" in refused(data).reason


@pytest.mark.parametrize("octets", range(19))
def test_rfc8945_4_2_a_signature_is_whole(octets: int) -> None:
    head = "016b 00 00fa 00ff 00000000"
    data = bytes.fromhex(TSIG.removeprefix(head))[2 : 2 + octets]
    record = head + octets.to_bytes(2).hex() + data.hex()
    assert "TSIG" in refused(packet("0001 0000 0000 0001", QUESTION, record)).reason
