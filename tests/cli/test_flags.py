"""Flags are read as Go's package `flag` reads CoreDNS's."""

from dataclasses import dataclass

import pytest

from clusterdns.cli.commands import CHECK, SERVE
from clusterdns.cli.flags import UsageError, read_flags


@dataclass(frozen=True)
class Case:
    arguments: str
    values: dict[str, str]
    switches: dict[str, bool]
    words: tuple[str, ...] = ()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(Case("-conf F", {"conf": "F"}, {}), id="one-hyphen-and-a-space"),
        pytest.param(Case("-conf=F", {"conf": "F"}, {}), id="one-hyphen-and-an-equals-sign"),
        pytest.param(Case("--conf F", {"conf": "F"}, {}), id="two-hyphens-and-a-space"),
        pytest.param(Case("--conf=F", {"conf": "F"}, {}), id="two-hyphens-and-an-equals-sign"),
        pytest.param(Case("-conf=a=b", {"conf": "a=b"}, {}), id="a-value-may-hold-equals-signs"),
        pytest.param(Case("-conf -quiet", {"conf": "-quiet"}, {}), id="a-value-may-look-like-a-flag"),
        pytest.param(Case("-conf=", {"conf": ""}, {}), id="a-value-may-be-empty"),
        pytest.param(Case("-p 1053", {"dns.port": "1053"}, {}), id="p-is-dns-port"),
        pytest.param(Case("-p 1 -dns.port 2", {"dns.port": "2"}, {}), id="the-last-one-counts"),
        pytest.param(Case("-quiet", {}, {"quiet": True}), id="a-switch"),
        pytest.param(Case("--quiet=false", {}, {"quiet": False}), id="a-switch-turned-off"),
        pytest.param(Case("-quiet=T -plugins=0", {}, {"quiet": True, "plugins": False}), id="short-truths"),
        pytest.param(Case("-quiet false", {}, {"quiet": True}, ("false",)), id="no-value-after-a-space"),
        pytest.param(Case("x -quiet", {}, {}, ("x", "-quiet")), id="a-word-ends-the-flags"),
        pytest.param(Case("- -quiet", {}, {}, ("-", "-quiet")), id="a-lone-hyphen-is-a-word"),
        pytest.param(Case("-quiet -- -x", {}, {"quiet": True}, ("-x",)), id="two-hyphens-end-the-flags"),
        pytest.param(Case("", {}, {}), id="nothing"),
    ],
)
def test_a_flag_is_read_as_go_reads_it(case: Case) -> None:
    given = read_flags(case.arguments.split(), SERVE.flags)
    assert (given.values, given.switches, given.words) == (case.values, case.switches, case.words)
    assert not given.help


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param("-xyz", "flag provided but not defined: -xyz", id="unknown"),
        pytest.param("--xyz=1", "flag provided but not defined: -xyz", id="unknown-with-a-value"),
        pytest.param("-conf", "flag needs an argument: -conf", id="no-value"),
        pytest.param("-quiet=maybe", 'invalid boolean value "maybe" for -quiet: parse error', id="no-truth"),
        pytest.param("-quiet=", 'invalid boolean value "" for -quiet: parse error', id="an-empty-truth"),
        pytest.param("---", "bad flag syntax: ---", id="three-hyphens"),
        pytest.param("-=x", "bad flag syntax: -=x", id="no-name"),
    ],
)
def test_what_cannot_be_read_is_said_in_gos_words(arguments: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_flags(arguments.split(), SERVE.flags)
    assert str(caught.value) == message


@pytest.mark.parametrize("spelling", ["-h", "-help", "--help", "--h"])
def test_help_is_a_flag_of_every_command(spelling: str) -> None:
    assert read_flags([spelling, "-xyz"], ()).help


def test_our_own_commands_take_flags_behind_words_too() -> None:
    given = CHECK.read(["File", "-p", "1053", "--", "-odd"])
    assert given.words == ("File", "-odd")
    assert given.values == {"dns.port": "1053"}


def test_serve_leaves_words_alone_as_coredns_does() -> None:
    assert SERVE.read(["File", "-p", "1053"]).words == ("File", "-p", "1053")
