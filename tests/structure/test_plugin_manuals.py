"""Every plugin has a manual with the same sections in the same order, under its own name."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANUALS = sorted((ROOT / "plugins" / "clusterdns_plugins").glob("*/README.md"))
MANDATORY = ["Name", "Description", "Syntax", "Examples"]
OPTIONAL = ["Metrics", "Ready", "Bugs", "See Also"]


def headings(text: str, level: int) -> list[str]:
    """The headings of one level, in order; a comment in a code block is none."""
    prose = re.sub(r"(?ms)^```.*?^```$", "", text)
    return re.findall(rf"(?m)^#{{{level}}} (.+?)\s*$", prose)


def faults(text: str, name: str) -> list[str]:
    """What is wrong with the manual of the plugin `name`, as sentences."""
    found = headings(text, 2)
    wanted = MANDATORY + [section for section in OPTIONAL if section in found]
    wrong = [] if found == wanted else [f"sections are {found}, expected {wanted}"]
    if headings(text, 1) != [name]:
        wrong.append(f"title is {headings(text, 1)}, expected [{name!r}]")
    return wrong


@pytest.mark.parametrize("manual", MANUALS, ids=lambda path: str(path.parent.name))
def test_a_manual_has_its_sections_in_order(manual: Path) -> None:
    assert faults(manual.read_text(), manual.parent.name) == []


GOOD = "# x\n\n## Name\n\n## Description\n\n## Syntax\n\n## Examples\n\n## Bugs\n\n## See Also\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param(GOOD.replace("## Syntax\n", ""), "sections are", id="missing"),
        pytest.param(GOOD.replace("Syntax", "Usage"), "sections are", id="renamed"),
        pytest.param(GOOD.replace("## Name", "## Examples", 1), "sections are", id="twice"),
        pytest.param(GOOD + "## Metrics\n", "sections are", id="out-of-order"),
        pytest.param(GOOD.replace("## Syntax", "```\n## Syntax\n```"), "sections are", id="in-code"),
        pytest.param(GOOD.replace("# x", "# y", 1), "title is", id="another's-title"),
    ],
)
def test_a_fault_is_found(text: str, complaint: str) -> None:
    (fault,) = faults(text, "x")
    assert fault.startswith(complaint)


def test_a_good_manual_has_no_fault() -> None:
    assert faults(GOOD, "x") == []
