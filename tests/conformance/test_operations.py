"""Operations other than QUERY: answered NOTIMP on every transport, however their messages are laid out."""

from typing import Final

import pytest

from testbed.asking import Ask
from testbed.wire import name, opt, packet, question, record

IQUERY, STATUS, NOTIFY, UPDATE, DSO = 1 << 11, 2 << 11, 4 << 11, 5 << 11, 6 << 11
AA, RD, CD = 0x400, 0x100, 0x10
SOA, ANY, NONE = 6, 255, 254
ZONE: Final = question("cluster.local", SOA)
NEW: Final = record("new.cluster.local", ttl=60)
SERIAL: Final = record("cluster.local", SOA, data=b"\0\0" + bytes(20))


@pytest.mark.parametrize(
    ("sent", "asked", "with_opt"),
    [
        pytest.param(packet(ZONE, bits=NOTIFY | AA), True, False, id="NOTIFY"),
        pytest.param(packet(ZONE, answer=[SERIAL], bits=NOTIFY | AA), True, False, id="NOTIFY with a serial"),
        pytest.param(packet(ZONE, additional=[opt()], bits=NOTIFY | AA), True, True, id="NOTIFY with OPT"),
        pytest.param(packet(ZONE, authority=[NEW], bits=UPDATE), True, False, id="UPDATE that adds"),
        pytest.param(
            packet(ZONE, authority=[record(data=b"", rrclass=ANY)], bits=UPDATE),
            True,
            False,
            id="that deletes",
        ),
        pytest.param(
            packet(ZONE, answer=[record(data=b"", rrclass=NONE)] * 3, authority=[NEW] * 5, bits=UPDATE),
            True,
            False,
            id="UPDATE with prerequisites",
        ),
        pytest.param(
            packet(ZONE, authority=[NEW] * 5, additional=[opt()], bits=UPDATE),
            True,
            True,
            id="UPDATE with OPT",
        ),
        pytest.param(packet(answer=[record()], bits=IQUERY), False, False, id="IQUERY"),
        pytest.param(packet(bits=STATUS), False, False, id="STATUS"),
        pytest.param(
            packet(bits=DSO, tail=bytes.fromhex("0001000800000000")), False, False, id="DSO keepalive"
        ),
        pytest.param(packet(ZONE, ZONE, bits=UPDATE), False, False, id="two zones"),
        pytest.param(packet(ZONE, counts=(1, 9, 9, 9), bits=UPDATE), True, False, id="records promised"),
        pytest.param(packet(counts=(1, 0, 0, 0), bits=NOTIFY), False, False, id="a zone promised"),
        pytest.param(packet(b"\xc0\x0c", counts=(1, 0, 0, 0), bits=15 << 11), False, False, id="a loop"),
    ],
)
def test_rfc8906_3_1_4_notimp(ask: Ask, sent: bytes, asked: bool, with_opt: bool) -> None:
    answer = ask(sent)
    assert answer.rcode == "NOTIMP"
    assert answer.flags == {"QR"}
    assert answer.question == (["cluster.local. IN SOA"] if asked else [])
    assert answer.counts == (int(asked), 0, 0, int(with_opt))


@pytest.mark.parametrize("opcode", range(1, 16))
@pytest.mark.parametrize("bits", [0, RD, CD, RD | CD], ids=["none", "rd", "cd", "rd and cd"])
def test_rd_and_cd_are_copied_for_any_operation(ask_udp: Ask, opcode: int, bits: int) -> None:
    answer = ask_udp(packet(ZONE, bits=opcode << 11 | bits))
    assert answer.rcode == "NOTIMP"
    assert answer.bits == 0x8000 | opcode << 11 | bits | 4


def test_the_name_asked_for_does_not_matter(ask: Ask) -> None:
    for owner in (".", "example.org", "_http._tcp.web.shop.svc.cluster.local"):
        assert ask(packet(question(name(owner), SOA), bits=NOTIFY)).rcode == "NOTIMP"
