"""Words of a Corefile: where they begin and end, and which line and column they are on."""

import pytest

from clusterdns.corefile import CorefileError, Token
from clusterdns.corefile.lexer import MAX_WORDS, tokenize


def words(text: str) -> list[str]:
    return [token.text for token in tokenize(text, "Corefile")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a b\tc\nd", ["a", "b", "c", "d"], id="white space splits"),
        pytest.param("a\u00a0b\u2003c\u0085d", ["a", "b", "c", "d"], id="white space of Unicode splits"),
        pytest.param("a\x1cb", ["a\x1cb"], id="a separator that only Python takes for space does not"),
        pytest.param("\ufeffa", ["a"], id="byte order mark"),
        pytest.param("a \ufeffb", ["a", "\ufeffb"], id="byte order mark elsewhere is a letter"),
        pytest.param("a\r\nb\r\n", ["a", "b"], id="carriage return at the end of a line"),
        pytest.param("who\rami", ["whoami"], id="carriage return inside a word"),
        pytest.param('a\r"b"', ['a"b"'], id="carriage return does not end a word before a quote"),
        pytest.param("# a\nb", ["b"], id="comment line"),
        pytest.param("a # b c\nd", ["a", "d"], id="comment after a word"),
        pytest.param("a#b\nc", ["a", "c"], id="comment inside a word"),
        pytest.param("a#b c", ["a", "c"], id="comment inside a word ends at white space"),
        pytest.param("a#b\rc", ["a"], id="comment inside a word goes on after a carriage return"),
        pytest.param('"a # b"', ["a # b"], id="no comment in quotes"),
        pytest.param('"a b" c', ["a b", "c"], id="quotes keep white space"),
        pytest.param('"a\nb"', ["a\nb"], id="quotes span lines"),
        pytest.param('"a\r\nb"', ["a\r\nb"], id="quotes keep carriage returns"),
        pytest.param('"a\\"b"', ['a"b'], id="escaped quote"),
        pytest.param('"a\\nb"', ["a\\nb"], id="any other backslash is itself"),
        pytest.param('"a\\\\" b', ["a\\\\", "b"], id="two backslashes do not escape the quote"),
        pytest.param('"a\\\\\\"b"', ['a\\\\"b'], id="two backslashes and an escaped quote"),
        pytest.param('"a"b', ["a", "b"], id="a word may follow the closing quote"),
        pytest.param('a"b c"', ['a"b', 'c"'], id="a quote inside a word is a letter"),
        pytest.param('""', [""], id="empty word"),
        pytest.param('a "', ["a"], id="a lone quote at the end is nothing"),
        pytest.param('"a b', ["a b"], id="the closing quote may be missing"),
        pytest.param('"a\\', ["a"], id="a lone backslash at the end is nothing"),
        pytest.param("", [], id="empty text"),
        pytest.param("{ }{", ["{", "}{"], id="braces are words only on their own"),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "places"),
    [
        pytest.param("a bc\n  d", [(1, 1), (1, 3), (2, 3)], id="lines and columns count from 1"),
        pytest.param('"a\nb" c\nd', [(1, 1), (2, 4), (3, 1)], id="line breaks in quotes count"),
        pytest.param("# x\n\n a", [(3, 2)], id="comment lines count"),
        pytest.param("\ufeffa", [(1, 1)], id="the byte order mark has no column"),
        pytest.param("é a", [(1, 1), (1, 3)], id="columns count characters"),
    ],
)
def test_positions(text: str, places: list[tuple[int, int]]) -> None:
    tokens = tokenize(text, "Corefile")
    assert [(token.position.line, token.position.column) for token in tokens] == places
    assert {token.position.file for token in tokens} == {"Corefile"}


def test_a_token_knows_that_it_was_quoted() -> None:
    assert [token.quoted for token in tokenize('a "b"', "Corefile")] == [False, True]
    assert isinstance(tokenize("a", "Corefile")[0], Token)


def test_the_number_of_words_is_bounded() -> None:
    with pytest.raises(CorefileError) as caught:
        tokenize("a\n" * (MAX_WORDS + 1), "Corefile")
    assert str(caught.value) == f"Corefile:{MAX_WORDS + 1}:1: more than {MAX_WORDS} words"
