"""Errors: their text, their order, guesses at what was meant."""

import pytest

from clusterdns.corefile import CorefileError, CorefileErrors, Position, Problems, did_you_mean


def error(line: int, column: int, *, file: str = "Corefile") -> CorefileError:
    return CorefileError(Position(file, line, column), "wrong")


def test_text_of_an_error() -> None:
    assert str(error(12, 9)) == "Corefile:12:9: wrong"
    assert (error(1, 2).message, error(1, 2).position.column) == ("wrong", 2)


def test_errors_are_in_the_order_of_the_file() -> None:
    several = CorefileErrors([error(2, 1), error(1, 9, file="b"), error(1, 5), error(1, 2, file="b")])
    assert str(several).splitlines() == [
        "Corefile:1:5: wrong",
        "Corefile:2:1: wrong",
        "b:1:2: wrong",
        "b:1:9: wrong",
    ]


def test_problems_collect_one_and_several() -> None:
    problems = Problems()
    with problems.caught():
        raise error(2, 1)
    with problems.caught():
        raise CorefileErrors([error(3, 1), error(1, 1)])
    problems.add(Position("Corefile", 4, 1), "added")
    with pytest.raises(CorefileErrors) as caught:
        problems.raise_if_any()
    assert [found.position.line for found in caught.value.errors] == [1, 2, 3, 4]


def test_no_problem_no_error() -> None:
    Problems().raise_if_any()


def test_problems_let_other_exceptions_pass() -> None:
    with pytest.raises(KeyError), Problems().caught():
        raise KeyError


@pytest.mark.parametrize(
    ("word", "guess"),
    [
        pytest.param("kubernets", ' (did you mean "kubernetes"?)', id="near"),
        pytest.param("KUBERNETES", ' (did you mean "kubernetes"?)', id="case"),
        pytest.param("zzz", "", id="nothing near"),
        pytest.param("", "", id="empty"),
        pytest.param("kubernetes" * 1000, "", id="too long to compare"),
    ],
)
def test_did_you_mean(word: str, guess: str) -> None:
    assert did_you_mean(word, {"kubernetes", "whoami"}) == guess
