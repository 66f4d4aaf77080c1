"""The mistakes that parsers of names and records make, by the sections of RFC 9267."""

import pytest

from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.reader import read_message, read_query

HEADER = bytes.fromhex("abcd 0100 0001 0000 0000 0000")
ANSWER = bytes.fromhex("abcd 8000 0001 0001 0000 0000 03776562 00 0001 0001")
TYPE_CLASS = bytes.fromhex("0001 0001")
RECORD_END = bytes.fromhex("0001 0001 00000005 0004 0a000001")


def name_in_question(name: bytes) -> bytes:
    return HEADER + name + TYPE_CLASS


def name_in_answer(name: bytes) -> bytes:
    return ANSWER + name + RECORD_END


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(b"\xc0\x15", id="to itself"),
        pytest.param(b"\xc0\x16", id="into itself"),
        pytest.param(b"\x01a\xc0\x15", id="back to the start of the same name"),
        pytest.param(b"\x01a\xc0\x17", id="to itself after a label"),
        pytest.param(b"\xc0\x17\xc0\x15", id="two that lead to each other"),
        pytest.param(b"\xc0\x30", id="forwards"),
        pytest.param(b"\xff\xff", id="beyond the message"),
        pytest.param(b"\xc0\x00", id="into the header"),
        pytest.param(b"\xc0\x0b", id="to the last octet of the header"),
    ],
)
def test_section_2_pointers_lead_to_an_earlier_name(name: bytes) -> None:
    with pytest.raises(MalformedMessage, match="pointer"):
        read_message(name_in_answer(name))


def test_section_2_a_pointer_cut_in_two() -> None:
    with pytest.raises(MalformedMessage):
        read_message(ANSWER + b"\xc0")


@pytest.mark.parametrize("name", [b"\xc0\x0c", b"\xc0\x04", b"\x01a\xc0\x0c", b"\x01a\xc0\x00"])
def test_section_2_the_question_has_nothing_to_point_at(name: bytes) -> None:
    for read in (read_message, read_query):
        with pytest.raises(MalformedMessage):
            read(name_in_question(name))


def test_section_2_a_pointer_may_lead_to_a_pointer() -> None:
    data = bytes.fromhex("abcd 8000 0001 0002 0000 0000 03776562 00 0001 0001")
    data += b"\xc0\x0c" + RECORD_END + b"\xc0\x15" + RECORD_END
    assert len(read_message(data).answer[0].rdatas) == 2


@pytest.mark.parametrize("label", [0x40, 0x41, 0x7F, 0x80, 0xBF])
def test_section_3_reserved_label_types(label: int) -> None:
    name = bytes([label]) + b"a" * (label & 0x3F) + b"\0"
    for read in (read_message, read_query):
        with pytest.raises(MalformedMessage, match="reserved"):
            read(name_in_question(name))
    with pytest.raises(MalformedMessage, match="reserved"):
        read_message(name_in_answer(name))


@pytest.mark.parametrize(
    ("name", "fine"),
    [
        pytest.param((b"\x3f" + b"a" * 63) * 3 + b"\x3d" + b"b" * 61 + b"\0", True, id="255 octets"),
        pytest.param((b"\x3f" + b"a" * 63) * 3 + b"\x3e" + b"b" * 62 + b"\0", False, id="256 octets"),
        pytest.param((b"\x3f" + b"a" * 63) * 4 + b"\0", False, id="257 octets"),
        pytest.param(b"\x01a" * 127 + b"\0", True, id="127 labels"),
        pytest.param(b"\x01a" * 128 + b"\0", False, id="128 labels"),
        pytest.param(b"\x01a" * 20000 + b"\0", False, id="20,000 labels"),
    ],
)
def test_section_3_a_name_has_at_most_255_octets(name: bytes, fine: bool) -> None:
    for data in (name_in_question(name), name_in_answer(name)):
        if fine:
            read_message(data)
        else:
            with pytest.raises(MalformedMessage, match="255"):
                read_message(data)
    if not fine:
        with pytest.raises(MalformedMessage, match="255"):
            read_query(name_in_question(name))


def test_section_3_a_name_put_together_by_pointers_has_at_most_255_octets() -> None:
    data = bytes.fromhex("abcd 8000 0001 0001 0000 0000") + b"\x3f" + b"a" * 63 + b"\0" + TYPE_CLASS
    parts = [data]
    target, at = 12, len(data)
    for _ in range(3):
        parts.append(b"\x3f" + b"b" * 63 + (0xC000 | target).to_bytes(2) + RECORD_END)
        target, at = at, at + len(parts[-1])
    wire = b"".join(parts)
    three = wire[:6] + b"\0\x03" + wire[8:]
    with pytest.raises(MalformedMessage, match="255"):
        read_message(three)
    read_message(wire[:6] + b"\0\x02" + wire[8:])


def test_section_4_a_name_ends_within_the_message() -> None:
    for name in (b"\x03we", b"\x03web", b"\x03web\x05a"):
        for read in (read_message, read_query):
            with pytest.raises(MalformedMessage):
                read(HEADER + name)


def test_section_4_a_zero_octet_inside_a_label_does_not_end_the_name() -> None:
    (question,) = read_message(name_in_question(b"\x03a\0b\0")).question
    assert question.name.labels == (b"a\0b",)


@pytest.mark.parametrize("length", ["0003", "0005", "ffff"])
def test_section_5_the_length_of_record_data(length: str) -> None:
    record = bytes.fromhex("c00c 0001 0001 00000005" + length + "0a000001")
    with pytest.raises(MalformedMessage):
        read_message(ANSWER + record + bytes(100))


def test_section_5_names_in_record_data_stay_inside_it() -> None:
    record = bytes.fromhex("c00c 0005 0001 00000005 0003 01610162 00")
    with pytest.raises(MalformedMessage):
        read_message(ANSWER + record)


@pytest.mark.parametrize("counts", ["0001 ffff 0000 0000", "0001 0000 ffff 0000", "0001 0000 0000 ffff"])
def test_section_6_record_counts(counts: str) -> None:
    data = bytes.fromhex("abcd 0100" + counts) + ANSWER[12:] + b"\xc0\x0c" + RECORD_END
    for read in (read_message, read_query):
        with pytest.raises(MalformedMessage):
            read(data)
