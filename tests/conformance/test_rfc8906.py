"""RFC 8906 section 8: how to find out whether a server fails to communicate, one test a paragraph."""

from testbed.asking import Answer, Ask
from testbed.wire import edns_query, option, query

ZONE = "cluster.local"
SOA, DNSKEY = 6, 48
COOKIES_AND_MORE = (
    option(3)
    + option(8, bytes.fromhex("0001180a0000"))
    + option(9)
    + option(10, b"\x01\x02\x03\x04\x05\x06\x07\x08")
)


def is_soa(answer: Answer) -> bool:
    kinds = [line.split()[3] for line in answer.answer]
    return answer.rcode == "NOERROR" and "AA" in answer.flags and kinds == ["SOA"]


def is_badvers(answer: Answer) -> bool:
    return answer.rcode == "BADVERS" and answer.opt[1] == 0 and not answer.answer and "AA" not in answer.flags


def test_8_1_1_is_the_server_configured_for_the_zone(ask: Ask) -> None:
    answer = ask(query(ZONE, SOA))
    assert is_soa(answer)
    assert not answer.has_opt


def test_8_1_2_unknown_types(ask: Ask) -> None:
    answer = ask(query(ZONE, 1000))
    assert answer.rcode == "NOERROR"
    assert answer.is_negative
    assert not answer.has_opt
    assert "AA" in answer.flags


def test_8_1_3_1_cd(ask: Ask) -> None:
    answer = ask(query(ZONE, SOA, bits=0x10))
    assert is_soa(answer)
    assert answer.flags == {"QR", "AA", "CD"}


def test_8_1_3_2_ad(ask: Ask) -> None:
    answer = ask(query(ZONE, SOA, bits=0x20))
    assert is_soa(answer)
    assert answer.flags == {"QR", "AA"}


def test_8_1_3_3_reserved_bit(ask: Ask) -> None:
    answer = ask(query(ZONE, SOA, bits=0x40))
    assert is_soa(answer)
    assert answer.flags == {"QR", "AA"}


def test_8_1_3_4_recursive_queries(ask: Ask) -> None:
    answer = ask(query(ZONE, SOA, bits=0x100))
    assert is_soa(answer)
    assert answer.flags == {"QR", "AA", "RD"}


def test_8_1_4_unknown_opcodes(ask: Ask) -> None:
    answer = ask(query(ZONE, SOA, bits=15 << 11))
    assert answer.rcode == "NOTIMP"
    assert not answer.answer
    assert not answer.has_opt
    assert "AA" not in answer.flags


def test_8_1_5_tcp(ask_tcp: Ask) -> None:
    answer = ask_tcp(query(ZONE, SOA))
    assert is_soa(answer)
    assert not answer.has_opt


def test_8_2_1_minimal_edns(ask: Ask) -> None:
    answer = ask(edns_query(ZONE, SOA))
    assert is_soa(answer)
    assert answer.opt[1] == 0


def test_8_2_2_version_negotiation(ask: Ask) -> None:
    assert is_badvers(ask(edns_query(ZONE, SOA, version=1)))


def test_8_2_3_unknown_options(ask: Ask) -> None:
    answer = ask(edns_query(ZONE, SOA, options=option(100)))
    assert is_soa(answer)
    assert answer.opt[1] == 0
    assert not answer.options


def test_8_2_4_unknown_flags(ask: Ask) -> None:
    answer = ask(edns_query(ZONE, SOA, flags=0x40))
    assert is_soa(answer)
    assert answer.opt[1:] == (0, 0)


def test_8_2_5_version_negotiation_with_unknown_flags(ask: Ask) -> None:
    answer = ask(edns_query(ZONE, SOA, version=1, flags=0x40))
    assert is_badvers(answer)
    assert answer.opt[2] == 0


def test_8_2_6_version_negotiation_with_unknown_options(ask: Ask) -> None:
    answer = ask(edns_query(ZONE, SOA, version=1, options=option(100)))
    assert is_badvers(answer)
    assert not answer.options


def test_8_2_7_truncated_replies(ask_udp: Ask) -> None:
    """The OPT record stays when the answer is cut. There are no keys here to make it long: addresses do."""
    answer = ask_udp(edns_query("n252.big.svc." + ZONE, size=512, flags=0x8000))
    assert answer.rcode == "NOERROR"
    assert "TC" in answer.flags
    assert answer.opt[1:] == (0, 0x8000)
    assert len(answer.octets) <= 512
    assert ask_udp(edns_query(ZONE, DNSKEY, size=512, flags=0x8000)).has_opt


def test_8_2_8_do(ask: Ask) -> None:
    answer = ask(edns_query(ZONE, SOA, flags=0x8000))
    assert is_soa(answer)
    assert answer.opt[1:] == (0, 0x8000)


def test_8_2_9_version_negotiation_with_do(ask: Ask) -> None:
    answer = ask(edns_query(ZONE, SOA, version=1, flags=0x8000))
    assert is_badvers(answer)
    assert answer.opt[2] == 0x8000


def test_8_2_10_several_defined_options(ask: Ask) -> None:
    answer = ask(edns_query(ZONE, SOA, options=COOKIES_AND_MORE))
    assert is_soa(answer)
    assert answer.opt[1] == 0


def test_3_1_3_unknown_types_do_not_depend_on_the_name(ask: Ask) -> None:
    assert ask(query("web.shop.svc." + ZONE, 1000)).is_negative
    missing = ask(query("missing.shop.svc." + ZONE, 1000))
    assert missing.rcode == "NXDOMAIN"
    assert missing.is_negative


def test_3_1_4_every_opcode_gets_a_reply_that_repeats_it(ask: Ask) -> None:
    for opcode in range(1, 16):
        answer = ask(edns_query(ZONE, SOA, bits=opcode << 11))
        assert (answer.rcode, answer.opcode, answer.has_opt) == ("NOTIMP", opcode, True)
