"""`whoami` tells a client its address, port and transport."""

import pytest

from clusterdns.corefile import CorefileErrors
from clusterdns.dns.constants import Rcode
from clusterdns.plugin import Client, Transport
from clusterdns.testing.chain import lines, running
from clusterdns.testing.contexts import fake_client
from clusterdns_plugins.whoami import plugin

LONG = ".".join(["x" * 63] * 3 + ["y" * 61]) + "."
"""A name of 255 octets: nothing fits in front of it."""


@pytest.mark.parametrize(
    ("name", "client", "expected"),
    [
        pytest.param(
            "example.org.",
            fake_client("192.0.2.9"),
            ["example.org. 0 IN A 192.0.2.9", "_udp.example.org. 0 IN SRV 0 0 40000 ."],
            id="IPv4 over UDP",
        ),
        pytest.param(
            "Example.ORG.",
            fake_client("2001:db8::9", transport=Transport.TCP),
            ["Example.ORG. 0 IN AAAA 2001:db8::9", "_tcp.Example.ORG. 0 IN SRV 0 0 40000 ."],
            id="IPv6 over TCP, case kept",
        ),
        pytest.param(
            "example.org.",
            fake_client("fe80::9%eth0"),
            ["example.org. 0 IN AAAA fe80::9", "_udp.example.org. 0 IN SRV 0 0 40000 ."],
            id="link scope: a record has no zone",
        ),
        pytest.param(
            ".",
            fake_client("192.0.2.9"),
            [". 0 IN A 192.0.2.9", "_udp. 0 IN SRV 0 0 40000 ."],
            id="the root",
        ),
        pytest.param(
            LONG, fake_client("192.0.2.9"), [f"{LONG} 0 IN A 192.0.2.9"], id="no room for a label in front"
        ),
    ],
)
async def test_the_client_stands_in_the_additional_section(
    name: str, client: Client, expected: list[str]
) -> None:
    async with running(". {\n whoami\n}", plugin) as chain:
        reply = await chain.ask(name, "TXT", client=client)
    assert lines(reply.additional) == expected
    assert (reply.rcode, reply.authoritative, reply.answer, reply.authority) == (Rcode.NOERROR, True, (), ())


async def test_a_reply_is_for_one_client_only() -> None:
    async with running(". {\n whoami\n}", plugin) as chain:
        reply = await chain.ask("example.org.")
    assert reply.reuse is None


@pytest.mark.parametrize("text", ["whoami example.org", "whoami {\n }"])
async def test_there_is_nothing_to_set(text: str) -> None:
    with pytest.raises(CorefileErrors, match=r"^Corefile:2:\d+: .*whoami"):
        async with running(f". {{\n {text}\n}}", plugin):
            pass
