"""The digest by which a changed configuration is known."""

import pytest

from clusterdns.corefile import parse

TEXT = "# comment\n. {\n  log  # words\n  whoami\n}\n"


def digest(text: str, *, file: str = "Corefile", **environ: str) -> str:
    return parse(text, file=file, environ=environ).sha512()


def test_it_is_a_sha512_in_hexadecimal() -> None:
    assert len(digest(TEXT)) == 128
    assert digest(TEXT) == digest(TEXT)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# other\n. {\n  log\n  whoami\n}\n", id="a comment"),
        pytest.param("\n. {\nlog\n\twhoami\n}", id="indentation"),
        pytest.param('\n. {\n"log"\n whoami\n}', id="quotes"),
    ],
)
def test_what_does_not_count(text: str) -> None:
    assert digest(text) == digest(TEXT)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# comment\n\n. {\n  log\n  whoami\n}\n", id="a line that moves the others"),
        pytest.param("# comment\na {\n  log\n  whoami\n}\n", id="a key"),
        pytest.param("# comment\n. {\n  log a\n  whoami\n}\n", id="an argument"),
        pytest.param("# comment\n. {\n  log\n}\n", id="a directive less"),
        pytest.param("# comment\n. {\n  log\n  whoami\n}\na {\n}\n", id="a block more"),
    ],
)
def test_what_counts(text: str) -> None:
    assert digest(text) != digest(TEXT)


def test_the_value_of_a_variable_counts() -> None:
    assert digest(".\nlog {$A}", A="1") != digest(".\nlog {$A}", A="2")


def test_the_name_of_the_file_counts() -> None:
    assert digest(TEXT, file="other") != digest(TEXT)


def test_words_are_not_run_together() -> None:
    assert digest('.\nlog "a\n1\nb"') != digest(".\nlog a b")
