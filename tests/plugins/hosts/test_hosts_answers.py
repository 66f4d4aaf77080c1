"""What `hosts` answers, name by name and type by type."""

from pathlib import Path

import pytest

from clusterdns.dns.constants import Rcode
from clusterdns.plugin import Query, Reply
from clusterdns.testing.chain import lines, running
from clusterdns.testing.contexts import FakeContext
from clusterdns_plugins.hosts import plugin
from clusterdns_plugins.hosts.handler import MOST_RECORDS

NEXT = Reply(rcode=Rcode.REFUSED)
"""What stands for an answer of the next plugin."""

FILE = """
# a comment
192.0.2.10\tWeb.Example.org www.example.org   # another
192.0.2.11 web.example.org
192.0.2.10 web.example.org
2001:db8::10 web.example.org
2001:db8::11 six.example.org
fe80::1%eth0 link.example.org
::ffff:192.0.2.12 mapped.example.org
192.0.2.20 *.apps.example.org
192.0.2.21 own.apps.example.org
2001:db8::22 partly.apps.example.org
192.0.2.30 other.net outside.example.net
010.1.1.1 octal.example.org
192.0.2.99
nonsense bad.example.org
192.0.2.40 a\\032b.example.org
"""


async def following(query: Query) -> Reply:
    return NEXT


async def asked(
    tmp_path: Path, name: str, rtype: str = "A", *, options: str = "", zones: str = "example.org"
) -> Reply:
    (tmp_path / "hosts").write_text(FILE)
    corefile = f". {{\nhosts hosts {zones} {{\nreload 0\n{options}\n}}\n}}"
    async with running(corefile, plugin, context=FakeContext(root=tmp_path), end=following) as chain:
        return await chain.ask(name, rtype)


@pytest.mark.parametrize(
    ("name", "rtype", "expected"),
    [
        pytest.param(
            "web.example.org.",
            "A",
            ["web.example.org. 3600 IN A 192.0.2.10", "web.example.org. 3600 IN A 192.0.2.11"],
            id="addresses of several lines, each once",
        ),
        pytest.param("web.example.org.", "AAAA", ["web.example.org. 3600 IN AAAA 2001:db8::10"], id="IPv6"),
        pytest.param(
            "WEB.example.ORG.", "AAAA", ["WEB.example.ORG. 3600 IN AAAA 2001:db8::10"], id="case is kept"
        ),
        pytest.param("www.example.org.", "A", ["www.example.org. 3600 IN A 192.0.2.10"], id="an alias"),
        pytest.param(
            "www.example.org.", "ANY", ["www.example.org. 3600 IN A 192.0.2.10"], id="ANY: one RRset"
        ),
        pytest.param(
            "six.example.org.", "ANY", ["six.example.org. 3600 IN AAAA 2001:db8::11"], id="ANY: IPv6"
        ),
        pytest.param(
            "link.example.org.", "AAAA", ["link.example.org. 3600 IN AAAA fe80::1"], id="the zone is dropped"
        ),
        pytest.param(
            "mapped.example.org.", "A", ["mapped.example.org. 3600 IN A 192.0.2.12"], id="IPv4-mapped"
        ),
        pytest.param("x.apps.example.org.", "A", ["x.apps.example.org. 3600 IN A 192.0.2.20"], id="wildcard"),
        pytest.param(
            "*.apps.example.org.", "A", ["*.apps.example.org. 3600 IN A 192.0.2.20"], id="the wildcard itself"
        ),
        pytest.param(
            "own.apps.example.org.",
            "A",
            ["own.apps.example.org. 3600 IN A 192.0.2.21"],
            id="not the wildcard",
        ),
        pytest.param(
            "partly.apps.example.org.",
            "A",
            ["partly.apps.example.org. 3600 IN A 192.0.2.20"],
            id="the wildcard, for the family that the name lacks",
        ),
        pytest.param(
            "a\\032b.example.org.", "A", ["a\\032b.example.org. 3600 IN A 192.0.2.40"], id="escapes"
        ),
        pytest.param(
            "10.2.0.192.in-addr.arpa.",
            "PTR",
            [
                "10.2.0.192.in-addr.arpa. 3600 IN PTR web.example.org.",
                "10.2.0.192.in-addr.arpa. 3600 IN PTR www.example.org.",
            ],
            id="PTR has all names, in lower case, outside the zones asked",
        ),
        pytest.param(
            f"0.1.0.0.{'0.' * 20}8.b.d.0.1.0.0.2.ip6.arpa.",
            "PTR",
            [f"0.1.0.0.{'0.' * 20}8.b.d.0.1.0.0.2.ip6.arpa. 3600 IN PTR web.example.org."],
            id="PTR of IPv6",
        ),
        pytest.param(
            f"c.0.2.0.0.0.0.c.f.f.f.f.{'0.' * 20}ip6.arpa.",
            "PTR",
            [f"c.0.2.0.0.0.0.c.f.f.f.f.{'0.' * 20}ip6.arpa. 3600 IN PTR mapped.example.org."],
            id="PTR of an IPv4-mapped address",
        ),
    ],
)
async def test_a_known_name_is_answered(name: str, rtype: str, expected: list[str], tmp_path: Path) -> None:
    reply = await asked(tmp_path, name, rtype)
    assert lines(reply.answer) == expected
    assert (reply.rcode, reply.authoritative, reply.authority) == (Rcode.NOERROR, True, ())


@pytest.mark.parametrize(
    ("name", "rtype"),
    [
        pytest.param("www.example.org.", "AAAA", id="AAAA of a name with A only"),
        pytest.param("six.example.org.", "A", id="A of a name with AAAA only"),
        pytest.param("www.example.org.", "TXT", id="another type"),
        pytest.param("x.apps.example.org.", "MX", id="another type at a wildcard"),
    ],
)
@pytest.mark.parametrize("options", ["", "fallthrough"])
async def test_a_known_name_without_the_type_is_nodata(
    name: str, rtype: str, options: str, tmp_path: Path
) -> None:
    reply = await asked(tmp_path, name, rtype, options=options)
    assert reply == Reply(reuse=reply.reuse)


@pytest.mark.parametrize(
    ("name", "rtype"),
    [
        pytest.param("nope.example.org.", "A", id="unknown"),
        pytest.param("nope.example.org.", "TXT", id="unknown, another type"),
        pytest.param("example.org.", "A", id="a name above known ones"),
        pytest.param("x.y.apps.example.org.", "A", id="two labels are not one"),
        pytest.param("apps.example.org.", "A", id="a wildcard's parent"),
        pytest.param("octal.example.org.", "A", id="leading zeros are no address"),
        pytest.param("bad.example.org.", "A", id="a word is no address"),
    ],
)
async def test_an_unknown_name_is_servfail(name: str, rtype: str, tmp_path: Path) -> None:
    reply = await asked(tmp_path, name, rtype)
    assert (reply.rcode, reply.authoritative, reply.answer) == (Rcode.SERVFAIL, False, ())


@pytest.mark.parametrize(
    ("name", "rtype", "options"),
    [
        pytest.param("other.net.", "A", "", id="a name outside the zones"),
        pytest.param("nope.net.", "TXT", "", id="an unknown name outside the zones"),
        pytest.param("99.2.0.192.in-addr.arpa.", "PTR", "", id="an unknown address"),
        pytest.param(
            "30.2.0.192.in-addr.arpa.", "PTR", "", id="an address whose names are outside the zones"
        ),
        pytest.param("20.2.0.192.in-addr.arpa.", "PTR", "", id="an address of a wildcard"),
        pytest.param("2.0.192.in-addr.arpa.", "PTR", "", id="no full address"),
        pytest.param("web.example.org.", "PTR", "", id="PTR of a name"),
        pytest.param("10.2.0.192.in-addr.arpa.", "PTR", "no_reverse", id="an address with no_reverse"),
        pytest.param("nope.example.org.", "A", "fallthrough", id="fallthrough"),
        pytest.param("nope.example.org.", "TXT", "fallthrough", id="fallthrough, another type"),
        pytest.param("nope.example.org.", "A", "fallthrough net Example.org", id="fallthrough for its zone"),
        pytest.param(
            "www.example.org.",
            "TXT",
            "fallthrough\nfallthrough_unsupported",
            id="fallthrough for other types",
        ),
    ],
)
async def test_the_next_plugin_is_asked(name: str, rtype: str, options: str, tmp_path: Path) -> None:
    assert await asked(tmp_path, name, rtype, options=options) is NEXT


@pytest.mark.parametrize(
    ("name", "rtype", "options", "rcode"),
    [
        pytest.param(
            "nope.example.org.", "A", "fallthrough net", Rcode.SERVFAIL, id="another zone falls through"
        ),
        pytest.param(
            "www.example.org.",
            "TXT",
            "fallthrough net\nfallthrough_unsupported",
            Rcode.NOERROR,
            id="so for types",
        ),
        pytest.param(
            "six.example.org.",
            "A",
            "fallthrough\nfallthrough_unsupported",
            Rcode.NOERROR,
            id="A is supported",
        ),
    ],
)
async def test_the_next_plugin_is_not_asked(
    name: str, rtype: str, options: str, rcode: int, tmp_path: Path
) -> None:
    reply = await asked(tmp_path, name, rtype, options=options)
    assert (reply.rcode, reply.answer) == (rcode, ())


async def test_lines_of_the_corefile_come_behind_those_of_the_file(tmp_path: Path) -> None:
    reply = await asked(
        tmp_path, "www.example.org.", options="192.0.2.50 WWW.example.org\n192.0.2.10 www.example.org"
    )
    assert [line.split()[-1] for line in lines(reply.answer)] == ["192.0.2.10", "192.0.2.50"]


async def test_a_name_of_the_file_hides_no_wildcard_of_the_corefile(tmp_path: Path) -> None:
    reply = await asked(tmp_path, "own.apps.example.org.", options="192.0.2.50 *.apps.example.org")
    assert [line.split()[-1] for line in lines(reply.answer)] == ["192.0.2.21", "192.0.2.50"]


async def test_ttl_is_that_of_every_record(tmp_path: Path) -> None:
    for name, rtype in (("web.example.org.", "A"), ("10.2.0.192.in-addr.arpa.", "PTR")):
        reply = await asked(tmp_path, name, rtype, options="ttl 7")
        assert {rrset.ttl for rrset in reply.answer} == {7}


async def test_zones_are_those_of_the_block_unless_named(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text(FILE)
    context = FakeContext(root=tmp_path)
    async with running("net {\nhosts hosts\n}", plugin, context=context, end=following) as chain:
        assert lines((await chain.ask("other.net.")).answer) == ["other.net. 3600 IN A 192.0.2.30"]
        assert await chain.ask("web.example.org.") is NEXT
        pointer = await chain.ask("30.2.0.192.in-addr.arpa.", "PTR")
    assert [line.split()[-1] for line in lines(pointer.answer)] == ["other.net.", "outside.example.net."]


async def test_the_root_is_an_unknown_name(tmp_path: Path) -> None:
    reply = await asked(tmp_path, ".", options="192.0.2.1 * .", zones=".")
    assert reply.rcode == Rcode.SERVFAIL


async def test_the_default_file_is_the_machines() -> None:
    async with running(". {\nhosts\n}", plugin, end=following) as chain:
        reply = await chain.ask("localhost.", "A")
    assert "127.0.0.1" in str(lines(reply.answer))


@pytest.mark.parametrize(
    ("lines_of_file", "question", "others"),
    [
        pytest.param(
            "".join(f"0.0.0.0 ad{number}.example.org\n" for number in range(9000)),
            ("0.0.0.0.in-addr.arpa", "0.0.0.0.In-Addr.Arpa", "PTR"),
            "0.0.0.0 more.example.org",
            id="names of an address",
        ),
        pytest.param(
            "".join(f"10.9.{number >> 8}.{number & 255} many.example.org\n" for number in range(9000)),
            ("many.example.org", "Many.Example.Org", "A"),
            "10.8.0.1 many.example.org",
            id="addresses of a name",
        ),
    ],
)
async def test_nothing_is_done_for_each_of_very_many_records(
    lines_of_file: str, question: tuple[str, str, str], others: str, tmp_path: Path
) -> None:
    """They are given as they were read; with others of the Corefile, as many as a message can hold."""
    (tmp_path / "hosts").write_text(lines_of_file)
    name, spelled_otherwise, rtype = question
    context = FakeContext(root=tmp_path)
    async with running(". {\nhosts hosts {\nreload 0\n}\n}", plugin, context=context) as chain:
        one, other = await chain.ask(name, rtype), await chain.ask(spelled_otherwise, rtype)
    assert len(one.answer[0].rdatas) == 9000
    assert one.answer[0].rdatas is other.answer[0].rdatas
    corefile = f". {{\nhosts hosts {{\nreload 0\n{others}\n}}\n}}"
    async with running(corefile, plugin, context=FakeContext(root=tmp_path)) as chain:
        both = await chain.ask(name, rtype)
    assert len(both.answer[0].rdatas) == MOST_RECORDS + 1 > 65535 / 12
