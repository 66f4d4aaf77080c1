"""Every Corefile that a manual shows is one that the server reads: whole, with the plugins that are here."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from clusterdns.configuration.registry import discover
from clusterdns.configuration.settings import load
from clusterdns.corefile import CorefileErrors

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "plugins/**/*.md", "examples/**/*.md")
    for path in ROOT.glob(pattern)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A code block of a page: where it stands and what it says."""

    page: Path
    line: int
    text: str


def examples(page: Path) -> list[Example]:
    """The blocks of a page that are marked as `corefile`."""
    text = page.read_text()
    return [
        Example(page=page, line=text.count("\n", 0, block.start()) + 2, text=block[1])
        for block in re.finditer(r"(?ms)^```corefile\n(.*?)^```$", text)
    ]


def read(example: Example) -> None:
    """Read an example as the server would.

    Raises:
        CorefileErrors: it is wrong.
    """
    load(example.text, file=str(example.page), registry=discover(), environ={})


CASES = [
    pytest.param(example, id=f"{page.relative_to(ROOT)}:{example.line}")
    for page in PAGES
    for example in examples(page)
]


@pytest.mark.parametrize("example", CASES)
def test_an_example_is_a_corefile(example: Example) -> None:
    read(example)


def test_the_readme_has_an_example() -> None:
    assert examples(ROOT / "README.md")


def test_the_shipped_corefile_is_one() -> None:
    path = ROOT / "Corefile.example"
    read(Example(page=path, line=1, text=path.read_text()))


def test_a_wrong_example_is_found(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("# x\n\n```corefile\n. {\n    whoamy\n}\n```\n")
    (example,) = examples(page)
    assert example.line == 4
    with pytest.raises(CorefileErrors, match="whoamy"):
        read(example)
