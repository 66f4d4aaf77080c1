"""Entries and options: how the words of a plugin are grouped by lines and braces."""

import pytest

from clusterdns.corefile import CorefileErrors, Directive, Entry, Option, parse


def directive(body: str) -> Directive:
    """The only directive of a block with this body."""
    (found,) = parse(". {\n" + body + "\n}", environ={}).blocks[0].directives
    return found


def drawn(line: Entry | Option) -> str:
    """`name arg arg {option; option}`."""
    words = " ".join(token.text for token in (line.name, *line.args))
    return f"{words} {{{'; '.join(map(drawn, line.options))}}}" if line.has_block else words


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        pytest.param("log", ["log"], id="name alone"),
        pytest.param("log a b", ["log a b"], id="arguments"),
        pytest.param('log "a\nb" c', ["log a\nb c"], id="a line goes on after line breaks in quotes"),
        pytest.param("log {\n}", ["log {}"], id="empty block"),
        pytest.param("log { }", ["log {}"], id="empty block on one line"),
        pytest.param("log a {\n b c\n d\n}", ["log a {b c; d}"], id="options"),
        pytest.param("log { b\n c\n}", ["log {b; c}"], id="an option behind the brace"),
        pytest.param("log { b }", ["log {b }}"], id="a brace behind an option is its argument"),
        pytest.param("log a\nlog b", ["log a", "log b"], id="repeated"),
        pytest.param("log {\n a\n}\nlog {\n b\n}", ["log {a}", "log {b}"], id="repeated with blocks"),
        pytest.param("log {\n a {\n b\n }\n c\n}", ["log {a {b}; c}"], id="nested block"),
        pytest.param("log {\n {\n b\n }\n}", ["log {{; b}", "}"], id="a brace where a name could stand"),
        pytest.param("log\n{\n a\n}", ["log", "{", "a", "}"], id="a brace on the next line opens no block"),
        pytest.param("log {\n a\n} b", ["log {a}", "b"], id="words behind a block are another entry"),
    ],
)
def test_entries(body: str, entries: list[str]) -> None:
    assert [drawn(entry) for entry in directive(body).entries] == entries


def test_positions() -> None:
    found = directive(" log a {\n  b c\n }")
    (entry,) = found.entries
    (option,) = entry.options
    assert str(found.position) == "Corefile:2:2"
    assert str(entry.position) == "Corefile:2:2"
    assert str(entry.args[0].position) == "Corefile:2:6"
    assert str(option.position) == "Corefile:3:3"
    assert str(option.args[0].position) == "Corefile:3:5"


def test_tokens_are_the_words_of_all_uses() -> None:
    assert [token.text for token in directive("log {\n a\n}\nlog b").tokens] == [
        "log",
        "{",
        "a",
        "}",
        "log",
        "b",
    ]


def test_nesting_is_bounded() -> None:
    assert directive("log " + "{\na " * 32 + "}\n" * 32).name == "log"
    with pytest.raises(CorefileErrors) as caught:
        directive("log " + "{\na " * 33 + "}\n" * 33)
    assert str(caught.value) == "Corefile:34:1: blocks are nested deeper than 32"


def test_a_snippet_imported_twice_puts_its_words_on_one_line() -> None:
    (block,) = parse("(s) {\n log\n}\n. {\n import s\n import s\n}", environ={}).blocks
    assert [drawn(entry) for entry in block.directives[0].entries] == ["log log"]
