"""Addresses of web listeners in a Corefile."""

import pytest

from clusterdns.corefile import Arguments, CorefileError, parse
from clusterdns.web import WebAddress, read_web_address


def read(words: str) -> WebAddress:
    (block,) = parse(f". {{\n  health {words}\n}}\n", environ={}).blocks
    return read_web_address(Arguments(block.directives[0].entries[0]), default=":8080")


@pytest.mark.parametrize(
    ("words", "host", "port"),
    [
        pytest.param("", "", 8080, id="default"),
        pytest.param(":9000", "", 9000, id="every address"),
        pytest.param("localhost:9000", "localhost", 9000, id="name"),
        pytest.param("127.0.0.1:0", "127.0.0.1", 0, id="any port"),
        pytest.param("127.0.0.1:", "127.0.0.1", 0, id="nothing behind the colon"),
        pytest.param("[::1]:9000", "::1", 9000, id="IPv6"),
        pytest.param(":00080", "", 80, id="leading zeros"),
    ],
)
def test_an_address_is_a_host_and_a_port(words: str, host: str, port: int) -> None:
    address = read(words)
    assert (address.host, address.port) == (host, port)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        pytest.param("host", "it has no port", id="no port"),
        pytest.param("[::1]", "it has no port", id="no port behind brackets"),
        pytest.param("::1:80", "stands in brackets", id="IPv6 without brackets"),
        pytest.param(":65536", "no number from 0 to 65535", id="too large"),
        pytest.param(":http", "no number from 0 to 65535", id="name of a port"),
        pytest.param(":-1", "no number from 0 to 65535", id="negative"),
        pytest.param(":1 :2", 'surplus argument ":2"', id="two"),
    ],
)
def test_what_is_no_address_is_named_with_its_place(words: str, complaint: str) -> None:
    with pytest.raises(CorefileError, match=complaint) as raised:
        read(words)
    assert raised.value.position.line == 2


def test_addresses_are_equal_wherever_they_stand() -> None:
    assert read(":8080") == read("")
    assert hash(read(":8080")) == hash(read(""))
    assert read(":8080") != read("localhost:8080")


@pytest.mark.parametrize("text", [":8080", "localhost:1", "[::1]:2"])
def test_an_address_is_written_as_it_is_read(text: str) -> None:
    assert str(read(text)) == text
