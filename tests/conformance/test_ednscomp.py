"""The list of ISC's EDNS compliance tester (genreport), each case under the name that it has there.

Its `tcp` and `ednstcp` are these over TCP, its types are in test_types.py, its `dnswkk` in test_rfc8945.py.
"""

import pytest

from testbed.asking import Answer, Ask
from testbed.wire import edns_query, option, query

ZONE = "cluster.local"
SOA, DNSKEY = 6, 48
AA, TC, RD, RA, Z, AD, CD = 0x400, 0x200, 0x100, 0x80, 0x40, 0x20, 0x10

NSID = option(3)
SUBNET = option(8, bytes.fromhex("0001180a0000"))
EXPIRE = option(9)
COOKIE = option(10, b"\x01\x02\x03\x04\x05\x06\x07\x08")
UNKNOWN = option(100, b"?")


def passes(answer: Answer) -> bool:
    """What any answer to an SOA query must be; Ask has checked id, opcode, QR, RA, Z and AD."""
    return (
        answer.rcode == "NOERROR"
        and "AA" in answer.flags
        and "TC" not in answer.flags
        and answer.question == [f"{ZONE}. IN SOA"]
        and [line.split()[3] for line in answer.answer] == ["SOA"]
    )


@pytest.mark.parametrize(
    "bits",
    [
        pytest.param(0, id="dns"),
        pytest.param(AA, id="aa"),
        pytest.param(AD, id="ad"),
        pytest.param(CD, id="cd"),
        pytest.param(RA, id="ra"),
        pytest.param(RD, id="rd"),
        pytest.param(TC, id="tc"),
        pytest.param(Z, id="zflag"),
        pytest.param(AA | TC | RD | RA | Z | AD | CD, id="all of them"),
    ],
)
def test_plain_dns_with_a_header_bit_set(ask: Ask, bits: int) -> None:
    answer = ask(query(ZONE, SOA, bits=bits))
    assert passes(answer)
    assert not answer.has_opt


@pytest.mark.parametrize(
    ("flags", "options", "echoed"),
    [
        pytest.param(0, b"", 0, id="edns"),
        pytest.param(0, UNKNOWN, 0, id="ednsopt"),
        pytest.param(0x0080, b"", 0, id="ednsflags"),
        pytest.param(0x8000, b"", 0x8000, id="do"),
        pytest.param(0xFFFF, b"", 0x8000, id="do and all other flags"),
        pytest.param(0, NSID + SUBNET + EXPIRE + COOKIE, 0, id="optlist"),
        pytest.param(0, NSID, 0, id="ednsnsid"),
        pytest.param(0, COOKIE, 0, id="ednscookie"),
        pytest.param(0, EXPIRE, 0, id="ednsexpire"),
        pytest.param(0, SUBNET, 0, id="ednssubnet"),
    ],
)
def test_edns_version_0(ask: Ask, flags: int, options: bytes, echoed: int) -> None:
    answer = ask(edns_query(ZONE, SOA, size=4096, flags=flags, options=options))
    assert passes(answer)
    assert answer.opt == (1232, 0, echoed)
    assert set(answer.options) == ({10} if COOKIE in options else set())


@pytest.mark.parametrize(
    ("bits", "flags", "options"),
    [
        pytest.param(CD, 0x8000, b"", id="docd"),
        pytest.param(RD | AD, 0, COOKIE, id="dig11"),
        pytest.param(RD | CD, 0x8000, NSID + COOKIE, id="bind11"),
    ],
)
def test_queries_as_resolvers_send_them(ask: Ask, bits: int, flags: int, options: bytes) -> None:
    answer = ask(edns_query(ZONE, SOA, size=4096, flags=flags, options=options, bits=bits))
    assert passes(answer)
    assert answer.opt == (1232, 0, flags)


@pytest.mark.parametrize(
    ("flags", "options"),
    [
        pytest.param(0, b"", id="edns1"),
        pytest.param(0, UNKNOWN, id="edns1opt"),
        pytest.param(0x0080, b"", id="edns1flags"),
        pytest.param(0x8000, b"", id="edns1do"),
        pytest.param(0, NSID, id="edns1nsid"),
        pytest.param(0, COOKIE, id="edns1cookie"),
        pytest.param(0, EXPIRE, id="edns1expire"),
        pytest.param(0, SUBNET, id="edns1subnet"),
        pytest.param(0, option(10, b"short"), id="a cookie that version 0 does not allow"),
        pytest.param(0, b"\0\1\2", id="options that version 0 does not know"),
    ],
)
@pytest.mark.parametrize("version", [1, 255])
def test_edns_of_a_later_version_is_badvers(ask: Ask, version: int, flags: int, options: bytes) -> None:
    answer = ask(edns_query(ZONE, SOA, version=version, flags=flags, options=options))
    assert answer.rcode == "BADVERS"
    assert answer.opt == (1232, 0, flags & 0x8000)
    assert answer.question == [f"{ZONE}. IN SOA"]
    assert answer.counts == (1, 0, 0, 1)
    assert not answer.options
    assert "AA" not in answer.flags


@pytest.mark.parametrize("opcode", range(1, 16))
def test_opcode(ask: Ask, opcode: int) -> None:
    answer = ask(query(ZONE, SOA, bits=opcode << 11))
    assert (answer.rcode, answer.opcode) == ("NOTIMP", opcode)
    assert answer.flags == {"QR"}
    assert answer.counts == (1, 0, 0, 0)


@pytest.mark.parametrize("bits", [AA, TC, RD, RA, Z, AD, CD, AA | TC | RD | RA | Z | AD | CD])
def test_opcodeflg(ask: Ask, bits: int) -> None:
    answer = ask(query(ZONE, SOA, bits=15 << 11 | bits))
    assert (answer.rcode, answer.opcode) == ("NOTIMP", 15)
    assert not answer.flags & {"AA", "TC"}
    assert answer.counts == (1, 0, 0, 0)


def test_edns512(ask_udp: Ask) -> None:
    answer = ask_udp(edns_query(ZONE, DNSKEY, size=512, flags=0x8000))
    assert answer.rcode == "NOERROR"
    assert answer.opt == (1232, 0, 0x8000)
    assert len(answer.octets) <= 512
    assert answer.is_negative
