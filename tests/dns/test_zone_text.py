"""Zone-file lines: RFC 1035 section 5.1, RFC 3597 section 5."""

import pytest

from clusterdns.dns.constants import RRClass, class_text, rcode_text, type_text
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import TXT, A, Opaque
from clusterdns.dns.text import parse_class, parse_record, parse_rrset, parse_section, parse_type

WEB = Name.from_text("web.shop.")
RECORD = RRset(WEB, 5, (A(b"\x0a\0\0\x01"),))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("web.shop. 5 IN A 10.0.0.1", id="plain"),
        pytest.param("web.shop. IN 5 A 10.0.0.1", id="class before TTL"),
        pytest.param("web.shop. 5 A 10.0.0.1", id="no class"),
        pytest.param("web.shop 5 in a 10.0.0.1", id="lower case, no final dot"),
        pytest.param("  web.shop.\t5\tIN\tA\t10.0.0.1  ; a comment", id="white space and a comment"),
        pytest.param("web.shop. 5 CLASS1 TYPE1 10.0.0.1", id="numbers"),
        pytest.param("web.shop. 5 IN A \\# 4 0a 00 0001", id="generic data"),
        pytest.param("w\\101b.shop. 5 IN A 10.0.0.1", id="escape in the owner"),
    ],
)
def test_ways_to_write_a_record(line: str) -> None:
    assert parse_record(line) == RECORD


def test_a_default_ttl_stands_in_for_a_missing_one() -> None:
    assert parse_record("web.shop. A 10.0.0.1", ttl=5) == RECORD
    assert parse_record("web.shop. 5 A 10.0.0.1", ttl=7) == RECORD


@pytest.mark.parametrize(
    ("text", "strings"),
    [
        pytest.param("a b", (b"a", b"b"), id="words"),
        pytest.param('"a b" c', (b"a b", b"c"), id="quotes"),
        pytest.param('""', (b"",), id="empty"),
        pytest.param('"a"b', (b"a", b"b"), id="quote and word without space"),
        pytest.param('";" \\; a;b', (b";", b";", b"a"), id="semicolons"),
        pytest.param('"\\"\\065\\\\"', (b'"A\\',), id="escapes"),
        pytest.param('"\u20ac"', ("\u20ac".encode(),), id="UTF-8"),
    ],
)
def test_character_strings(text: str, strings: tuple[bytes, ...]) -> None:
    assert parse_record(f"web.shop. 5 IN TXT {text}").rdatas == (TXT(strings),)


def test_unknown_types_and_classes_by_number() -> None:
    record = parse_record("web.shop. 5 CLASS7 TYPE666 \\# 3 abcdef")
    assert record == RRset(WEB, 5, (Opaque(666, b"\xab\xcd\xef"),), 7)
    assert record.to_text() == "web.shop. 5 CLASS7 TYPE666 \\# 3 abcdef"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        pytest.param("", "a record was expected", id="nothing"),
        pytest.param("; note", "a record was expected", id="a comment"),
        pytest.param("web.", "a record type was expected, not 'the end of the line'", id="owner only"),
        pytest.param("web. 5 IN", "not 'the end of the line'", id="no type"),
        pytest.param("web. 5 IN B x", "a record type was expected, not 'B'", id="no such type"),
        pytest.param("web. 5 IN IN A 10.0.0.1", "a record type was expected, not 'IN'", id="class twice"),
        pytest.param("web. 5 IN TYPE65536 \\# 0", "not 'TYPE65536'", id="type too large"),
        pytest.param("web. IN A 10.0.0.1", "a TTL was expected", id="no TTL"),
        pytest.param("web. 2147483648 IN A 10.0.0.1", "at most 2147483647", id="TTL too large"),
        pytest.param("web..x. 5 IN A 10.0.0.1", "a label has 1 to 63 octets", id="bad owner"),
        pytest.param("web. 5 IN A", "A data is ADDRESS, not nothing", id="no data"),
        pytest.param("web. 5 IN A 10.0.0.1 2", "not '10.0.0.1 2'", id="too much data"),
        pytest.param("web. 5 IN A 10.0.0", "10.0.0", id="bad address"),
        pytest.param("web. 5 IN AAAA 10.0.0.1", "10.0.0.1", id="address of another family"),
        pytest.param("web. 5 IN MX ten mail.", "from 0 to 65535 was expected, not 'ten'", id="no number"),
        pytest.param("web. 5 IN SRV 0 1 65536 t.", "from 0 to 65535 was expected, not '65536'", id="port"),
        pytest.param("web. 5 IN SOA a. b. 1 2 3 4", "MNAME RNAME SERIAL", id="SOA too short"),
        pytest.param("web. 5 IN TXT", "TXT holds one or more strings", id="TXT without strings"),
        pytest.param(f"web. 5 IN TXT {'a' * 256}", "at most 255 octets", id="long string"),
        pytest.param('web. 5 IN TXT "a', "a quote is not closed", id="open quote"),
        pytest.param('web. 5 IN TXT "a\\"', "a quote is not closed", id="escaped quote"),
        pytest.param("web. 5 IN TXT a\\25", "a backslash needs", id="bad escape"),
        pytest.param(
            "web. 5 IN CAA 0 issue ca", "written as \\# LENGTH HEX here", id="type without text form"
        ),
        pytest.param("web. 5 IN TYPE666 \\#", "the length is missing", id="generic without length"),
        pytest.param("web. 5 IN TYPE666 \\# x", "was expected, not 'x'", id="generic without number"),
        pytest.param("web. 5 IN TYPE666 \\# 2 ab", "has 1 octets, not the 2", id="generic too short"),
        pytest.param("web. 5 IN TYPE666 \\# 1 zz", "in hexadecimal, not 'zz'", id="no hexadecimal"),
        pytest.param("web. 5 IN A \\# 3 0a0000", "0a0000 is not A data", id="generic that is no address"),
        pytest.param("web. 5 IN MX \\# 1 00", "00 is not MX data", id="generic that is cut"),
        pytest.param("web. 5 IN NS \\# 2 0161", "0161 is not NS data", id="generic name that is cut"),
    ],
)
def test_bad_lines_are_refused_with_a_sentence(line: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - compared below
        parse_record(line)
    assert sentence in str(caught.value)


SECTION = """
web.shop. 5 IN A 10.0.0.1   ; first
WEB.shop. 5 IN A 10.0.0.2
; nothing here
web.shop. 5 IN TXT one

web.shop. 6 IN TXT two
web.shop. 5 IN A 10.0.0.3
"""


def test_neighbours_that_belong_together_are_one_rrset() -> None:
    assert [rrset.to_text().count("\n") + 1 for rrset in parse_section(SECTION)] == [2, 1, 1, 1]
    assert parse_section("") == ()


def test_lines_of_one_rrset() -> None:
    text = "web.shop. 5 IN A 10.0.0.1\nweb.shop. 5 IN A 10.0.0.2"
    assert parse_rrset(text).to_text() == text
    for several in ("", SECTION):
        with pytest.raises(ValueError, match="one RRset were expected"):
            parse_rrset(several)


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("A", 1),
        ("srv", 33),
        ("TYPE65280", 65280),
        ("type1", 1),
        ("TYPE", None),
        ("TYPE-1", None),
        ("x", None),
    ],
)
def test_words_for_types(word: str, number: int | None) -> None:
    assert parse_type(word) == number


@pytest.mark.parametrize(
    ("word", "number"), [("IN", 1), ("ch", 3), ("CLASS7", 7), ("CLASS65536", None), ("A", None)]
)
def test_words_for_classes(word: str, number: int | None) -> None:
    assert parse_class(word) == number


def test_numbers_without_a_name_are_shown_as_numbers() -> None:
    assert (type_text(33), type_text(666)) == ("SRV", "TYPE666")
    assert (class_text(1), class_text(7)) == ("IN", "CLASS7")
    assert (rcode_text(3), rcode_text(77)) == ("NXDOMAIN", "RCODE77")


def test_a_question_as_text() -> None:
    assert Question(WEB, 33, RRClass.CH).to_text() == "web.shop. CH SRV"
    assert not Message(question=(Question(WEB, 1),)).is_response
