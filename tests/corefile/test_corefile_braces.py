"""Where the indentation says that a `}` is missing."""

import pytest

from clusterdns.corefile import mend

CLOSED = 'the "{{" of {} is never closed'
BEFORE = ': a "}}" seems to be missing before line {}'


def lines_of(text: str) -> list[list[str]]:
    """The words of `text`, mended, a list for each line; a brace that was put in is a line."""
    mended = mend(text, "Corefile")
    assert mended is not None
    lines: dict[tuple[str, int, int], list[str]] = {}
    for number, token in enumerate(mended.tokens):
        file, line, _ = token.position
        lines.setdefault((file, line, 0 if file else number), []).append(token.text)
    return list(lines.values())


def errors_of(text: str) -> list[str]:
    mended = mend(text, "Corefile")
    assert mended is not None
    return [str(error) for error in mended.errors]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param(". {\n  log", "1:3: " + CLOSED.format('"."'), id="server-block"),
        pytest.param(
            "a\n{\n  log\nb {\n  log\n}",
            "2:1: " + CLOSED.format("this server block") + BEFORE.format(4),
            id="server-block-before-another",
        ),
        pytest.param(
            "(s) {\n  log\n. {\n  log\n}",
            "1:5: " + CLOSED.format('snippet "s"') + BEFORE.format(3),
            id="snippet",
        ),
        pytest.param(
            ". {\n  errors {\n    x\n  log\n}",
            "2:10: " + CLOSED.format('"errors"') + BEFORE.format(4),
            id="plugin-before-another",
        ),
        pytest.param(
            ". {\n  errors {\n    x\n}",
            "2:10: " + CLOSED.format('"errors"') + BEFORE.format(4),
            id="plugin-at-the-end-of-the-block",
        ),
        pytest.param(
            ". {\n  errors {\n  log\n  }\n}\n. {\n  errors {\n    x {\n      y\n    z\n  }\n}",
            "8:7: " + CLOSED.format('"x"') + BEFORE.format(10),
            id="block-in-a-block",
        ),
        pytest.param(
            ".:53\nerrors {\n  x\nlog {\n  y\n}",
            "2:8: " + CLOSED.format('"errors"') + BEFORE.format(4),
            id="server-block-without-braces",
        ),
    ],
)
def test_a_brace_that_is_never_closed_is_named(text: str, error: str) -> None:
    assert errors_of(text) == [f"Corefile:{error}"]


def test_every_brace_that_is_never_closed_is_named() -> None:
    assert [error.partition(": ")[0] for error in errors_of("a {\n  errors {\n    x\n\nb {\n  log {")] == [
        "Corefile:2:10",
        "Corefile:1:3",
        "Corefile:6:7",
        "Corefile:5:3",
    ]


def test_the_missing_brace_stands_on_a_line_of_its_own() -> None:
    assert lines_of(". {\n  errors {\n    x y\n  log z\n}\n") == [
        [".", "{"],
        ["errors", "{"],
        ["x", "y"],
        ["}"],
        ["log", "z"],
        ["}"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(". {\n  errors {\n  }\n}", id="nothing-missing"),
        pytest.param(". {\nerrors {\nx\n}\nlog\n}", id="no-indentation-and-complete"),
        pytest.param(". {\nerrors {\nx\nlog\n}", id="no-indentation"),
        pytest.param(". {\n  a {\n    x\n   b {\n}\n}\n}", id="indented-at-random-and-complete"),
        pytest.param(". {\n  errors {\n    x\n  log\n  }\n}", id="indented-wrongly-and-complete"),
        pytest.param(". {\n}\n}\n. {", id="one-too-many-and-one-too-few"),
    ],
)
def test_what_the_indentation_does_not_tell_is_not_guessed(text: str) -> None:
    assert mend(text, "Corefile") is None
