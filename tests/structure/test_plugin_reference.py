"""The page of what authors import agrees with the code: names, parameters, and nothing left out."""

import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from clusterdns.corefile import Arguments, Options

PAGE = Path(__file__).resolve().parents[2] / "plugins" / "REFERENCE.md"
INTERNAL = {
    "clusterdns.corefile": {
        "DEFAULT_COREFILE", "DEFAULT_PORTS", "Document", "Files", "Key", "LenientZones", "RealFiles",
        "ServerBlock", "did_you_mean", "mend", "parse", "parse_tokens",
    },
    "clusterdns.testing.mistakes": {"raise_any"},
    "clusterdns.dns.name": {"MAX_LABEL_OCTETS", "MAX_NAME_OCTETS", "escaped_octet"},
}  # fmt: skip
"""Public, but not for authors of plugins."""


def sections(text: str) -> dict[str, list[str]]:
    """By module, the expressions in the first cells of its table."""
    found: dict[str, list[str]] = {}
    for heading, body in re.findall(r"(?ms)^## `([\w.]+)`$(.*?)(?=^## |\Z)", text):
        cells = re.findall(r"(?m)^\| (`.*?`) \|", body)
        found[heading] = [expression for cell in cells for expression in re.findall(r"`([^`]+)`", cell)]
    return found


SECTIONS = sections(PAGE.read_text())
NAMES = [(module, expression) for module, found in SECTIONS.items() for expression in found]


def fault(module: str, expression: str) -> str | None:
    """What is wrong with an expression such as `Options.one` or `Page(status, body)`; None if nothing is."""
    name, _, parameters = expression.rstrip(")").partition("(")
    thing: Any = importlib.import_module(module)
    for word in name.split("."):
        if not hasattr(thing, word) and word not in getattr(thing, "__annotations__", {}):
            return f"{module} has no {name}"
        thing = getattr(thing, word, None)
    known = inspect.signature(thing).parameters if parameters else {}
    unknown = set(re.findall(r"\w+", parameters)) - set(known)
    return f"{name} has no {', '.join(sorted(unknown))}" if unknown else None


@pytest.mark.parametrize(("module", "expression"), NAMES)
def test_what_the_page_names_exists(module: str, expression: str) -> None:
    assert fault(module, expression) is None


@pytest.mark.parametrize("module", SECTIONS)
def test_the_page_leaves_nothing_out(module: str) -> None:
    public = set(importlib.import_module(module).__all__) - INTERNAL.get(module, set())
    named = {re.split(r"[.(]", expression)[0] for expression in SECTIONS[module]}
    assert public - named == set()


@pytest.mark.parametrize("reader", [Arguments, Options])
def test_the_page_names_every_reader(reader: type) -> None:
    public = {name for name in dir(reader) if not name.startswith("_")}
    named = {expression.partition(".")[2] for expression in SECTIONS["clusterdns.corefile"]}
    assert public - named == set()


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        pytest.param("Nothing", "has no Nothing", id="name"),
        pytest.param("Query.nothing", "has no Query.nothing", id="attribute"),
        pytest.param("Reuse(until, nothing)", "Reuse has no nothing", id="parameter"),
        pytest.param("Reuse(until)", None, id="right"),
    ],
)
def test_a_fault_is_found(expression: str, complaint: str | None) -> None:
    found = fault("clusterdns.plugin", expression)
    assert found is None if complaint is None else complaint in str(found)
