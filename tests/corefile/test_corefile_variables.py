"""Environment variables in keys, names of directives, arguments and import patterns."""

import pytest

from clusterdns.corefile import CorefileErrors, Document, parse

ENVIRON = {
    "NAME": "whoami",
    "PORT": "1053",
    "NESTED": "{$NAME}",
    "BRACE": "{",
    "SPACE": "a b",
    "EMPTY": "",
    "LINES": "a\nb\n",
    "LOOP": "{$LOOP}",
    "GROW": "{$GROW}{$GROW}",
}


def document(text: str) -> Document:
    return parse(text, environ=ENVIRON)


def argument(word: str) -> str:
    return document(f".\nlog {word}").blocks[0].directives[0].entries[0].args[0].text


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("{$NAME}", "whoami", id="dollar"),
        pytest.param("{%NAME%}", "whoami", id="per cent"),
        pytest.param("x{$NAME}y{$NAME}", "xwhoamiywhoami", id="inside a word, twice"),
        pytest.param('"{$NAME} x"', "whoami x", id="in quotes"),
        pytest.param("{$UNSET}", "", id="unset is empty"),
        pytest.param("{$NESTED}", "whoami", id="a value that names another variable"),
        pytest.param("{$SPACE}", "a b", id="a value with a space stays one word"),
        pytest.param("{$}", "{$}", id="no name"),
        pytest.param("{$}{$NAME}", "{$}{$NAME}", id="nothing is replaced after a missing name"),
        pytest.param("{$NAME", "{$NAME", id="no end"),
        pytest.param("$NAME %NAME%", "$NAME", id="no braces"),
        pytest.param("{$EMPTY}{%NAME%}", "whoami", id="both kinds in one word"),
    ],
)
def test_in_arguments(word: str, expected: str) -> None:
    assert argument(word) == expected


def test_in_keys() -> None:
    (block,) = document(".:{$PORT} {\n}").blocks
    assert block.keys[0].port == 1053


def test_an_empty_key_is_left_out() -> None:
    (block,) = document("{$UNSET} . {\n}").blocks
    assert block.zones == (".",)


def test_in_names_of_directives() -> None:
    (block,) = document(". {\n {$NAME}\n}").blocks
    assert [directive.name for directive in block.directives] == ["whoami"]


def test_an_empty_name_of_a_directive_is_an_error() -> None:
    with pytest.raises(CorefileErrors, match=r'^Corefile:2:2: the name of a plugin is expected, not ""$'):
        document(". {\n {$UNSET}\n}")


def test_a_brace_from_a_variable_opens_no_server_block() -> None:
    with pytest.raises(CorefileErrors, match="name of a plugin is expected"):
        document(". {$BRACE}\n whoami\n}")


def test_line_breaks_of_a_value_do_not_join_lines() -> None:
    (block,) = document(".\nlog {$LINES}\nwhoami").blocks
    assert [directive.name for directive in block.directives] == ["log", "whoami"]


@pytest.mark.parametrize("name", ["LOOP", "GROW"])
def test_a_variable_that_names_itself_is_an_error(name: str) -> None:
    with pytest.raises(CorefileErrors) as caught:
        argument(f"{{${name}}}")
    expected = "Corefile:2:5: environment variables make this word too long, or name themselves"
    assert str(caught.value) == expected


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERDNS_TEST_ZONE", "example.org")
    assert parse("{$CLUSTERDNS_TEST_ZONE}").blocks[0].zones == ("example.org.",)
