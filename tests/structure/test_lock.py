"""The lock names versions and hashes, and no place: it installs from whatever index the machine uses."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements-dev.lock").read_text()


def locked() -> dict[str, str]:
    """Normalised name to everything that the lock says of the package."""
    entries = re.split(r"(?m)^(?=[a-z0-9])", LOCK)[1:]
    return {re.split(r"==", entry)[0]: entry for entry in entries}


def normalised(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def test_every_package_is_pinned_and_hashed() -> None:
    unpinned = [
        name for name, entry in locked().items() if not re.search(r"==[^\n]*\\\n\s+--hash=sha256:", entry)
    ]
    assert locked()
    assert unpinned == []


def test_no_address_of_an_index_is_written_down() -> None:
    assert re.findall(r"https?://\S+|--(?:extra-)?index-url|--find-links", LOCK) == []


def test_everything_that_the_project_asks_for_is_locked() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [
        *pyproject["build-system"]["requires"],
        *pyproject["project"]["dependencies"],
        *pyproject["dependency-groups"]["dev"],
    ]
    assert {normalised(requirement) for requirement in asked} - set(locked()) == set()


def test_every_dependency_has_its_reason() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    reasons = (ROOT / "docs" / "dependencies.md").read_text().lower()
    asked = [*pyproject["project"]["dependencies"], *pyproject["dependency-groups"]["dev"]]
    assert [name for name in map(normalised, asked) if f"`{name}`" not in reasons] == []
