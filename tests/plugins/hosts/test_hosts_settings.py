"""What a Corefile may say of `hosts`."""

from pathlib import Path

import pytest

from clusterdns.corefile import CorefileError, CorefileErrors, parse
from clusterdns.dns.name import ROOT, Name
from clusterdns_plugins.hosts import Settings, plugin
from clusterdns_plugins.hosts.table import parse_hosts

ORG, NET = Name.from_text("example.org."), Name.from_text("example.net.")


def read(text: str) -> Settings:
    (directive,) = parse(f". {{\n{text}\n}}", environ={}).blocks[0].directives
    return plugin.parse(directive)


def block(*options: str) -> str:
    return "\n".join(("hosts {", *options, "}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("hosts", Settings(), id="alone"),
        pytest.param("hosts {\n}", Settings(), id="an empty block"),
        pytest.param("hosts /f", Settings(file=Path("/f")), id="a file"),
        pytest.param(
            "hosts f example.org EXAMPLE.net", Settings(file=Path("f"), zones=(ORG, NET)), id="zones"
        ),
        pytest.param(
            "hosts f 10.0.0.0/8",
            Settings(file=Path("f"), zones=(Name.from_text("10.in-addr.arpa."),)),
            id="a prefix",
        ),
        pytest.param("hosts f a..b", Settings(file=Path("f"), zones=()), id="no zone, which is left out"),
        pytest.param("hosts f a..b example.org", Settings(file=Path("f"), zones=(ORG,)), id="not the others"),
        pytest.param(block("fallthrough a..b"), Settings(), id="fallthrough for no zone is none"),
        pytest.param(block("ttl 1"), Settings(ttl=1), id="ttl"),
        pytest.param(block("ttl 65535 x"), Settings(ttl=65535), id="ttl ignores further words"),
        pytest.param(block("no_reverse"), Settings(reverse=False), id="no_reverse"),
        pytest.param("hosts { no_reverse }", Settings(reverse=False), id="no_reverse, all on one line"),
        pytest.param(
            block("no_reverse 192.0.2.1 a.org"),
            Settings(reverse=False, inline=("192.0.2.1 a.org",)),
            id="a hosts line behind no_reverse",
        ),
        pytest.param(block("reload 1m"), Settings(reload=60.0), id="reload"),
        pytest.param(block("reload 0s"), Settings(reload=0.0), id="reload never"),
        pytest.param(block("fallthrough"), Settings(fall_through=(ROOT,)), id="fallthrough"),
        pytest.param(
            block("fallthrough example.org example.net"),
            Settings(fall_through=(ORG, NET)),
            id="fallthrough for zones",
        ),
        pytest.param(
            block("fallthrough_unsupported", "fallthrough"),
            Settings(fall_through=(ROOT,), fall_through_unsupported=True),
            id="fallthrough_unsupported, in any order",
        ),
        pytest.param(
            block("192.0.2.1 a.org b.org", "ttl 5", "::1 c.org", "fallthrough", "no_reverse"),
            Settings(
                inline=("192.0.2.1 a.org b.org", "::1 c.org"), ttl=5, fall_through=(ROOT,), reverse=False
            ),
            id="lines of a hosts file, options between and behind",
        ),
        pytest.param(
            block('192.0.2.1 "a.org b.org"'), Settings(inline=("192.0.2.1 a.org b.org",)), id="quotes"
        ),
        pytest.param(
            block("what is this"), Settings(inline=("what is this",)), id="anything is a line before"
        ),
    ],
)
def test_a_directive_is_read(text: str, expected: Settings) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("hosts\nhosts", "^Corefile:3:1: .*once per server block", id="twice"),
        pytest.param(block("ttl"), "^Corefile:3:1: .*whole number from 1 to 65535", id="no TTL"),
        pytest.param(block("ttl x"), "^Corefile:3:5: .*whole number", id="TTL is no number"),
        pytest.param(block("ttl 0"), "^Corefile:3:5: .*whole number", id="TTL 0"),
        pytest.param(block("ttl 65536"), "^Corefile:3:5: .*whole number", id="TTL too long"),
        pytest.param(block("reload"), "^Corefile:3:1: .*duration", id="no duration"),
        pytest.param(block("reload 5"), "^Corefile:3:8: .*duration", id="a number is no duration"),
        pytest.param(block("reload -1s"), "^Corefile:3:8: .*duration", id="negative duration"),
        pytest.param(block("reload 1s 2s"), "^Corefile:3:11: surplus", id="two durations"),
        pytest.param(block("fallthrough_unsupported"), "^Corefile:3:1: .*requires", id="unsupported alone"),
        pytest.param(
            block("fallthrough_unsupported x", "fallthrough"), "^Corefile:3:25: ", id="surplus word"
        ),
        pytest.param(
            block("fallthrough", "192.0.2.1 a.org"), "^Corefile:4:1: unknown option", id="a line behind"
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises((CorefileError, CorefileErrors), match=message):
        read(text)


def test_a_table_counts_what_it_holds() -> None:
    table = parse_hosts(b"192.0.2.1 a.org b.org\n::1 a.org\n192.0.2.2 *.a.org\n")
    assert table.entries == 4 + 3


def test_names_outside_the_zones_are_not_kept() -> None:
    table = parse_hosts(b"192.0.2.1 a.org b.net c.org\n192.0.2.2 b.net *.net\n", (Name.from_text("org"),))
    assert set(table.v4) == {b"\x01a\x03org\0", b"\x01c\x03org\0"}
    assert [pointer.target.to_text() for pointer in table.pointers[bytes((192, 0, 2, 1))]] == [
        "a.org.",
        "c.org.",
    ]
    assert (len(table.pointers), table.entries) == (1, 4)


def test_a_hosts_file_has_octets_not_characters() -> None:
    table = parse_hosts("192.0.2.1 h\u00e0.org \u00fc.org\r\n".encode())
    assert {Name(key).to_text() for key in table.v4} == {"h\\195\\160.org.", "\\195\\188.org."}


def test_what_is_no_zone_is_a_warning_with_its_place() -> None:
    doubts = read("hosts f a..b {\nfallthrough c d..e\n}").doubts
    assert [str(doubt) for doubt in doubts] == [
        'Corefile:2:9: invalid zone "a..b": it has an empty label; it is left out',
        'Corefile:3:15: invalid zone "d..e": it has an empty label; it is left out',
    ]
