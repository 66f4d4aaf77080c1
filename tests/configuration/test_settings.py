"""From a Corefile to settings: every plugin looked up, everything wrong found at once."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from clusterdns.configuration.settings import Configuration, load
from clusterdns.corefile import CorefileError, CorefileErrors, CorefileWarning, Directive, Position, once
from clusterdns.dns.name import Name
from clusterdns.plugin import AnyPlugin, Plugin
from clusterdns.testing.serving import PluginSet


def parse(directive: Directive) -> str:
    (entry, *_) = directive.entries
    for word in entry.args:
        if word.text == "bad":
            raise CorefileError(word.position, f'{directive.name}: expected anything but "bad"')
    return " ".join(word.text for word in entry.args)


def plugin(name: str) -> AnyPlugin:
    return Plugin(name=name, help="", parse=parse, build=lambda _settings, _context: None)


REGISTRY = PluginSet(
    [plugin("errors"), plugin("log"), plugin("kubernetes"), plugin("whoami")], installed=False
)


def loaded(text: str, dns_port: int = 53) -> Configuration:
    return load(text, file="Corefile", registry=REGISTRY, environ={}, dns_port=dns_port)


def test_plugins_of_a_block_stand_in_the_order_of_the_chain_not_of_the_file() -> None:
    (block,) = loaded("a.example b.example {\n  kubernetes x y\n  errors z\n}\n").blocks
    assert [(used.plugin.name, used.settings) for used in block.plugins] == [
        ("errors", "z"),
        ("kubernetes", "x y"),
    ]
    assert block.zones == (Name.from_text("a.example."), Name.from_text("b.example."))


def test_an_empty_corefile_is_the_built_in_default() -> None:
    (block,) = loaded("# nothing but a comment\n").blocks
    assert [used.plugin.name for used in block.plugins] == ["log", "whoami"]
    assert block.zones == (Name.from_text("."),)


def test_settings_may_have_doubts_which_are_warnings_with_those_of_the_text() -> None:
    doubt = CorefileWarning(position=Position("Corefile", 2, 7), message="hardly meant")
    doubtful = replace(plugin("log"), parse=lambda _directive: SimpleNamespace(doubts=(doubt,)))
    registry = PluginSet([doubtful, plugin("whoami")], installed=False)
    found = load(". {\n  log x\n  whoami\n}\n}", file="Corefile", registry=registry, environ={})
    assert [str(warning).partition(": ")[0] for warning in found.warnings] == ["Corefile:5:1", "Corefile:2:7"]


def test_a_brace_that_was_put_in_is_no_mistake() -> None:
    registry = PluginSet([replace(plugin("errors"), parse=once)], installed=False)
    with pytest.raises(CorefileErrors) as raised:
        load("a {\n  errors { {\n    x\n", file="Corefile", registry=registry, environ={})
    assert [str(error) for error in raised.value.errors] == [
        'Corefile:1:3: the "{" of "a" is never closed',
        'Corefile:2:10: the "{" of "errors" is never closed',
        'Corefile:2:12: the "{" of "errors" is never closed',
    ]


def test_a_plugin_without_a_place_hides_no_other_mistake() -> None:
    registry = PluginSet([plugin("mine"), plugin("log")], installed=False)
    with pytest.raises(CorefileErrors) as caught:
        load(". {\n  log bad\n  mine\n}\n", file="Corefile", registry=registry, environ={})
    assert str(caught.value).splitlines() == [
        'Corefile:2:7: log: expected anything but "bad"',
        'Corefile:3:3: plugin "mine" must say before or after which plugin it stands',
    ]


def test_the_digest_tells_texts_apart_that_say_different_things() -> None:
    one, same, other = (loaded(f". {{\n  log {word}\n}}\n") for word in ("a # x", "a # y", "b"))
    assert one.sha512 == same.sha512 != other.sha512


def test_a_missing_last_brace_is_a_warning_where_coredns_tolerates_it() -> None:
    (warning,) = loaded(". {\n  errors {\n    x\n  }\n").warnings
    assert str(warning) == 'Corefile:1:3: the "{" of this server block is never closed'


def test_a_missing_brace_alone_stops_the_start() -> None:
    with pytest.raises(CorefileErrors) as raised:
        loaded(". {\n  errors {\n    x\n  log\n")
    assert [str(error) for error in raised.value.errors] == [
        'Corefile:1:3: the "{" of "." is never closed',
        'Corefile:2:10: the "{" of "errors" is never closed: a "}" seems to be missing before line 4',
    ]


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        pytest.param(
            ". {\n  kubernets\n}\n",
            ['Corefile:2:3: unknown plugin "kubernets" (did you mean "kubernetes"?)'],
            id="misspelled",
        ),
        pytest.param(
            "{\n  nonsense {\n  }\n}\n",
            ['Corefile:2:3: unknown plugin "nonsense"'],
            id="in-a-block-that-is-not-served",
        ),
        pytest.param(
            ". {\n  forward . 10.0.0.1\n}\n",
            ['Corefile:2:3: plugin "forward" is known from CoreDNS, but not installed here'],
            id="known-but-not-installed",
        ),
        pytest.param(
            ". {\n  log bad\n  errors\n  kubernetes bad\n}\nb {\n  log x bad\n}\n",
            [
                'Corefile:2:7: log: expected anything but "bad"',
                'Corefile:4:14: kubernetes: expected anything but "bad"',
                'Corefile:7:9: log: expected anything but "bad"',
            ],
            id="every-directive-of-every-block",
        ),
        pytest.param(
            "(common) {\n  log bad\n  nonsense\n}\na {\n  import common\n}\nb {\n  import common\n}\n",
            ['Corefile:2:7: log: expected anything but "bad"', 'Corefile:3:3: unknown plugin "nonsense"'],
            id="in-a-snippet-that-is-imported-twice-once",
        ),
        pytest.param(
            ". {\n  nonsense\n  log bad\n  rubbish\n}\n",
            [
                'Corefile:2:3: unknown plugin "nonsense"',
                'Corefile:3:7: log: expected anything but "bad"',
                'Corefile:4:3: unknown plugin "rubbish"',
            ],
            id="unknown-plugins-beside-wrong-arguments",
        ),
        pytest.param(
            ". {\n  log bad\n  nonsense\n",
            [
                'Corefile:1:3: the "{" of "." is never closed',
                'Corefile:2:7: log: expected anything but "bad"',
                'Corefile:3:3: unknown plugin "nonsense"',
            ],
            id="inside-a-block-that-is-never-closed",
        ),
        pytest.param(
            ". {\n  errors {\n    x\n  log bad\n}\nb {\n  nonsense\n}\n",
            [
                'Corefile:2:10: the "{" of "errors" is never closed: a "}" seems to be missing before line 4',
                'Corefile:4:7: log: expected anything but "bad"',
                'Corefile:7:3: unknown plugin "nonsense"',
            ],
            id="behind-a-plugin-that-is-never-closed",
        ),
        pytest.param(
            "a {\n  log\n\nb {\n  log bad\n}\n",
            [
                'Corefile:1:3: the "{" of "a" is never closed: a "}" seems to be missing before line 4',
                'Corefile:5:7: log: expected anything but "bad"',
            ],
            id="in-the-block-behind-one-that-is-never-closed",
        ),
        pytest.param(
            ". {\nerrors {\nx\nlog bad\n",
            ['Corefile:2:8: the "{" of "errors" is never closed'],
            id="nothing-is-guessed-without-indentation",
        ),
        pytest.param(
            ". {\n  log bad\n  errors {\n  }\n",
            [
                'Corefile:1:3: the "{" of "." is never closed',
                'Corefile:2:7: log: expected anything but "bad"',
            ],
            id="beside-a-missing-brace-that-alone-is-a-warning",
        ),
    ],
)
def test_every_mistake_is_found_with_its_place(text: str, errors: list[str]) -> None:
    with pytest.raises(CorefileErrors) as raised:
        loaded(text)
    assert [str(error) for error in raised.value.errors] == errors
