"""The locks name versions and hashes, and no place: they install from whatever index the machine uses."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {name: (ROOT / name).read_text() for name in ("requirements.lock", "requirements-dev.lock")}
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())

each_lock = pytest.mark.parametrize("lock", sorted(LOCKS))


def locked(lock: str) -> dict[str, str]:
    """Normalised name to everything that the lock says of the package."""
    entries = re.split(r"(?m)^(?=[a-z0-9])", LOCKS[lock])[1:]
    return {re.split(r"==", entry)[0]: entry for entry in entries}


def pins(lock: str) -> dict[str, tuple[str, ...]]:
    """Normalised name to version and hashes."""
    return {
        name: tuple(re.findall(r"==\S+|--hash=sha256:\w+", entry)) for name, entry in locked(lock).items()
    }


def normalised(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def group(name: str) -> list[str]:
    """The requirements of a dependency group and of those that it includes."""
    found: list[str] = []
    for entry in PYPROJECT["dependency-groups"][name]:
        found += [entry] if isinstance(entry, str) else group(entry["include-group"])
    return found


@each_lock
def test_every_package_is_pinned_and_hashed(lock: str) -> None:
    unpinned = [
        name for name, entry in locked(lock).items() if not re.search(r"==[^\n]*\\\n\s+--hash=sha256:", entry)
    ]
    assert locked(lock)
    assert unpinned == []


@each_lock
def test_no_address_of_an_index_is_written_down(lock: str) -> None:
    assert re.findall(r"https?://\S+|--(?:extra-)?index-url|--find-links", LOCKS[lock]) == []


@pytest.mark.parametrize(
    ("lock", "groups"),
    [
        pytest.param("requirements.lock", ["install"], id="to run"),
        pytest.param("requirements-dev.lock", ["install", "dev"], id="to develop"),
    ],
)
def test_everything_that_the_project_asks_for_is_locked(lock: str, groups: list[str]) -> None:
    asked = [*PYPROJECT["build-system"]["requires"], *PYPROJECT["project"]["dependencies"]]
    asked += [requirement for name in groups for requirement in group(name)]
    assert {normalised(requirement) for requirement in asked} - set(locked(lock)) == set()


def test_what_runs_is_what_is_tested() -> None:
    tested = pins("requirements-dev.lock")
    assert {name: pin for name, pin in pins("requirements.lock").items() if tested.get(name) != pin} == {}


def test_what_runs_holds_nothing_that_only_development_takes() -> None:
    development = set(map(normalised, group("dev"))) - set(map(normalised, group("install")))
    assert development & set(locked("requirements.lock")) == set()


IMPORT_ALL = """
import importlib, pkgutil, sys
before = set(sys.modules)  # what the environment itself puts in the way of imports
import clusterdns, clusterdns_plugins
for package in (clusterdns, clusterdns_plugins):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.startswith(("clusterdns.testing", "clusterdns.__main__")):
            importlib.import_module(module.name)
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""


def test_whatever_the_server_imports_is_locked_to_run() -> None:
    """Helpers of tests aside, which run where the development environment is."""
    outcome = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=True)
    owners = packages_distributions()
    imported = {normalised(owner) for module in outcome.stdout.split() for owner in owners.get(module, ())}
    assert {"aiohttp", "msgspec"} <= imported
    assert imported - set(locked("requirements.lock")) - {"clusterdns"} == set()


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text().lower()
    asked = [*PYPROJECT["project"]["dependencies"], *group("dev")]
    assert [name for name in map(normalised, asked) if f"`{name}`" not in reasons] == []
