"""A plugin is a folder and a line: the folders, the declared entry points and the installed ones agree.

Entry points are written when the project is installed, so a new plugin stays invisible until
`make install` has run again. These tests say so before a Corefile does.
"""

import importlib.metadata
import tomllib
from pathlib import Path

from clusterdns.configuration.registry import shipped_order

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins" / "clusterdns_plugins"
GROUP = "clusterdns.plugins"


def folders() -> set[str]:
    return {path.parent.name for path in PLUGINS.glob("*/__init__.py")}


def declared() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    points: dict[str, str] = project["entry-points"][GROUP]
    return points


def installed() -> dict[str, str]:
    points = importlib.metadata.distribution("clusterdns").entry_points.select(group=GROUP)
    return {point.name: point.value for point in points}


def test_every_plugin_folder_is_declared_and_the_reverse() -> None:
    assert folders() == set(declared())


def test_every_declared_plugin_is_named_after_its_folder() -> None:
    assert declared() == {name: f"clusterdns_plugins.{name}:plugin" for name in declared()}


def test_every_declared_plugin_is_installed() -> None:
    assert declared() == installed(), "run `make install`"


def test_every_declared_plugin_has_its_place_in_the_order() -> None:
    assert set(declared()) - set(shipped_order()) == set()


def test_both_packages_say_that_they_are_typed() -> None:
    assert (ROOT / "clusterdns" / "py.typed").exists()
    assert (PLUGINS / "py.typed").exists()


def test_every_plugin_folder_has_its_manual_its_spec_and_its_settings() -> None:
    wanted = {"README.md", "__init__.py", "config.py"}
    found = {name: {path.name for path in (PLUGINS / name).iterdir()} for name in folders()}
    assert {name: wanted - files for name, files in found.items() if not wanted <= files} == {}
