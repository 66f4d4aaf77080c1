"""The shortest replies."""

import pytest

from clusterdns.dns.constants import Flag, Rcode
from clusterdns.dns.edns import Edns
from clusterdns.dns.error_reply import error_reply
from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.header import Header, peek_header
from clusterdns.dns.reader import read_message, read_query

WHOLE = bytes.fromhex("abcd 0130 0001 0000 0000 0000 03576562 00 0001 0001")


def header_of(data: bytes) -> Header:
    header = peek_header(data)
    assert header is not None
    return header


@pytest.mark.parametrize("rcode", [Rcode.FORMERR, Rcode.NOTIMP, Rcode.REFUSED])
@pytest.mark.parametrize("edns", [pytest.param(None, id="plain"), pytest.param(Edns(), id="edns")])
def test_an_error_is_header_question_and_opt(rcode: int, edns: Edns | None) -> None:
    (question,) = read_query(WHOLE).question
    reply = error_reply(header_of(WHOLE), rcode, question=question, edns=edns)
    assert len(reply) == len(WHOLE) + (11 if edns else 0)
    assert reply[12 : len(WHOLE)] == WHOLE[12:]
    message = read_message(reply)
    assert (message.id, message.rcode, message.edns) == (0xABCD, rcode, edns)


def test_rd_and_cd_are_copied_and_nothing_else() -> None:
    for bits, copied in ((0x0100, Flag.RD), (0x0010, Flag.CD), (0x06E0, Flag(0))):
        header = Header(1, bits, 1, 0, 0, 0)
        assert read_message(error_reply(header, Rcode.REFUSED)).flags == Flag.QR | copied


def test_the_opcode_is_copied() -> None:
    message = read_message(error_reply(Header(1, 0x7800, 1, 0, 0, 0), Rcode.NOTIMP))
    assert (message.opcode, message.rcode) == (15, Rcode.NOTIMP)


def test_a_question_that_could_not_be_read_is_left_out() -> None:
    with pytest.raises(MalformedMessage) as caught:
        read_query(WHOLE[:-1])
    fault = caught.value
    assert fault.header is not None
    reply = error_reply(fault.header, Rcode.FORMERR, question=fault.question)
    assert reply == bytes.fromhex("abcd 8111 0000 0000 0000 0000")


def test_badvers_has_its_upper_bits_in_the_opt_record() -> None:
    reply = error_reply(header_of(WHOLE), Rcode.BADVERS, edns=Edns())
    assert read_message(reply).rcode == Rcode.BADVERS
