"""Which addresses are listened on, and which claims exclude each other."""

from dataclasses import dataclass

import pytest

from clusterdns.configuration.settings import Configuration, load
from clusterdns.corefile import CorefileErrors, Directive
from clusterdns.plugin import AnyPlugin, Interface, Plugin
from clusterdns.server.listeners import Listener, plan
from clusterdns.testing.serving import PluginSet


@dataclass(frozen=True)
class Bound:
    addresses: tuple[str, ...]

    def listen_on(self, interfaces: tuple[Interface, ...]) -> tuple[str, ...]:
        return self.addresses


def parse(directive: Directive) -> Bound:
    return Bound(tuple(token.text for entry in directive.entries for token in entry.args))


BIND: AnyPlugin = Plugin(name="bind", help="", parse=parse, build=lambda _settings, _context: None)


def configuration(corefile: str, dns_port: int = 53) -> Configuration:
    registry = PluginSet([BIND], installed=False)
    return load(corefile, file="Corefile", registry=registry, environ={}, dns_port=dns_port)


def planned(corefile: str, dns_port: int = 53) -> tuple[Listener, ...]:
    return plan(configuration(corefile, dns_port), ())


@pytest.mark.parametrize(
    ("corefile", "banner"),
    [
        pytest.param(". {\n}\n", [".:53"], id="every-address-and-the-default-port"),
        pytest.param("example.org:1053 {\n}\n", ["example.org.:1053"], id="a-port-of-its-own"),
        pytest.param("a b:99 {\n}\n", ["a.:53", "b.:99"], id="several-keys-on-several-ports"),
        pytest.param(
            ". {\n bind 127.0.0.1 ::1\n}\n", [".:53 on 127.0.0.1", ".:53 on ::1"], id="two-addresses"
        ),
        pytest.param("b {\n}\na {\n}\n", ["a.:53", "b.:53"], id="two-blocks-share-a-listener"),
        pytest.param(
            "a {\n bind 127.0.0.1\n}\nb {\n}\n", ["a.:53 on 127.0.0.1", "b.:53"], id="bound-beside-unbound"
        ),
        pytest.param(
            "a {\n bind 127.0.0.1\n}\na {\n bind 127.0.0.2\n}\n",
            ["a.:53 on 127.0.0.1", "a.:53 on 127.0.0.2"],
            id="one-zone-on-two-addresses",
        ),
        pytest.param("10.0.0.0/8 {\n}\n", ["10.in-addr.arpa.:53"], id="a-prefix-is-its-reverse-zone"),
        pytest.param(". {\n bind\n}\n", [], id="nothing-left-to-bind-to"),
        pytest.param("tls://a {\n}\n", ["tls://a.:853"], id="over-tls-and-its-default-port"),
        pytest.param(
            "a tls://a tls://b:99 {\n bind ::1\n}\n",
            ["a.:53 on ::1", "tls://a.:853 on ::1", "tls://b.:99 on ::1"],
            id="in-plain-text-and-over-tls",
        ),
        pytest.param(
            "a:99 {\n}\ntls://a:99 {\n bind ::1\n}\n",
            ["a.:99", "tls://a.:99 on ::1"],
            id="one-address-over-tls-and-all-others-not",
        ),
    ],
)
def test_listeners_and_their_zones(corefile: str, banner: list[str]) -> None:
    assert [line for listener in planned(corefile) for line in listener.banner()] == banner


def test_the_default_port_is_the_flags() -> None:
    (listener,) = planned(". {\n}\n", dns_port=1053)
    assert listener.endpoint.port == 1053


@pytest.mark.parametrize(
    ("corefile", "label"),
    [
        (". {\n}\n", "dns://:53"),
        (". {\n bind 127.0.0.1\n}\n", "dns://127.0.0.1:53"),
        (". {\n bind ::1\n}\n", "dns://[::1]:53"),
        ("tls://. {\n}\n", "tls://:853"),
        ("tls://. {\n bind ::1\n}\n", "tls://[::1]:853"),
    ],
)
def test_listeners_are_called_as_coredns_calls_them(corefile: str, label: str) -> None:
    assert [listener.label for listener in planned(corefile)] == [label]


@pytest.mark.parametrize(
    ("corefile", "errors"),
    [
        pytest.param("a {\n}\na {\n}\n", ["Corefile:3:1: dns://a.:53 is served already"], id="zone-twice"),
        pytest.param("a a {\n}\n", ["Corefile:1:3: dns://a.:53 is served already"], id="within-one-block"),
        pytest.param(
            "a {\n bind 127.0.0.1\n}\na {\n}\n", ["Corefile:4:1: dns://a.:53 cannot"], id="bound-then-unbound"
        ),
        pytest.param(
            "a {\n}\na {\n bind 127.0.0.1\n}\n",
            ["Corefile:3:1: dns://a.:53 on 127.0.0.1 cannot"],
            id="unbound-then-bound",
        ),
        pytest.param(
            "a {\n bind ::1 ::1\n}\n",
            ["Corefile:1:1: dns://a.:53 on ::1 is served already"],
            id="one-address-bound-twice",
        ),
        pytest.param(
            "quic://a {\n}\nhttps://b {\n}\n",
            [
                'Corefile:1:1: "quic://a": quic:// is not spoken yet, only dns:// and tls://',
                'Corefile:3:1: "https://b": https://',
            ],
            id="transports-not-spoken-yet",
        ),
        pytest.param(
            "a:99 {\n}\ntls://b:99 {\n}\ntls://c:99 {\n}\n",
            ["Corefile:3:1: tls://b.:99 needs the port that dns:// is served on at Corefile:1:1"],
            id="one-port-for-two-transports",
        ),
    ],
)
def test_claims_that_exclude_each_other_are_all_named(corefile: str, errors: list[str]) -> None:
    with pytest.raises(CorefileErrors) as raised:
        planned(corefile)
    found = [str(error) for error in raised.value.errors]
    assert len(found) == len(errors)
    assert all(text.startswith(error) for text, error in zip(found, errors, strict=True))
