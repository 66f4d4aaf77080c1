"""`log` writes a line about each query and its reply."""

import logging

import pytest

from clusterdns.dns.constants import Flag, Rcode, RRType
from clusterdns.dns.edns import Edns, Option
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import ROOT, Name
from clusterdns.dns.text import parse_section
from clusterdns.plugin import BackendFailure, Client, Next, Query, Reply, Transport
from clusterdns.rows import Noted
from clusterdns.telemetry.lines import LineFormatter
from clusterdns.testing.chain import running
from clusterdns.testing.contexts import FakeContext, fake_client
from clusterdns_plugins.log import plugin
from clusterdns_plugins.log.format import Format
from clusterdns_plugins.log.logged_query import LoggedQuery

LOCAL4 = Client(
    address="127.0.0.1", port=43211, transport=Transport.UDP, local_address="127.0.0.2", local_port=53
)
LOCAL6 = Client(address="::1", port=50759, transport=Transport.TCP, local_address="::2", local_port=53)
ANSWER = Reply(answer=parse_section("example.org. 30 IN A 192.0.2.1\nexample.org. 30 IN A 192.0.2.2"))


@pytest.fixture(autouse=True)
def _log_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "clusterdns")


def query(
    name: str = "example.org.",
    rtype: int = RRType.A,
    *,
    client: Client = LOCAL4,
    edns: Edns | None = None,
    flags: int = Flag.RD,
    opcode: int = 0,
) -> Query:
    question = Question(Name.from_text(name), rtype)
    return Query(
        message=Message(id=4567, flags=flags, opcode=opcode, question=(question,), edns=edns),
        question=question,
        client=client,
        server="dns://:53",
        zone=ROOT,
        noted=Noted(),
    )


def replying(reply: Reply, context: FakeContext, seconds: float = 0.0) -> Next:
    """An end of the chain that takes some seconds."""

    async def end(query: Query) -> Reply:
        context.clock.advance(seconds)
        return reply

    return end


async def logged(
    text: str,
    asked: Query,
    caplog: pytest.LogCaptureFixture,
    *,
    reply: Reply = ANSWER,
    seconds: float = 0.0,
) -> list[str]:
    context = FakeContext()
    async with running(
        f". {{\n{text}\n}}", plugin, context=context, end=replying(reply, context, seconds)
    ) as chain:
        assert await chain.head(asked) == reply
    return [LineFormatter().format(record) for record in caplog.records]


async def test_the_common_format(caplog: pytest.LogCaptureFixture) -> None:
    asked = query("Example.org.", edns=Edns(payload=4096))
    (line,) = await logged("log", asked, caplog, seconds=0.5)
    assert (
        line == '[INFO] 127.0.0.1:43211 - 4567 "A IN example.org. udp 40 false 4096" NOERROR qr,aa,rd 83 0.5s'
    )


async def test_the_combined_format_adds_the_opcode(caplog: pytest.LogCaptureFixture) -> None:
    (line,) = await logged("log . {combined}", query(opcode=4), caplog)
    assert line.endswith(' 0s "4"')


@pytest.mark.parametrize(
    ("placeholder", "asked", "reply", "expected"),
    [
        pytest.param("{type}", query(rtype=RRType.SRV), ANSWER, "SRV", id="type"),
        pytest.param("{type}", query(rtype=65280), ANSWER, "TYPE65280", id="type without a name"),
        pytest.param("{class}", query(), ANSWER, "IN", id="class"),
        pytest.param("{name}", query("WWW.Example.org."), ANSWER, "www.example.org.", id="name"),
        pytest.param("{name}", query("a\\010\\032b.org."), ANSWER, "a\\010\\032b.org.", id="name, escaped"),
        pytest.param("{proto}", query(), ANSWER, "udp", id="UDP"),
        pytest.param("{proto}", query(client=LOCAL6), ANSWER, "tcp", id="TCP"),
        pytest.param("{remote}", query(), ANSWER, "127.0.0.1", id="client, IPv4"),
        pytest.param("{remote}", query(client=LOCAL6), ANSWER, "[::1]", id="client, IPv6"),
        pytest.param("{local}", query(), ANSWER, "127.0.0.2", id="server, IPv4"),
        pytest.param("{local}", query(client=LOCAL6), ANSWER, "[::2]", id="server, IPv6"),
        pytest.param("{port}", query(), ANSWER, "43211", id="port"),
        pytest.param("{size}", query(), ANSWER, "29", id="size"),
        pytest.param(
            "{size}",
            query(edns=Edns(options=(Option(10, bytes(8)),))),
            ANSWER,
            "52",
            id="size with EDNS options",
        ),
        pytest.param("{>bufsize}", query(), ANSWER, "512", id="buffer without EDNS"),
        pytest.param("{>bufsize}", query(edns=Edns(payload=100)), ANSWER, "512", id="buffer below 512"),
        pytest.param("{>bufsize}", query(edns=Edns(payload=1232)), ANSWER, "1232", id="buffer with EDNS"),
        pytest.param(
            "{>bufsize}", query(client=LOCAL6, edns=Edns(payload=1232)), ANSWER, "65535", id="buffer over TCP"
        ),
        pytest.param("{>do}", query(), ANSWER, "false", id="DO without EDNS"),
        pytest.param("{>do}", query(edns=Edns(flags=0x8000)), ANSWER, "true", id="DO"),
        pytest.param("{>id}", query(), ANSWER, "4567", id="id"),
        pytest.param("{>opcode}", query(opcode=4), ANSWER, "4", id="opcode"),
        pytest.param("{rcode}", query(), Reply(rcode=Rcode.NXDOMAIN), "NXDOMAIN", id="rcode"),
        pytest.param("{rcode}", query(), Reply(rcode=77), "77", id="rcode without a name"),
        pytest.param("{rsize}", query(), Reply(), "29", id="size of an empty reply"),
        pytest.param("{rsize}", query(), ANSWER, "83", id="size without compression"),
        pytest.param("{>rflags}", query(flags=0), ANSWER, "qr,aa", id="flags"),
        pytest.param(
            "{>rflags}",
            query(flags=Flag.RD | Flag.CD | Flag.AD | Flag.Z),
            Reply(authoritative=False, truncated=True, recursion_available=True, authentic_data=True),
            "qr,tc,rd,ra,ad,cd",
            id="all flags; AD and Z are not the client's",
        ),
        pytest.param("{/log/class}", query(), Reply(rcode=Rcode.NXDOMAIN), "denial", id="class of reply"),
        pytest.param("{/log/type}", query(), ANSWER, "NOERROR", id="kind of reply"),
        pytest.param("{/geoip/city}", query(), ANSWER, "-", id="a label that nobody knows"),
        pytest.param("{/}", query(), ANSWER, "-", id="no label"),
        pytest.param("{whatever}", query(), ANSWER, "{whatever}", id="words in braces are text"),
        pytest.param("}{ {type} }{", query(), ANSWER, "}{ A }{", id="stray braces"),
        pytest.param(
            "{ {type}{class} {name }", query(), ANSWER, "{ AIN {name }", id="innermost braces count"
        ),
        pytest.param("{TYPE}", query(), ANSWER, "{TYPE}", id="placeholders have a case"),
    ],
)
async def test_a_placeholder_says(
    placeholder: str, asked: Query, reply: Reply, expected: str, *, caplog: pytest.LogCaptureFixture
) -> None:
    (line,) = await logged(f'log . "{placeholder} {{>id}}"', asked, caplog, reply=reply)
    assert line == f"[INFO] {expected} 4567"


async def test_every_type_counts_its_octets(caplog: pytest.LogCaptureFixture) -> None:
    records = (
        "example.org. 5 IN AAAA fd00::1\n"  # 23 of the record, 16 of data
        "example.org. 5 IN CNAME a.\n"  # 3
        "example.org. 5 IN NS a.\n"  # 3
        "example.org. 5 IN PTR a.\n"  # 3
        "example.org. 5 IN MX 10 a.\n"  # 5
        "example.org. 5 IN SRV 0 0 53 a.\n"  # 9
        'example.org. 5 IN TXT "ab" ""\n'  # 4
        "example.org. 5 IN SOA a. b. 1 2 3 4 5\n"  # 26
        "example.org. 5 IN TYPE65280 \\# 5 0102030405"  # 5
    )
    reply = Reply(answer=parse_section(records))
    (line,) = await logged('log . "{rsize}"', query(), caplog, reply=reply)
    assert line == f"[INFO] {29 + 9 * 23 + 16 + 3 + 3 + 3 + 5 + 9 + 4 + 26 + 5}"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0s"),
        (0.000307112, "0.000307112s"),
        (2.5, "2.5s"),
        (10.0, "10s"),
        (3e-05, "0.00003s"),
        (-3.0, "0s"),
    ],
)
def test_a_duration_is_in_seconds(seconds: float, text: str) -> None:
    logged = LoggedQuery.of(query(), ANSWER, duration=seconds)
    assert Format("{duration}").line(logged, {}) == text


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        pytest.param(BackendFailure("no"), "SERVFAIL qr,rd 29 error", id="a failure"),
        pytest.param(BackendFailure("no", rcode=5), "REFUSED qr,rd 29 error", id="a failure with its code"),
        pytest.param(ZeroDivisionError(), "SERVFAIL qr,rd 29 error", id="a bug"),
    ],
)
async def test_a_failure_is_logged_as_its_reply_and_goes_on(
    raised: Exception, expected: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(query: Query) -> Reply:
        raise raised

    corefile = '. {\nlog . "{rcode} {>rflags} {rsize} {/log/class}"\n}'
    async with running(corefile, plugin, end=fail) as chain:
        with pytest.raises(type(raised)):
            await chain.head(query())
    assert caplog.messages == [expected]


async def test_a_reply_passes_unchanged_and_may_be_remembered(caplog: pytest.LogCaptureFixture) -> None:
    async with running(". {\nlog\n}", plugin, end=replying(ANSWER, FakeContext())) as chain:
        assert await chain.ask("example.org.", client=fake_client()) is ANSWER
    assert plugin.treats_alike
