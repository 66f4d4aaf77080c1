"""One noun a file, one thought a function: the bounds that keep the tree readable in ten minutes."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("clusterdns", "plugins", "tests", "testbed", "bench")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MEDIAN_FILE = 150


def sources() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def line_count(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file with its length in lines. A table of cases above a test is not the function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def too_long(paths: list[Path]) -> list[str]:
    """What is over the bounds, as sentences."""
    files = [f"{path}: {line_count(path)} lines" for path in paths if line_count(path) > LONGEST_FILE]
    parts = [
        f"{path}: {name} has {length} lines"
        for path in paths
        for name, length in functions(path)
        if length > LONGEST_FUNCTION
    ]
    return files + parts


def test_no_file_and_no_function_is_too_long() -> None:
    assert too_long(sources()) == []


def test_the_median_file_is_short() -> None:
    assert statistics.median(line_count(path) for path in sources()) < MEDIAN_FILE


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("x = 1\n" * 401, "401 lines", id="file"),
        pytest.param("def wide() -> None:\n" + "    pass\n" * 60, "wide has 61 lines", id="function"),
        pytest.param("async def wide() -> None:\n" + "    pass\n" * 60, "wide has 61 lines", id="coroutine"),
        pytest.param(
            "class C:\n    @property\n    def wide(self) -> None:\n" + "        pass\n" * 60,
            "wide has 61 lines",
            id="method",
        ),
    ],
)
def test_what_is_too_long_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "long.py"
    path.write_text(text)
    assert too_long([path]) == [f"{path}: {complaint}"]


def test_what_is_just_short_enough_passes(tmp_path: Path) -> None:
    path = tmp_path / "short.py"
    path.write_text("def wide() -> None:\n" + "    pass\n" * 59 + "\n" * 340)
    assert too_long([path]) == []
