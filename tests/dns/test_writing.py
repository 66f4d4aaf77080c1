"""How messages are written: RFC 1035 section 4, compression, EDNS."""

import pytest

from clusterdns.dns.constants import Rcode, RRClass, RRType
from clusterdns.dns.edns import Edns, ExtendedError, Option
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import ROOT, Name
from clusterdns.dns.rdata import A, Opaque
from clusterdns.dns.reader import read_message
from clusterdns.dns.text import parse_section
from clusterdns.dns.writer import write_message
from testbed.packets import query_packets, reply_packets, tsig_record

WEB = Question(Name.from_text("web.shop."), RRType.A)
HEAD = "0001 00000005"


def written(section: str, question: Question = WEB) -> bytes:
    """The octets after the question."""
    message = Message(question=(question,), answer=parse_section(section))
    data = write_message(message)
    assert read_message(data) == message
    return data[12 + len(question.name.wire) + 4 :]


@pytest.mark.parametrize("data", [*query_packets(), *reply_packets()])
def test_a_message_that_was_read_is_written_back(data: bytes) -> None:
    assert read_message(write_message(read_message(data))) == read_message(data)


def test_the_owner_that_was_asked_for_is_a_pointer_to_the_question() -> None:
    assert written("web.shop. 5 IN A 10.0.0.1") == bytes.fromhex(f"c00c 0001 {HEAD} 0004 0a000001")


def test_later_records_of_an_owner_point_to_its_first() -> None:
    data = written("db.shop. 5 IN A 10.0.0.1\ndb.shop. 5 IN A 10.0.0.2\ndb.shop. 5 IN TXT a")
    first = f"026462 c010 0001 {HEAD} 0004 0a000001"
    assert data == bytes.fromhex(first + f"c01a 0001 {HEAD} 0004 0a000002" + f"c01a 0010 {HEAD} 0002 0161")


def test_suffixes_are_shared() -> None:
    data = written("a.b.shop. 5 IN A 10.0.0.1\nc.b.shop. 5 IN A 10.0.0.2")
    assert data.startswith(b"\x01a\x01b\xc0\x10")
    assert b"\x01c\xc0\x1c" in data


@pytest.mark.parametrize(
    ("asked", "owner", "start"),
    [
        pytest.param("WEB.shop.", "WEB.shop.", b"\xc0\x0c", id="spelled alike"),
        pytest.param("WEB.shop.", "web.shop.", b"\x03web\xc0\x10", id="first label in another case"),
        pytest.param("web.SHOP.", "web.shop.", b"\x03web\x04shop\0", id="suffix in another case"),
    ],
)
def test_rfc4343_compression_keeps_every_spelling(asked: str, owner: str, start: bytes) -> None:
    question = Question(Name.from_text(asked), RRType.A)
    assert written(f"{owner} 5 IN A 10.0.0.1", question).startswith(start)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("NS web.shop.", id="NS"),
        pytest.param("CNAME web.shop.", id="CNAME"),
        pytest.param("PTR web.shop.", id="PTR"),
        pytest.param("MX 1 web.shop.", id="MX"),
        pytest.param("SOA web.shop. x.web.shop. 1 2 3 4 5", id="SOA"),
    ],
)
def test_rfc3597_4_names_in_old_data_are_compressed(data: str) -> None:
    assert b"\x03web" not in written(f"shop. 5 IN {data}")


def test_rfc2782_the_target_of_a_service_is_not_compressed() -> None:
    assert written("web.shop. 5 IN SRV 0 1 80 web.shop.").endswith(b"\0\x50\x03web\x04shop\0")


def test_rfc2782_nor_is_anything_compressed_towards_it() -> None:
    data = written("x. 5 IN SRV 0 1 80 target.y.\ntarget.y. 5 IN A 10.0.0.1")
    assert data.count(b"\x06target\x01y\0") == 2


def test_the_root_is_never_a_pointer() -> None:
    data = written(". 5 IN NS .\n. 5 IN NS .", Question(ROOT, RRType.NS))
    assert data == bytes.fromhex(f"00 0002 {HEAD} 0001 00") * 2


def test_pointers_reach_16383_octets_and_no_further() -> None:
    filler = RRset(WEB.name, 5, (Opaque(999, bytes(16370)),))
    far = RRset(Name.from_text("far.away."), 5, (A(b"1234"), A(b"5678")))
    services = RRset(Name.from_text("far.away."), 5, (Opaque(1000, b""), Opaque(1000, b"")))
    message = Message(question=(WEB,), answer=(filler, far, services))
    data = write_message(message)
    assert data.count(b"\x03far\x04away\0") == 4
    assert read_message(data) == message


def test_a_response_code_of_twelve_bits_is_split() -> None:
    data = write_message(Message(rcode=Rcode.BADCOOKIE, question=(WEB,), edns=Edns(payload=1232)))
    assert data[3] & 15 == 7
    assert data.endswith(bytes.fromhex("00 0029 04d0 01 00 0000 0000"))


def test_a_long_response_code_without_edns_is_servfail() -> None:
    assert read_message(write_message(Message(rcode=Rcode.BADVERS, question=(WEB,)))).rcode == Rcode.SERVFAIL


def test_rfc6891_6_1_2_the_opt_record() -> None:
    edns = Edns(payload=512, version=1, flags=0x8001, options=(Option(3, b"ab"), Option(9, b"")))
    data = write_message(Message(question=(WEB,), edns=edns))
    assert data.endswith(bytes.fromhex("00 0029 0200 00 01 8001 000a 0003 0002 6162 0009 0000"))
    assert data[10:12] == b"\0\x01"


def test_rfc8945_5_1_a_signature_is_written_last_and_whole() -> None:
    additional = (*parse_section("web.shop. 5 IN A 10.0.0.1"), tsig_record(original_id=5, key="web.shop."))
    message = Message(question=(WEB,), additional=additional, edns=Edns())
    data = write_message(message)
    assert data[10:12] == b"\0\x03"
    assert data[-81:].startswith(WEB.name.wire + bytes.fromhex("00fa 00ff"))
    assert read_message(data) == message


def test_rfc8914_2_an_extended_error_as_an_option() -> None:
    assert ExtendedError(14, "\u00e9").to_option() == Option(15, b"\0\x0e\xc3\xa9")


def test_records_of_any_class_are_written() -> None:
    message = Message(answer=(RRset(WEB.name, 5, (Opaque(1, b"x"), Opaque(1, b"y")), RRClass.CH),))
    assert read_message(write_message(message)) == message


def test_edns_tells_its_parts() -> None:
    edns = Edns(flags=0x8000, options=(Option(3, b"a"), Option(3, b"b")))
    assert edns.dnssec_ok
    assert not Edns().dnssec_ok
    assert edns.option(3) == b"a"
    assert edns.option(4) is None
