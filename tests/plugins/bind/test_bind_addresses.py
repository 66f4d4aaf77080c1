"""`bind` turns words into addresses to listen on."""

import pytest

from clusterdns.corefile import CorefileError, CorefileErrors, parse
from clusterdns.plugin import Interface
from clusterdns_plugins.bind import Settings, plugin

MACHINE = (
    Interface("lo", ("127.0.0.1", "::1")),
    Interface("eth0", ("192.0.2.1", "2001:db8::1", "fe80::1")),
    Interface("eth1", ("169.254.1.1", "fe80::2%eth1")),
    Interface("idle0", ()),
)


def read(text: str) -> Settings:
    (directive,) = parse(f". {{\n{text}\n}}", environ={}).blocks[0].directives
    return plugin.parse(directive)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("bind 192.0.2.7", ("192.0.2.7",), id="an address, of this machine or not"),
        pytest.param("bind 127.0.0.1 ::1", ("127.0.0.1", "::1"), id="several"),
        pytest.param("bind 127.0.0.1\nbind ::1", ("127.0.0.1", "::1"), id="several lines add up"),
        pytest.param("bind 2001:DB8:0::1", ("2001:db8::1",), id="canonical text"),
        pytest.param("bind lo", ("127.0.0.1", "::1"), id="an interface is all of its addresses"),
        pytest.param(
            "bind eth0", ("192.0.2.1", "2001:db8::1", "fe80::1%eth0"), id="link scope gets its zone"
        ),
        pytest.param(
            "bind eth1", ("169.254.1.1", "fe80::2%eth1"), id="IPv4 has no zone, and none is added twice"
        ),
        pytest.param("bind idle0", (), id="an interface without addresses"),
        pytest.param("bind 127.0.0.1 lo", ("127.0.0.1", "127.0.0.1", "::1"), id="repeated addresses stay"),
        pytest.param("bind lo {\nexcept 127.0.0.1\n}", ("::1",), id="except an address"),
        pytest.param("bind lo {\nexcept 0:0::1\n}", ("127.0.0.1",), id="except, in another spelling"),
        pytest.param("bind lo 192.0.2.7 {\nexcept lo\n}", ("192.0.2.7",), id="except an interface"),
        pytest.param("bind lo {\nexcept lo\n}", (), id="nothing left"),
        pytest.param("bind lo {\nexcept ::1\nexcept 127.0.0.1\n}", ("::1",), id="the last except counts"),
        pytest.param(
            "bind lo {\nexcept 127.0.0.1\n}\nbind 127.0.0.1",
            ("::1", "127.0.0.1"),
            id="except is for its own line",
        ),
    ],
)
def test_words_become_addresses(text: str, expected: tuple[str, ...]) -> None:
    assert read(text).listen_on(MACHINE) == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("bind 127.0.0.1 eth7", "Corefile:2:16", id="no such interface"),
        pytest.param("bind localhost", "Corefile:2:6", id="names are not looked up"),
        pytest.param("bind 127.0.0.1:53", "Corefile:2:6", id="an address has no port"),
        pytest.param("bind fe80::1%eth0", "Corefile:2:6", id="a zone comes with its interface"),
        pytest.param("bind lo {\nexcept eth7\n}", "Corefile:3:8", id="in except"),
    ],
)
def test_a_word_that_is_neither_is_named_with_its_place(text: str, place: str) -> None:
    settings = read(text)
    with pytest.raises(CorefileError) as caught:
        settings.listen_on(MACHINE)
    assert str(caught.value).startswith(
        f'{place}: "bind" expects an IP address or an interface of this machine'
    )
    assert "lo, eth0, eth1, idle0" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("bind", "at least one address or interface", id="no word"),
        pytest.param("bind {\nexcept lo\n}", "at least one address or interface", id="no word but a block"),
        pytest.param(
            "bind lo {\nexcept\n}", '"except" expects at least one address', id="except without a word"
        ),
        pytest.param("bind lo {\nexclude lo\n}", 'unknown option "exclude" of "bind"', id="unknown option"),
    ],
)
def test_what_is_missing_or_unknown_is_an_error(text: str, message: str) -> None:
    with pytest.raises((CorefileError, CorefileErrors), match=message):
        read(text)
