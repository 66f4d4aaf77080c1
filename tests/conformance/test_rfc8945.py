"""RFC 8945: nobody's signature can be checked here, so each is answered NOTAUTH and BADKEY, none ignored."""

from typing import Final

import pytest

from testbed.asking import Ask
from testbed.wire import ID, name, opt, packet, question, record

TSIG, ANY = 250, 255
QUESTION: Final = question("web.shop.svc.cluster.local")
TIME_AND_FUDGE: Final = bytes.fromhex("00005f000000 012c")
NOTAUTH, BADKEY = 9, 17


def signature(*, key: str = "dnswkk", mac: bytes = bytes(32), error: int = 0, rrclass: int = ANY) -> bytes:
    """A TSIG record. As in a request, save for the error."""
    fields = (
        name("hmac-sha256")
        + TIME_AND_FUDGE
        + len(mac).to_bytes(2)
        + mac
        + ID.to_bytes(2)
        + error.to_bytes(2)
        + bytes(2)
    )
    return record(key, TSIG, rrclass=rrclass, data=fields)


@pytest.mark.parametrize("key", ["dnswkk", "Key.example.com", ""], ids=["well known", "long", "root"])
def test_5_2_1_an_unknown_key_is_badkey_in_an_unsigned_record(ask: Ask, key: str) -> None:
    reply = ask.send(packet(QUESTION, additional=[signature(key=key)]))
    assert reply == packet(
        QUESTION, additional=[signature(key=key, mac=b"", error=BADKEY)], bits=0x8000 | NOTAUTH
    )


def test_5_2_1_the_signature_stays_behind_the_opt_record(ask: Ask) -> None:
    reply = ask.send(packet(QUESTION, additional=[opt(4096, flags=0x8000), signature()]))
    unsigned = signature(mac=b"", error=BADKEY)
    additional = [opt(1232, flags=0x8000), unsigned]
    assert reply == packet(QUESTION, additional=additional, bits=0x8000 | NOTAUTH)


def test_5_2_1_in_a_class_that_is_not_answered_too(ask: Ask) -> None:
    asked = question("version.bind", 16, 3)
    reply = ask.send(packet(asked, additional=[signature()]))
    unsigned = signature(mac=b"", error=BADKEY)
    assert reply == packet(asked, additional=[unsigned], bits=0x8000 | NOTAUTH)


def test_rfc6891_6_1_3_what_a_later_version_of_edns_signs_is_not_known(ask: Ask) -> None:
    answer = ask(packet(QUESTION, additional=[opt(version=1), signature()]))
    assert answer.rcode == "BADVERS"
    assert answer.counts == (1, 0, 0, 1)


@pytest.mark.parametrize("rrclass", [0, 1, 3, 254])
def test_4_2_a_signature_of_another_class_than_any_is_formerr(ask: Ask, rrclass: int) -> None:
    answer = ask(packet(QUESTION, additional=[signature(rrclass=rrclass)]))
    assert answer.rcode == "FORMERR"
    assert answer.question == ["web.shop.svc.cluster.local. IN A"]


def test_5_2_a_signature_before_other_records_is_formerr(ask: Ask) -> None:
    assert ask(packet(QUESTION, additional=[signature(), opt()])).rcode == "FORMERR"


def test_5_2_two_signatures_are_formerr(ask: Ask) -> None:
    assert ask(packet(QUESTION, additional=[signature(), signature()])).rcode == "FORMERR"


@pytest.mark.parametrize("section", ["answer", "authority"])
def test_5_1_a_signature_in_another_section_is_formerr(ask: Ask, section: str) -> None:
    in_answer, in_authority = ([signature()], []) if section == "answer" else ([], [signature()])
    assert ask(packet(QUESTION, answer=in_answer, authority=in_authority)).rcode == "FORMERR"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0", id="a name only"),
        pytest.param(name("hmac-sha256") + TIME_AND_FUDGE + b"\xff\xff", id="a MAC beyond the end"),
        pytest.param(name("hmac-sha256") + TIME_AND_FUDGE + bytes(8) + b"?", id="an octet too much"),
        pytest.param(b"\xc0\x0c" + TIME_AND_FUDGE + bytes(8), id="a compressed algorithm"),
    ],
)
def test_4_2_a_signature_cut_short_or_too_long_is_formerr(ask: Ask, data: bytes) -> None:
    answer = ask(packet(QUESTION, additional=[record("key", TSIG, rrclass=ANY, data=data)]))
    assert answer.rcode == "FORMERR"
    assert answer.question == ["web.shop.svc.cluster.local. IN A"]
