"""`tls CERT KEY [CA]` and its options."""

from pathlib import Path

import pytest

from clusterdns.corefile import CorefileError, CorefileErrors
from clusterdns.corefile import parse as parse_corefile
from clusterdns_plugins.tls.config import ClientAuth, Settings, parse


def read(text: str) -> Settings:
    (directive,) = parse_corefile(f".:53 {{\n{text}\n}}", environ={}).blocks[0].directives
    return parse(directive)


def test_a_certificate_and_its_key() -> None:
    found = read("tls cert.pem key.pem")
    assert (found.certificate.path, found.key.path) == (Path("cert.pem"), Path("key.pem"))
    assert (found.authority, found.client_auth, found.key_log) == (None, ClientAuth.NOCERT, None)


def test_everything() -> None:
    found = read("tls a b c {\n client_auth require_and_verify\n keylog /tmp/secrets\n}")
    assert found.authority is not None
    assert found.key_log is not None
    assert (found.authority.path, found.key_log.path) == (Path("c"), Path("/tmp/secrets"))
    assert found.client_auth is ClientAuth.REQUIRE_AND_VERIFY


@pytest.mark.parametrize(
    ("word", "verifies"),
    [("nocert", False), ("request", False), ("verify_if_given", True), ("require_and_verify", True)],
)
def test_what_clients_have_to_show(word: str, verifies: bool) -> None:
    assert read(f"tls a b {{\n client_auth {word}\n}}").client_auth.verifies is verifies


def test_asking_without_verifying_is_warned_of() -> None:
    (warning,) = read("tls a b {\n client_auth request\n}").doubts
    assert "asks clients for nothing" in warning.message


def test_equal_words_at_other_places_are_equal_settings() -> None:
    assert read("tls a b c") == read("tls  a  b  c")
    assert read("tls a b") != read("tls a b c")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("tls", "expects the file of a certificate", id="nothing"),
        pytest.param("tls cert.pem", "expects the file of the certificate's key", id="no key"),
        pytest.param('tls "" key.pem', "expects the file of a certificate", id="empty"),
        pytest.param("tls a b c d", 'surplus argument "d"', id="too much"),
        pytest.param("tls a b {\n client_auth\n}", "expects one of nocert, request, verify_if", id="no word"),
        pytest.param("tls a b {\n client_auth never\n}", 'and_verify, not "never"', id="no such word"),
        pytest.param(
            "tls a b {\n client_auth require\n}", "not verified cannot be required here", id="unverified"
        ),
        pytest.param("tls a b {\n keylog\n}", "expects a file", id="no file"),
        pytest.param("tls a b {\n acme example.org\n}", 'unknown option "acme"', id="unknown"),
        pytest.param("tls a b\ntls c d", "once", id="twice"),
    ],
)
def test_mistakes_are_named(text: str, said: str) -> None:
    with pytest.raises((CorefileError, CorefileErrors)) as raised:
        read(text)
    assert said in str(raised.value)
