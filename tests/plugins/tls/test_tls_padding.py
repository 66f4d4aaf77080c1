"""Replies to padded queries are padded where nobody can read them (RFC 7830, RFC 8467)."""

from pathlib import Path

import pytest
import trustme

from clusterdns.dns.constants import RRType
from clusterdns.dns.edns import Edns, Option, OptionCode
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from clusterdns.testing.serving import serving
from testbed.certificates import trusting
from testbed.tls_talk import connected


def packet(name: str = "a.example.", *, edns: Edns | None = None) -> bytes:
    return write_message(Message(id=7, question=(Question(Name.from_text(name), RRType.A),), edns=edns))


def block(folder: Path, *, key: str = "tls://.:0") -> str:
    tls = f"tls {folder}/cert.pem {folder}/key.pem"
    return f"{key} {{\n bind 127.0.0.1\n {tls}\n whoami\n}}\n"


PADDED = Edns(options=(Option(OptionCode.PADDING, bytes(40)),))


@pytest.mark.parametrize(
    ("edns", "is_padded"),
    [
        pytest.param(PADDED, True, id="padded"),
        pytest.param(Edns(options=(Option(OptionCode.PADDING, b""),)), True, id="by nothing"),
        pytest.param(Edns(), False, id="not padded"),
        pytest.param(None, False, id="no edns"),
    ],
)
@pytest.mark.parametrize("name", ["a.example.", f"{'b' * 63}.{'c' * 63}.example."])
async def test_replies_to_padded_queries_have_whole_blocks(
    edns: Edns | None, is_padded: bool, name: str, folder: Path, authority: trustme.CA
) -> None:
    async with serving(block(folder)) as served, connected(served.endpoint.port, trusting(authority)) as talk:
        (reply,) = await talk.ask(packet(name, edns=edns))
        found = read_message(reply).edns
        padding = None if found is None else found.option(OptionCode.PADDING)
        assert (padding is not None) is is_padded
        assert (len(reply) % 468 == 0) is is_padded
        assert not any(padding or b"")


async def test_refusals_are_padded_too(folder: Path, authority: trustme.CA) -> None:
    text = block(folder, key="tls://example.org:0")
    async with serving(text) as served, connected(served.endpoint.port, trusting(authority)) as talk:
        (reply,) = await talk.ask(packet(edns=PADDED))
        assert (len(reply), reply[3] & 15) == (468, 5)


async def test_nothing_is_padded_where_everybody_can_read_it() -> None:
    async with serving(".:0 {\n bind 127.0.0.1\n whoami\n}\n") as served:
        for reply in (await served.udp(packet(edns=PADDED)), await served.tcp(packet(edns=PADDED))):
            edns = read_message(reply).edns
            assert edns is not None
            assert edns.options == ()
