"""No secret in a text that others read, in whatever spelling."""

import base64
import json
import logging
from html import escape
from urllib.parse import quote, quote_plus

import pytest

from clusterdns.telemetry.lines import LineFormatter
from clusterdns.telemetry.redaction import (
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_SEEN,
    Redactor,
    without_credentials,
)

SECRET = "c4n/ry+\"'@\\ö &<x"


def redacted(text: str, *, longest: int = LONGEST_LINE) -> str:
    redactor = Redactor()
    redactor.keep(SECRET)
    return redactor.line(text, longest=longest)


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param(SECRET, id="as-it-is"),
        pytest.param(quote(SECRET), id="percent"),
        pytest.param(quote(SECRET, safe=""), id="percent-all"),
        pytest.param(quote(SECRET, safe="").lower(), id="percent-lower"),
        pytest.param(quote_plus(SECRET), id="form"),
        pytest.param(json.dumps(SECRET), id="json"),
        pytest.param(repr(SECRET), id="repr"),
        pytest.param(escape(SECRET), id="html"),
        pytest.param(SECRET.encode().hex(), id="hexadecimal"),
        *(
            pytest.param(
                encode(f"{'x' * shift}{SECRET}yz".encode()).decode(), id=f"{encode.__name__}-{shift}"
            )
            for encode in (base64.b64encode, base64.urlsafe_b64encode)
            for shift in range(4)
        ),
    ],
)
def test_a_known_secret_is_hidden_in_each_spelling(spelling: str) -> None:
    found = redacted(f"before {spelling} after")
    assert "***" in found
    assert found.startswith("before ")
    assert found.endswith(" after")
    assert "c4n" not in found
    assert spelling.strip("\"'")[4:12] not in found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("of http://me:pw@host:80/x.", "of http://***@host:80/x.", id="user-of-a-url"),
        pytest.param("url='http://me:a/b@c?d@host'", "url='http://***@host'", id="password-that-breaks-it"),
        pytest.param("http://token@host", "http://***@host", id="user-alone"),
        pytest.param("me:pw@host:80", "***@host:80", id="without-a-scheme"),
        pytest.param("mail me@example.org", "mail me@example.org", id="mail"),
        pytest.param("https://a/b?token=x&y=z)", "https://a/b?***", id="query"),
        pytest.param("what?", "what?", id="question"),
        pytest.param("Authorization: Bearer abcdefghijklmnop.q", "Authorization: Bearer ***", id="bearer"),
        pytest.param("basic dXNlcjpwYXNzd29yZA==", "basic ***", id="basic"),
        pytest.param("the bearer token has expired", "the bearer token has expired", id="words"),
        pytest.param("a eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln b", "a *** b", id="jwt"),
        pytest.param(
            "a -----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY----- b", "a *** b", id="key"
        ),
        pytest.param("a -----BEGIN PRIVATE KEY-----\nxyz", "a ***", id="half-a-key"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, shown: str) -> None:
    assert without_credentials(text) == shown
    assert Redactor().line(text) == shown


def test_a_line_is_one_and_bounded() -> None:
    assert redacted("a\x1b[31m\n\u2028b") == "a [31m b"
    assert redacted("x" * 5000) == "x" * LONGEST_LINE + "..."


@pytest.mark.parametrize("place", [0, 5, LONGEST_LINE - 5, LONGEST_TEXT - 5, LONGEST_TEXT - 400])
def test_a_cut_leaves_no_half_of_a_secret(place: int) -> None:
    redactor = Redactor()
    redactor.keep("0123456789" * 50)
    text = "x" * place + "0123456789" * 50 + "y" * LONGEST_TEXT
    assert "0" not in redactor.line(text)
    assert "0" not in redactor.line(("0123456789" * 50 + " ") * 40, longest=LONGEST_TEXT)


def test_secrets_that_are_renewed_are_forgotten_after_some_others() -> None:
    redactor = Redactor()
    redactor.keep("lasting")
    for number in range(MOST_SEEN + 1):
        redactor.seen(f"secret-{number}!")
        redactor.seen(f"secret-{number}!")
    assert redactor.line("lasting") == "***"
    assert redactor.line("secret-0!") == "secret-0!"
    assert redactor.line("secret-1!") == "***"


@pytest.mark.parametrize("secret", ["", "a", "abc"])
def test_too_short_to_be_told_from_words(secret: str) -> None:
    redactor = Redactor()
    redactor.keep(secret)
    assert redactor.line("abcd a abc") == "abcd a abc"


def test_log_lines_and_tracebacks() -> None:
    try:
        raise ValueError("url='http://me:pw@host'") from KeyError("Bearer abcdefghijklmnopq")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "of %s", ("http://me:pw@host",), None)
        record.exc_info = (ValueError, error, error.__traceback__)
    text = LineFormatter().format(record)
    assert "http://***@host" in text
    assert "pw" not in text.replace('pw@host"', "")
    assert "KeyError: 'Bearer ***'" in text
