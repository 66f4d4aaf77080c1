"""Keys of server blocks: several, commas, errors with their place, warnings, ports."""

import pytest

from clusterdns.corefile import CorefileErrors, ServerBlock, parse


def blocks(text: str) -> tuple[ServerBlock, ...]:
    return parse(text, environ={}).blocks


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        pytest.param("a b {\n}", ["a", "b"], id="several"),
        pytest.param("a, b {\n}", ["a", "b"], id="comma"),
        pytest.param("a,\nb {\n}", ["a", "b"], id="comma at the end of a line"),
        pytest.param("a,\n\nb,\nc\n{\n}", ["a", "b", "c"], id="commas at the end of lines"),
        pytest.param("a,b {\n}", ["a,b"], id="a comma inside a word is a letter"),
        pytest.param("a,, b {\n}", ["a,", "b"], id="only the last of two commas separates"),
        pytest.param("a {\n}", ["a"], id="one"),
        pytest.param('"a" {\n}', ["a"], id="quoted"),
        pytest.param('"" a {\n}', ["a"], id="an empty one is left out"),
        pytest.param("a import {\n}", ["a", "import"], id="import inside a line is a zone"),
    ],
)
def test_keys_of_a_block(text: str, keys: list[str]) -> None:
    (block,) = blocks(text)
    assert [key.text for key in block.keys] == keys


def test_zones_of_a_block_are_those_of_all_its_keys() -> None:
    (block,) = blocks("example.org 10.0.0.0/23 {\n}")
    assert block.zones == ("example.org.", "0.0.10.in-addr.arpa.", "1.0.10.in-addr.arpa.")


def test_a_key_and_a_block_know_their_place() -> None:
    (block,) = blocks("\n  a,\n  b {\n}")
    assert [str(key.position) for key in block.keys] == ["Corefile:2:3", "Corefile:3:3"]
    assert str(block.position) == "Corefile:2:3"


@pytest.mark.parametrize(
    ("key", "port"),
    [
        pytest.param("a", 53, id="dns"),
        pytest.param("tls://a", 853, id="tls"),
        pytest.param("quic://a", 853, id="quic"),
        pytest.param("grpc://a", 443, id="grpc"),
        pytest.param("https://a", 443, id="https"),
        pytest.param("https3://a", 443, id="https3"),
        pytest.param("tls://a:53", 53, id="given"),
    ],
)
def test_default_ports(key: str, port: int) -> None:
    assert blocks(key)[0].keys[0].resolve() == port


def test_the_default_port_of_dns_can_be_changed() -> None:
    dns, given, tls = blocks("a b:54 tls://a {\n}")[0].keys
    assert [key.resolve(1053) for key in (dns, given, tls)] == [1053, 54, 853]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param(
            "a, {\n}", "Corefile:1:1: another key must follow the comma", id="comma before the brace"
        ),
        pytest.param("a,", "Corefile:1:1: another key must follow the comma", id="comma at the end"),
        pytest.param(
            "ok :53 {\n}",
            'Corefile:1:4: invalid key ":53" of a server block: there is no zone in front of the port',
            id="port alone",
        ),
        pytest.param(
            ", a {\n}", 'Corefile:1:1: invalid key "" of a server block: it is empty', id="comma alone"
        ),
    ],
)
def test_errors(text: str, error: str) -> None:
    with pytest.raises(CorefileErrors) as caught:
        blocks(text)
    assert str(caught.value) == error


def test_every_bad_key_is_named() -> None:
    with pytest.raises(CorefileErrors) as caught:
        blocks("a..b :53 {\n}\nc: {\n}")
    assert [str(error.position) for error in caught.value.errors] == [
        "Corefile:1:1",
        "Corefile:1:6",
        "Corefile:3:1",
    ]


def test_an_odd_key_is_a_warning() -> None:
    document = parse("example.org:http {\n}", environ={})
    (warning,) = document.warnings
    assert str(warning) == (
        'Corefile:1:1: odd key "example.org:http" of a server block: '
        "it has no port that is a number, and is served as a zone of that name"
    )


def test_the_number_of_zones_is_bounded() -> None:
    with pytest.raises(CorefileErrors, match="more than 20000 zones"):
        blocks("10.0.0.0/1 " * 200)
