"""Mistakes in a Corefile with their places, and their collection.

A reader of words raises one `CorefileError`; a reader of several things collects them with `Problems` and
raises one `CorefileErrors`, so that a user sees every mistake at the first start.
"""

import difflib
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import NamedTuple


class Position(NamedTuple):
    """A place in a Corefile or in a file that it imports; line and column count from 1.

    A named tuple rather than a dataclass: a long file has a million of them.
    """

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class CorefileError(Exception):
    """One mistake. Its text is `Corefile:12:9: ` and then the message, which says what was expected."""

    def __init__(self, position: Position, message: str) -> None:
        super().__init__(position, message)
        self.position = position
        self.message = message

    def __str__(self) -> str:
        return f"{self.position}: {self.message}"


class CorefileErrors(Exception):
    """Every mistake that was found, in the order of the file; its text has a line for each.

    Several files come in the order in which the errors first name them. What is wrong in a snippet is one
    mistake, however often that is imported.
    """

    def __init__(self, errors: Iterable[CorefileError]) -> None:
        distinct = {(error.position, error.message): error for error in errors}
        self.errors = _in_file_order(tuple(distinct.values()))
        super().__init__(*self.errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def _in_file_order(errors: tuple[CorefileError, ...]) -> tuple[CorefileError, ...]:
    files: dict[str, int] = {}
    for error in errors:
        files.setdefault(error.position.file, len(files))
    return tuple(sorted(errors, key=lambda error: (files[error.position.file], *error.position[1:])))


MAX_ERRORS = 100
"""A parser stops after that many: the file is probably something else."""


class Problems:
    """Collects mistakes so that reading can go on after one."""

    def __init__(self) -> None:
        self.errors: list[CorefileError] = []

    @property
    def full(self) -> bool:
        """Whether there are so many that reading on is no help."""
        return len(self.errors) >= MAX_ERRORS

    def add(self, position: Position, message: str) -> None:
        self.errors.append(CorefileError(position, message))

    @contextmanager
    def caught(self) -> Generator[None, None, None]:
        """Keep what the body of the `with` raises; any other exception passes."""
        try:
            yield
        except CorefileError as error:
            self.errors.append(error)
        except CorefileErrors as several:
            self.errors.extend(several.errors)

    def raise_if_any(self) -> None:
        """Raise CorefileErrors with all of them, unless there is none."""
        if self.errors:
            raise CorefileErrors(self.errors)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean "kubernetes"?)` for the known word that is most like `word`, '' if none is."""
    if len(word) > LONGEST_GUESSED_WORD:
        return ""
    near = difflib.get_close_matches(word.lower(), sorted(known), n=1)
    return f' (did you mean "{near[0]}"?)' if near else ""


LONGEST_GUESSED_WORD = 64
"""Longer words are not compared with the known ones: the comparison is quadratic."""

LONGEST_SHOWN_WORD = 80


def shown(word: str) -> str:
    """A word as an error quotes it: on one line, and cut if it is long."""
    cut = word if len(word) <= LONGEST_SHOWN_WORD else word[:LONGEST_SHOWN_WORD] + "…"
    return '"' + "".join(c if c.isprintable() else repr(c)[1:-1] for c in cut) + '"'
