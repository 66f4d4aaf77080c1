"""Which queries `log` logs: names, classes, and the order of its rules."""

import logging

import pytest

from clusterdns.corefile import CorefileError, CorefileErrors, parse
from clusterdns.dns.constants import Opcode, Rcode, RRType
from clusterdns.dns.message import Message, Question, Section
from clusterdns.dns.name import ROOT, Name
from clusterdns.dns.reader import read_message
from clusterdns.dns.text import parse_section
from clusterdns.dns.writer import write_message
from clusterdns.plugin import Context, Next, Query, Reply, Reuse
from clusterdns.testing.chain import running
from clusterdns.testing.plugins import plugin_of
from clusterdns.testing.serving import serving
from clusterdns_plugins.log import Rule, Settings, plugin
from clusterdns_plugins.log.format import COMMON, Format
from clusterdns_plugins.log.kinds import Class, Kind, class_of, kind_of

SOA = parse_section("example.org. 5 IN SOA ns.example.org. host.example.org. 1 2 3 4 5")
NS = parse_section("example.org. 5 IN NS ns.example.org.")
A = parse_section("example.org. 5 IN A 192.0.2.1")
NOW = 1_700_000_000.0


@pytest.fixture(autouse=True)
def _log_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "clusterdns")


def read(text: str) -> Settings:
    (directive,) = parse(f". {{\n{text}\n}}", environ={}).blocks[0].directives
    return plugin.parse(directive)


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        pytest.param(
            "log", {"example.org.", "www.example.org.", "net.", "1.2.0.10.in-addr.arpa."}, id="everything"
        ),
        pytest.param("log example.org", {"example.org.", "www.example.org."}, id="a name and all below it"),
        pytest.param("log EXAMPLE.org.", {"example.org.", "www.example.org."}, id="without case"),
        pytest.param("log www.example.org net", {"www.example.org.", "net."}, id="several names"),
        pytest.param("log 10.0.0.0/8", {"1.2.0.10.in-addr.arpa."}, id="a prefix is its reverse zone"),
        pytest.param("log a..b", set(), id="what is no name is left out"),
        pytest.param("log a..b net", {"net."}, id="and the others stay"),
        pytest.param(
            'log "" net',
            {"example.org.", "www.example.org.", "net.", "1.2.0.10.in-addr.arpa."},
            id="nothing is the root",
        ),
        pytest.param('log "{name} {type}"', set(), id="a word alone is a name, whatever it looks like"),
        pytest.param(
            "log net\nlog example.org", {"net.", "example.org.", "www.example.org."}, id="several rules"
        ),
        pytest.param(
            "log example.org {\nclass error\n}\nlog",
            {"net.", "1.2.0.10.in-addr.arpa."},
            id="the first rule decides",
        ),
        pytest.param(
            "log\nlog example.org {\nclass error\n}",
            {"example.org.", "www.example.org.", "net.", "1.2.0.10.in-addr.arpa."},
            id="also if a later one says more",
        ),
    ],
)
async def test_a_rule_is_for_names(text: str, logged: set[str], caplog: pytest.LogCaptureFixture) -> None:
    async def answer(query: Query) -> Reply:
        return Reply(answer=A)

    async with running(f". {{\n{text}\n}}", plugin, end=answer) as chain:
        for name in ("example.org.", "www.example.org.", "net.", "1.2.0.10.in-addr.arpa."):
            await chain.ask(name)
    assert {message.split()[5] for message in caplog.messages} == logged


def message(
    rcode: int = Rcode.NOERROR,
    *,
    answer: Section = (),
    authority: Section = (),
    opcode: int = Opcode.QUERY,
    rtype: int = RRType.A,
) -> Message:
    return Message(
        opcode=opcode,
        rcode=rcode,
        question=(Question(ROOT, rtype),),
        answer=answer,
        authority=authority,
    )


def signature(inception: int, expiration: int) -> Section:
    data = bytes(8) + expiration.to_bytes(4) + inception.to_bytes(4) + bytes(3)
    return parse_section(f". 5 IN RRSIG \\# {len(data)} {data.hex()}")


CURRENT = signature(int(NOW) - 10, int(NOW) + 10)
EXPIRED = signature(int(NOW) - 10, int(NOW) - 1)
FUTURE = signature(int(NOW) + 1, int(NOW) + 10)


@pytest.mark.parametrize(
    ("reply", "kind", "group"),
    [
        pytest.param(message(answer=A), Kind.POSITIVE, Class.SUCCESS, id="answer"),
        pytest.param(message(answer=A, authority=SOA), Kind.POSITIVE, Class.SUCCESS, id="answer with SOA"),
        pytest.param(message(), Kind.POSITIVE, Class.SUCCESS, id="nothing at all"),
        pytest.param(message(authority=NS), Kind.REFERRAL, Class.SUCCESS, id="referral"),
        pytest.param(message(authority=SOA), Kind.NO_DATA, Class.DENIAL, id="NODATA"),
        pytest.param(message(authority=NS + SOA), Kind.NO_DATA, Class.DENIAL, id="NODATA with NS"),
        pytest.param(message(Rcode.NXDOMAIN, authority=SOA), Kind.NAME_ERROR, Class.DENIAL, id="NXDOMAIN"),
        pytest.param(message(Rcode.NXDOMAIN), Kind.NAME_ERROR, Class.DENIAL, id="NXDOMAIN without SOA"),
        pytest.param(
            message(Rcode.NXDOMAIN, answer=A), Kind.OTHER_ERROR, Class.ERROR, id="NXDOMAIN with an answer"
        ),
        pytest.param(message(Rcode.SERVFAIL), Kind.SERVER_ERROR, Class.ERROR, id="SERVFAIL"),
        pytest.param(message(Rcode.NOTIMP), Kind.SERVER_ERROR, Class.ERROR, id="NOTIMP"),
        pytest.param(message(Rcode.REFUSED), Kind.OTHER_ERROR, Class.ERROR, id="REFUSED"),
        pytest.param(message(answer=SOA, rtype=RRType.AXFR), Kind.META, Class.ERROR, id="AXFR"),
        pytest.param(message(answer=SOA, rtype=RRType.IXFR), Kind.META, Class.ERROR, id="IXFR"),
        pytest.param(message(opcode=Opcode.NOTIFY), Kind.META, Class.ERROR, id="NOTIFY"),
        pytest.param(message(opcode=Opcode.UPDATE), Kind.UPDATE, Class.ERROR, id="UPDATE"),
        pytest.param(message(answer=CURRENT), Kind.POSITIVE, Class.SUCCESS, id="signature"),
        pytest.param(message(answer=EXPIRED), Kind.OTHER_ERROR, Class.ERROR, id="signature that expired"),
        pytest.param(message(authority=FUTURE), Kind.OTHER_ERROR, Class.ERROR, id="signature of the future"),
    ],
)
def test_a_reply_has_a_kind_and_a_class(reply: Message, kind: Kind, group: Class) -> None:
    assert kind_of(reply, dnssec_ok=True, now=NOW) is kind
    assert class_of(kind) is group


def test_signatures_matter_only_to_who_asks_for_them() -> None:
    assert kind_of(message(answer=EXPIRED), dnssec_ok=False, now=NOW) is Kind.POSITIVE


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        pytest.param("log", ["NOERROR", "NXDOMAIN", "REFUSED"], id="all by default"),
        pytest.param("log . {\nclass success\n}", ["NOERROR"], id="success"),
        pytest.param("log . {\nclass denial\n}", ["NXDOMAIN"], id="denial"),
        pytest.param("log . {\nclass error\n}", ["REFUSED"], id="error"),
        pytest.param("log . {\nclass denial error\n}", ["NXDOMAIN", "REFUSED"], id="two in a line"),
        pytest.param("log . {\nclass denial\nclass success\n}", ["NOERROR", "NXDOMAIN"], id="two lines"),
        pytest.param(
            "log . {\nclass denial all\n}", ["NOERROR", "NXDOMAIN", "REFUSED"], id="all among others"
        ),
    ],
)
async def test_a_rule_is_for_classes(text: str, logged: list[str], caplog: pytest.LogCaptureFixture) -> None:
    async def answer(query: Query) -> Reply:
        return Reply(rcode={1: 0, 2: 3, 5: 5}[query.rtype])

    async with running(f". {{\n{text}\n}}", plugin, end=answer) as chain:
        for rtype in (1, 2, 5):
            await chain.ask("example.org.", rtype)
    assert [message.split('"')[2].split()[0] for message in caplog.messages] == logged


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("log", (Rule(),), id="alone"),
        pytest.param("log . {combined}", (Rule(format=Format("{combined}")),), id="a format behind a name"),
        pytest.param(
            'log a. b. "{name}"',
            tuple(Rule(scope=Name.from_text(name), format=Format("{name}")) for name in ("a.", "b.")),
            id="names and a format",
        ),
        pytest.param("log . plain", (Rule(), Rule(scope=Name.from_text("plain."))), id="no brace, no format"),
        pytest.param(
            "log {\nclass error\n}",
            (Rule(format=Format(COMMON), classes=frozenset({Class.ERROR})),),
            id="a class",
        ),
    ],
)
def test_a_directive_is_read(text: str, expected: tuple[Rule, ...]) -> None:
    assert read(text).rules == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("log {\nclass\n}", "^Corefile:3:1: ", id="no class"),
        pytest.param(
            "log {\nclass sucess\n}", r'^Corefile:3:7: .*did you mean "success"', id="unknown class"
        ),
        pytest.param("log {\nclass error x\n}", "^Corefile:3:13: ", id="a second unknown class"),
        pytest.param("log {\nclas error\n}", r'^Corefile:3:1: unknown option "clas"', id="unknown option"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises((CorefileError, CorefileErrors), match=message):
        read(text)


async def test_queries_answered_from_memory_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    made: list[Name] = []

    async def answer(query: Query, next: Next, context: Context) -> Reply:
        made.append(query.name)
        return Reply(answer=A, reuse=Reuse())

    packet = write_message(Message(id=7, question=(Question(Name.from_text("example.org."), 1),)))
    layout = "{>id} {name} {rcode} {>rflags} {size} {rsize} {/log/class}"
    corefile = f'. {{\nbind 127.0.0.1\nlog example.org "{layout}"\nwhoami\n}}'
    async with serving(corefile, plugins=[plugin_of(answer)]) as server:
        caplog.clear()
        replies = [await server.udp(packet), await server.udp(b"\0\x08" + packet[2:])]
    assert [read_message(reply).id for reply in replies] == [7, 8]
    assert len(made) == 1
    lines = [record.getMessage() for record in caplog.records if record.name == "clusterdns.plugin.log"]
    assert lines == [f"{id} example.org. NOERROR qr,aa 29 56 success" for id in (7, 8)]


async def test_what_no_rule_wants_is_not_logged_from_memory_either(caplog: pytest.LogCaptureFixture) -> None:
    async def answer(query: Query, next: Next, context: Context) -> Reply:
        return Reply(answer=A, reuse=Reuse())

    packet = write_message(Message(id=7, question=(Question(Name.from_text("example.org."), 1),)))
    corefile = ". {\nbind 127.0.0.1\nlog net\nlog . {\nclass error\n}\nwhoami\n}"
    async with serving(corefile, plugins=[plugin_of(answer)]) as server:
        caplog.clear()
        await server.udp(packet)
        await server.udp(packet)
    assert [record for record in caplog.records if record.name == "clusterdns.plugin.log"] == []


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        pytest.param("a..b", "it has an empty label", id="empty label"),
        pytest.param("x" * 64, "a label has at most 63 octets", id="long label"),
        pytest.param("\\", "a backslash escapes nothing", id="lone backslash"),
    ],
)
def test_what_is_no_name_is_a_warning_with_its_place(word: str, reason: str) -> None:
    (doubt,) = read(f"log net {word}").doubts
    assert str(doubt) == f'Corefile:2:9: invalid zone "{word}": {reason}; it is left out'
