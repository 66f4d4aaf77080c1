"""Server blocks: where braces may stand, what belongs to which directive."""

import pytest

from clusterdns.corefile import DEFAULT_COREFILE, CorefileErrors, Document, parse

PLUGINS = ("debug", "errors", "forward", "kubernetes", "log", "whoami")


def document(text: str) -> Document:
    return parse(text, environ={}, plugins=PLUGINS)


def outline(text: str) -> list[str]:
    """`zones: directives` of each block."""
    return [
        f"{' '.join(block.zones)}: {' '.join(directive.name for directive in block.directives)}".strip()
        for block in document(text).blocks
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a {\n whoami\n log\n}", ["a.: whoami log"], id="usual"),
        pytest.param("a\n{\n whoami\n}", ["a.: whoami"], id="brace on the next line"),
        pytest.param("a\n\n\n{\n whoami\n}", ["a.: whoami"], id="brace after empty lines"),
        pytest.param("a { whoami\n}", ["a.: whoami"], id="directive behind the brace"),
        pytest.param("a {}", ["a. {}.:"], id="braces without a space are a key"),
        pytest.param("a { }", ["a.:"], id="empty block"),
        pytest.param("a", ["a.:"], id="key alone"),
        pytest.param("a\nwhoami\nlog", ["a.: whoami log"], id="one block without braces"),
        pytest.param("a\nwhoami\n}\nb {\n}", ["a.: whoami", "b.:"], id="a brace may end it"),
        pytest.param("a {\n}\nb {\n}", ["a.:", "b.:"], id="two"),
        pytest.param("a {\n whoami\n} b {\n}", ["a.: whoami", "b.:"], id="two on a line"),
        pytest.param("{\n whoami\n}", [], id="no key, no block"),
        pytest.param('a "{"\n whoami\n"}"', ["a.: whoami"], id="quoted braces are braces"),
        pytest.param("a {\n whoami\n}\n}", ["a.: whoami", "}.:"], id="stray brace is a zone"),
        pytest.param("a {\n errors {\n }\n", ["a.: errors"], id="the last brace may serve both"),
        pytest.param("a {\n log\n errors\n log\n}", ["a.: log errors"], id="repeated directive"),
        pytest.param("", [], id="empty file"),
    ],
)
def test_legal(text: str, expected: list[str]) -> None:
    assert outline(text) == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param(
            "a { whoami }", '1:12: unexpected "}": it must stand on a line of its own', id="all on one line"
        ),
        pytest.param(
            "a {\n whoami }\n", '2:9: unexpected "}": it must stand on a line of its own', id="end of a line"
        ),
        pytest.param("a {", '1:3: the "{" of this server block is never closed', id="no end"),
        pytest.param(
            "a {\n whoami\n", '1:3: the "{" of this server block is never closed', id="no end after a line"
        ),
        pytest.param(
            "a {\n errors {\n", '2:9: the "{" of "errors" is never closed', id="no end of a plugin's block"
        ),
        pytest.param(
            "a {\n kubernets\n}",
            '2:2: unknown plugin "kubernets" (did you mean "kubernetes"?)',
            id="misspelt plugin",
        ),
        pytest.param("a {\n WHOAMI\n}", '2:2: unknown plugin "WHOAMI" (did you mean "whoami"?)', id="case"),
        pytest.param("a {\n qqq\n}", '2:2: unknown plugin "qqq"', id="unknown plugin"),
        pytest.param("a {\n whoami,\n}", None, id="comma"),
        pytest.param("{\n qqq\n}", '2:2: unknown plugin "qqq"', id="in a block that is not served"),
        pytest.param(
            "a {\n {\n }\n}", '2:2: the name of a plugin is expected, not "{"', id="brace as a name"
        ),
    ],
)
def test_errors(text: str, error: str | None) -> None:
    with pytest.raises(CorefileErrors) as caught:
        document(text)
    if error is not None:
        assert str(caught.value) == f"Corefile:{error}"


def test_all_mistakes_are_reported_in_the_order_of_the_file() -> None:
    text = "a..b {\n wohami\n import\n}\nb {\n nolog\n errors }\n"
    with pytest.raises(CorefileErrors) as caught:
        document(text)
    assert [(error.position.line, error.position.column) for error in caught.value.errors] == [
        (1, 1),
        (2, 2),
        (3, 2),
        (6, 2),
        (7, 9),
    ]


def test_reading_stops_after_a_hundred_mistakes() -> None:
    with pytest.raises(CorefileErrors) as caught:
        document("a {\n" + "nosuch\n" * 1000 + "}")
    assert len(caught.value.errors) == 100


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        pytest.param(
            "{\n whoami\n}", "1:1: a block without keys is read and not served", id="block without keys"
        ),
        pytest.param(
            "a\nwhoami\n}", '3:1: "}" ends a server block that no "{" began', id="brace after a bare block"
        ),
        pytest.param(
            "a {\n errors {\n }\n",
            '1:3: the "{" of this server block is never closed',
            id="missing last brace",
        ),
        pytest.param(
            "a {\n}\n}",
            '3:1: odd key "}" of a server block: a brace is part of the zone\'s name here',
            id="stray brace",
        ),
    ],
)
def test_what_is_hardly_meant_is_a_warning(text: str, warning: str) -> None:
    assert [str(found) for found in document(text).warnings] == [f"Corefile:{warning}"]


def test_without_a_list_of_plugins_any_name_goes() -> None:
    assert parse("a\nnosuch", environ={}).blocks[0].directives[0].name == "nosuch"


def test_the_built_in_corefile() -> None:
    (block,) = parse(DEFAULT_COREFILE, environ={}).blocks
    assert block.zones == (".",)
    assert block.keys[0].resolve() == 53
    assert [directive.name for directive in block.directives] == ["whoami", "log"]
