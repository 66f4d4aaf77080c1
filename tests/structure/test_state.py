"""No state of the process: two servers with different configurations live in one, so nothing is global.

A constant is written in capitals and is not changed; anything else that a module holds and that could be
changed is state, and belongs to an object that somebody makes and passes on.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MUTABLE_DISPLAYS = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)
MUTABLE_TYPES = {"Counter", "OrderedDict", "bytearray", "defaultdict", "deque", "dict", "list", "set"}


def sources() -> list[Path]:
    return [path for folder in ("clusterdns", "plugins") for path in sorted((ROOT / folder).rglob("*.py"))]


def is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        function = value.func.attr if isinstance(value.func, ast.Attribute) else ast.unparse(value.func)
        return function in MUTABLE_TYPES
    return isinstance(value, MUTABLE_DISPLAYS)


def held(tree: ast.Module) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a module holds, with the values that they are given."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from ((ast.unparse(target), node.value) for target in node.targets)
        elif isinstance(node, ast.AnnAssign):
            yield ast.unparse(node.target), node.value


def state(path: Path) -> list[str]:
    """What a module keeps for the whole process, as sentences."""
    tree = ast.parse(path.read_text())
    found = [f"{path}:{node.lineno}: global" for node in ast.walk(tree) if isinstance(node, ast.Global)]
    found += [
        f"{path}: {name}"
        for name, value in held(tree)
        if is_mutable(value) and not name.isupper() and not name.startswith("__")
    ]
    return found


def test_no_module_keeps_state() -> None:
    assert [fault for path in sources() for fault in state(path)] == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("def f() -> None:\n    global x\n    x = 1\n", ":2: global", id="global"),
        pytest.param("registry = {}\n", ": registry", id="dict"),
        pytest.param("_seen: list[int] = []\n", ": _seen", id="annotated-list"),
        pytest.param("import collections\nqueue = collections.deque()\n", ": queue", id="deque"),
    ],
)
def test_state_is_found(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "module.py"
    path.write_text(text)
    assert state(path) == [f"{path}{fault}"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('__all__ = ["x"]\n', id="all"),
        pytest.param("PORTS = {53: 'dns'}\n", id="constant"),
        pytest.param("def f() -> list[int]:\n    seen = []\n    return seen\n", id="local"),
    ],
)
def test_what_is_no_state_passes(tmp_path: Path, text: str) -> None:
    path = tmp_path / "module.py"
    path.write_text(text)
    assert state(path) == []
