"""Refusing a signature made with a key that nobody knows (RFC 8945 section 5.3.2)."""

import dns.message
import dns.name
import dns.tsig
import pytest

from clusterdns.dns.constants import RRType
from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import A, Opaque
from clusterdns.dns.reader import read_query
from clusterdns.dns.tsig import bad_key, tsig_of
from clusterdns.dns.writer import write_message
from testbed.packets import tsig_record

QUESTION = (Question(Name.from_text("web."), RRType.A),)


def signed_query() -> Message:
    data = write_message(Message(id=7, question=QUESTION, additional=(tsig_record(original_id=0x1234),)))
    return read_query(data)


def test_the_signature_of_a_query_is_found() -> None:
    assert tsig_of(signed_query()) == tsig_record(original_id=0x1234)


def test_a_query_without_signature_has_none() -> None:
    address = RRset(QUESTION[0].name, 5, (A(b"1234"),))
    assert tsig_of(Message(question=QUESTION)) is None
    assert tsig_of(Message(question=QUESTION, additional=(address,))) is None


def test_the_refusal_repeats_key_algorithm_time_and_id_without_mac() -> None:
    request = tsig_of(signed_query())
    assert request is not None
    reply = bad_key(request)
    assert (reply.owner, reply.ttl, reply.rrclass) == (request.owner, 0, 255)
    (rdata,) = reply.rdatas
    assert isinstance(rdata, Opaque)
    algorithm = Name.from_text("hmac-sha256.").wire
    assert rdata.data == algorithm + bytes.fromhex("00006553f100 012c 0000 1234 0011 0000")


def test_dnspython_reads_the_refusal() -> None:
    request = tsig_of(signed_query())
    assert request is not None
    reply = Message(id=7, flags=0x8000, rcode=9, question=QUESTION, additional=(bad_key(request),))
    with pytest.raises(dns.tsig.PeerBadKey):
        dns.message.from_wire(
            write_message(reply), keyring={dns.name.from_text("transfer."): b"secret"}, request_mac=b""
        )


@pytest.mark.parametrize(
    "rdata",
    [
        pytest.param(A(b"1234"), id="another type"),
        pytest.param(Opaque(RRType.TSIG, b""), id="no data"),
        pytest.param(Opaque(RRType.TSIG, b"\xc0\x0c" + bytes(16)), id="compressed algorithm"),
        pytest.param(Opaque(RRType.TSIG, b"\x01a" * 200), id="endless algorithm"),
    ],
)
def test_what_is_no_signature_cannot_be_refused_as_one(rdata: A | Opaque) -> None:
    with pytest.raises(MalformedMessage, match="TSIG"):
        bad_key(RRset(QUESTION[0].name, 0, (rdata,)))
