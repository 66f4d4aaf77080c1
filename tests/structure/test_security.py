"""What docs/security.md promises is there: every bound with its value, every test that holds one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
BOUND = re.compile(r"`([\w/]+\.py):(\w+) = ([^`]+)`")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def value(node: ast.expr) -> object:
    """What a literal says, or a product or a shift of numbers."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return number(left) * number(right)
        case ast.BinOp(left=left, op=ast.LShift(), right=right):
            return int(number(left)) << int(number(right))
        case _:
            return ast.literal_eval(node)


def number(node: ast.expr) -> float:
    found = value(node)
    assert isinstance(found, int | float)
    return found


def constants(path: Path) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            yield ast.unparse(node.target), node.value
        elif isinstance(node, ast.Assign):
            yield from ((ast.unparse(target), node.value) for target in node.targets)


def is_bound(file: str, name: str, text: str) -> bool:
    """Whether the constant is there and has this value."""
    path = ROOT / file
    found = dict(constants(path)) if path.is_file() else {}
    return name in found and value(found[name]) == value(ast.parse(text, mode="eval").body)


def is_test(file: str, name: str) -> bool:
    path = ROOT / file
    if not path.is_file():
        return False
    found = re.search(rf"(?m)^ *(?:async )?def {name}\(", path.read_text())
    return found is not None


def unheld(page: str) -> Iterator[str]:
    """The rows of tables of what can be done that name no test."""
    within = False
    for line in page.splitlines():
        if within and line.startswith("| ") and not TEST.search(line):
            yield line.split("|")[1].strip()
        within = line.startswith("|") and (within or line.startswith("| the worst"))


def faults(page: str) -> list[str]:
    """What the page names and is not so, as sentences."""
    bounds = {match.groups() for match in BOUND.finditer(page)}
    tests = {match.groups() for match in TEST.finditer(page)}
    found = [f"{file}:{name} is not {text}" for file, name, text in bounds if not is_bound(file, name, text)]
    found += [f"there is no {file}::{name}" for file, name in tests if not is_test(file, name)]
    found += [f"no test holds: {worst}" for worst in unheld(page)]
    return sorted(found)


def test_every_bound_and_every_test_is_there() -> None:
    assert faults(PAGE.read_text()) == []


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        pytest.param("`clusterdns/server/building.py:MAX_DEPTH = 11`", "is not 11", id="another value"),
        pytest.param("`clusterdns/server/building.py:MIN_DEPTH = 10`", "MIN_DEPTH is not", id="no constant"),
        pytest.param("`clusterdns/nowhere.py:MAX_DEPTH = 10`", "nowhere.py", id="no file"),
        pytest.param("`tests/structure/test_security.py::test_it_all`", "test_it_all", id="no test"),
        pytest.param("`tests/structure/test_nothing.py::test_x`", "test_nothing.py", id="no file of tests"),
        pytest.param("| the worst | test |\n| a row | a bound |", "holds: a row", id="no test in a row"),
    ],
)
def test_what_is_not_so_is_found(page: str, fault: str) -> None:
    (found,) = faults(page)
    assert fault in found


def test_what_is_so_passes() -> None:
    assert not faults(
        "`clusterdns/answering/packet_cache.py:MAX_BYTES = 32 << 20`"
        " `tests/structure/test_security.py::test_what_is_so_passes`"
    )
