"""Snippets: `(name) { ... }` and `import name`."""

import pytest

from clusterdns.corefile import CorefileErrors, Document, parse


def document(text: str) -> Document:
    return parse(text, environ={"SNIPPET": "s"})


def names(text: str) -> list[str]:
    (block,) = document(text).blocks
    return [directive.name for directive in block.directives]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("(s) {\n log\n whoami\n}\n. {\n import s\n}", ["log", "whoami"], id="usual"),
        pytest.param("(s)\n{\n log\n}\n. {\n import s\n}", ["log"], id="brace on the next line"),
        pytest.param("(s) {\n}\n. {\n import s\n}", [], id="empty"),
        pytest.param("(s) {\n log\n}\n.\nimport s", ["log"], id="into a block without braces"),
        pytest.param("(s) {\n errors {\n a\n }\n}\n. {\n import s\n}", ["errors"], id="with a block in it"),
        pytest.param('"(s t)" {\n log\n}\n. {\n import "s t"\n}', ["log"], id="a name with a space"),
        pytest.param(
            "({$SNIPPET}) {\n log\n}\n. {\n import {$SNIPPET}\n}", ["log"], id="a name in a variable"
        ),
        pytest.param("(s) {\n . {\n log\n }\n}\nimport s", ["log"], id="a whole server block"),
        pytest.param("(s) {\n .\n}\nimport s\n{\n log\n}", ["log"], id="keys"),
        pytest.param("(s) {\n log\n}\n(t) {\n import s\n}\n. {\n import t\n}", ["log"], id="nested"),
        pytest.param("(t) {\n import s\n}\n(s) {\n log\n}\n. {\n import t\n}", ["log"], id="nested, later"),
        pytest.param("(s) {\n log import s\n}\n. {\n}", [], id="import inside a line is a word"),
        pytest.param("(s) {\n log {args.0}\n}\n. {\n import s\n}", ["log"], id="arguments are not replaced"),
    ],
)
def test_legal(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_a_snippet_may_be_part_of_a_plugins_block() -> None:
    (block,) = document("(s) {\n class all\n}\n. {\n log {\n import s\n }\n}").blocks
    (option,) = block.directives[0].entries[0].options
    assert (option.name.text, option.args[0].text, str(option.position)) == ("class", "all", "Corefile:2:2")


def test_import_inside_a_line_is_a_word() -> None:
    (block,) = document("(s) {\n a\n}\n. {\n log import s\n}").blocks
    assert [token.text for token in block.directives[0].entries[0].args] == ["import", "s"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param(
            ". {\n import s\n}\n(s) {\n}", '2:9: no snippet and no file "s" to import', id="used early"
        ),
        pytest.param("(s) {\n}\n(s) {\n}", '3:1: snippet "s" is defined already', id="defined twice"),
        pytest.param(
            "(s) {\n import s\n}", '1:1: import cycle: snippet "s" imports itself', id="imports itself"
        ),
        pytest.param(
            "(a) {\n import b\n}\n(b) {\n import a\n}\n. {\n import a\n}",
            '5:9: import cycle: "a" imports itself',
            id="cycle of two",
        ),
        pytest.param("(s)\nlog", '2:1: snippet "s" expects "{", not "log"', id="no brace"),
        pytest.param("(s) {\n log\n", '1:5: the "{" of snippet "s" is never closed', id="no end"),
        pytest.param(
            "(s) {\n}\n. {\n import s x\n}",
            '4:11: "import" takes one argument: a snippet, a file or a pattern',
            id="arguments",
        ),
    ],
)
def test_errors(text: str, error: str) -> None:
    with pytest.raises(CorefileErrors) as caught:
        document(text)
    assert str(caught.value) == f"Corefile:{error}"


def test_a_cycle_that_is_not_used_is_legal() -> None:
    assert names("(a) {\n import b\n}\n(b) {\n import a\n}\n. {\n log\n}") == ["log"]


def test_parentheses_at_the_end_of_the_file_are_a_zone() -> None:
    assert document("(s)").blocks[0].zones == ("\\(s\\).",)


def test_ten_thousand_imports_of_snippets_are_the_limit() -> None:
    def text(count: int) -> str:
        return "(s) {\n}\n. {\n" + "import s\n" * count + "}"

    assert names(text(10_000)) == []
    with pytest.raises(CorefileErrors, match="more than 10000 imports of snippets"):
        document(text(10_001))


def test_imports_that_double_are_bounded() -> None:
    nested = "".join(f"(s{i}) {{\n import s{i - 1}\n import s{i - 1}\n}}\n" for i in range(1, 60))
    with pytest.raises(CorefileErrors, match="more than"):
        document("(s0) {\n log\n}\n" + nested + ". {\n import s59\n}")
