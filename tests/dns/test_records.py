"""Every type of record data: zone-file text, value and wire form, both ways, from one table."""

import pytest

from clusterdns.dns.constants import RRClass, RRType
from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.message import Message, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, A, Opaque, Rdata
from clusterdns.dns.reader import read_message
from clusterdns.dns.text import parse_record
from clusterdns.dns.writer import write_message

OWNER = Name.from_text("owner.")
B = Name.from_text("b.")
C = Name.from_text("c.d.")

RECORDS = [
    pytest.param("A 10.0.0.1", A(b"\x0a\0\0\x01"), "0a000001", id="A"),
    pytest.param("AAAA fd00::1", AAAA(b"\xfd" + bytes(14) + b"\x01"), "fd" + "00" * 14 + "01", id="AAAA"),
    pytest.param("NS b.", NS(B), "016200", id="NS"),
    pytest.param("CNAME b.", CNAME(B), "016200", id="CNAME"),
    pytest.param("PTR b.", PTR(B), "016200", id="PTR"),
    pytest.param("MX 10 b.", MX(10, B), "000a016200", id="MX"),
    pytest.param("SRV 1 2 80 b.", SRV(1, 2, 80, B), "000100020050016200", id="SRV"),
    pytest.param('TXT "a" "" "b c"', TXT((b"a", b"", b"b c")), "01610003622063", id="TXT"),
    pytest.param(r'TXT "\"\\\200"', TXT((b'"\\\xc8',)), "03225cc8", id="TXT with escapes"),
    pytest.param(
        "SOA b. c.d. 1 2 3 4 4294967295",
        SOA(B, C, 1, 2, 3, 4, 0xFFFFFFFF),
        "016200" + "0163016400" + "00000001000000020000000300000004ffffffff",
        id="SOA",
    ),
    pytest.param(r"TYPE666 \# 3 abcdef", Opaque(666, b"\xab\xcd\xef"), "abcdef", id="unknown type"),
    pytest.param(r"TYPE666 \# 0", Opaque(666, b""), "", id="unknown type without data"),
    pytest.param(r"CAA \# 2 0001", Opaque(257, b"\0\x01"), "0001", id="a type that is not read"),
]


@pytest.mark.parametrize(("text", "rdata", "data"), RECORDS)
def test_text_value_and_wire_form_agree(text: str, rdata: Rdata, data: str) -> None:
    line = f"owner. 300 IN {text}"
    rrset = RRset(OWNER, 300, (rdata,))
    assert parse_record(line) == rrset
    assert rrset.to_text() == line
    octets = bytes.fromhex(data)
    wire = (
        bytes.fromhex("0000 0000 0000 0001 0000 0000")
        + OWNER.wire
        + rdata.rtype.to_bytes(2)
        + bytes.fromhex("0001 0000012c")
        + len(octets).to_bytes(2)
        + octets
    )
    message = Message(answer=(rrset,))
    assert write_message(message) == wire
    assert read_message(wire) == message


@pytest.mark.parametrize(("text", "rdata", "data"), RECORDS)
def test_rfc3597_5_any_type_may_be_written_generically(text: str, rdata: Rdata, data: str) -> None:
    octets = len(bytes.fromhex(data))
    line = f"owner. 300 CLASS1 TYPE{int(rdata.rtype)} \\# {octets} {data}"
    assert parse_record(line).rdatas == (rdata,)


@pytest.mark.parametrize(("text", "rdata", "data"), [case for case in RECORDS if "type" not in str(case.id)])
@pytest.mark.parametrize("change", [pytest.param(-1, id="too short"), pytest.param(1, id="too long")])
def test_rfc9267_6_the_length_is_exactly_what_the_data_takes(
    text: str, rdata: Rdata, data: str, change: int
) -> None:
    octets = bytes.fromhex(data)
    resized = octets[:change] if change < 0 else octets + b"\x01"
    wire = (
        bytes.fromhex("0000 0000 0000 0001 0000 0000 00")
        + rdata.rtype.to_bytes(2)
        + bytes.fromhex("0001 00000005")
        + len(resized).to_bytes(2)
        + resized
    )
    with pytest.raises(MalformedMessage):
        read_message(wire + bytes(300))


def test_rfc1035_3_3_14_txt_has_at_least_one_string() -> None:
    wire = bytes.fromhex("0000 0000 0000 0001 0000 0000 00 0010 0001 00000005 0000")
    with pytest.raises(MalformedMessage, match="TXT"):
        read_message(wire)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: A(b"123"), id="A"),
        pytest.param(lambda: AAAA(b"1234"), id="AAAA"),
        pytest.param(lambda: TXT(()), id="TXT without strings"),
        pytest.param(lambda: TXT((b"a" * 256,)), id="TXT with a long string"),
    ],
)
def test_impossible_values_cannot_be_made(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=r"octets"):
        make()


@pytest.mark.parametrize("rtype", [RRType.A, RRType.AAAA, RRType.SRV])
@pytest.mark.parametrize("rrclass", [RRClass.CH, RRClass.NONE, RRClass.ANY])
def test_addresses_and_services_of_other_classes_are_opaque(rtype: int, rrclass: int) -> None:
    wire = bytes.fromhex("0000 0000 0000 0001 0000 0000 00") + rtype.to_bytes(2) + rrclass.to_bytes(2)
    message = read_message(wire + bytes.fromhex("00000000 0000"))
    assert message.answer[0].rdatas == (Opaque(rtype, b""),)


def test_rfc2136_records_of_class_any_may_be_empty() -> None:
    wire = bytes.fromhex("0000 2800 0000 0001 0000 0000 00 0006 00ff 00000000 0000")
    assert read_message(wire).answer[0].rdatas == (Opaque(RRType.SOA, b""),)


WITH_NAMES = [
    pytest.param(3, "c00c", "016200", id="MD"),
    pytest.param(7, "c00c", "016200", id="MB"),
    pytest.param(14, "c00c c00c", "016200 016200", id="MINFO"),
    pytest.param(17, "c00c c00c", "016200 016200", id="RP"),
    pytest.param(18, "0001 c00c", "0001 016200", id="AFSDB"),
    pytest.param(26, "0001 c00c c00c", "0001 016200 016200", id="PX"),
    pytest.param(35, "00010002 0141 00 0142 c00c", "00010002 0141 00 0142 016200", id="NAPTR"),
    pytest.param(39, "c00c", "016200", id="DNAME"),
]


@pytest.mark.parametrize(("rtype", "sent", "kept"), WITH_NAMES)
def test_rfc3597_4_names_in_old_types_are_decompressed(rtype: int, sent: str, kept: str) -> None:
    octets = bytes.fromhex(sent)
    head = bytes.fromhex("0000 0000 0001 0001 0000 0000 016200 0001 0001 c00c")
    wire = head + rtype.to_bytes(2) + bytes.fromhex("0001 00000005") + len(octets).to_bytes(2) + octets
    assert read_message(wire).answer[0].rdatas == (Opaque(rtype, bytes.fromhex(kept)),)
    longer = (len(octets) + 1).to_bytes(2) + octets + b"\0"
    with pytest.raises(MalformedMessage):
        read_message(head + rtype.to_bytes(2) + bytes.fromhex("0001 00000005") + longer)


def test_rfc3597_4_unknown_data_is_neither_read_nor_compressed() -> None:
    wire = bytes.fromhex("0000 0000 0001 0001 0000 0000 016200 0001 0001 c00c 029a 0001 00000005 0002 c00c")
    message = read_message(wire)
    assert message.answer[0].rdatas == (Opaque(666, b"\xc0\x0c"),)
    assert write_message(message) == wire
