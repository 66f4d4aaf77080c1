"""The contracts of `.importlinter` can fail: each is broken once, in a copy of the tree, and says so.

That the tree itself keeps them is `lint-imports`, run by `make check`.
"""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

# Contract, the file that breaks it, what that file imports.
VIOLATIONS = {
    "layers": ("clusterdns/plugin.py", "clusterdns.configuration.registry"),
    "dns": ("clusterdns/dns/name.py", "asyncio"),
    "corefile": ("clusterdns/corefile/__init__.py", "time"),
    "rows": ("clusterdns/rows.py", "asyncio"),
    "contract": ("clusterdns/plugin.py", "clusterdns.cluster"),
    "cluster": ("clusterdns/cluster/__init__.py", "clusterdns.dns.name"),
    "table": ("clusterdns/cluster/table.py", "yaml"),
    "reading": ("clusterdns/cluster/reflector/reading/decoding.py", "clusterdns.cluster.table"),
    "health": ("clusterdns/cluster/reflector/health/fault_log.py", "clusterdns.cluster.objects"),
    "kinds": ("clusterdns/cluster/kinds/spec.py", "clusterdns.cluster.reflector.settings"),
    "authentication": ("clusterdns/cluster/api/authentication/tls.py", "clusterdns.cluster.api.client"),
    "light": ("clusterdns/server/__init__.py", "aiohttp"),
    "core": ("clusterdns/configuration/registry.py", "clusterdns_plugins.whoami"),
    "plugins": ("plugins/clusterdns_plugins/whoami/handler.py", "clusterdns.server"),
    "independence": ("plugins/clusterdns_plugins/whoami/handler.py", "clusterdns_plugins.hosts"),
    "testbed": ("clusterdns/testing/chain.py", "testbed.wire"),
    "testing": ("clusterdns/configuration/registry.py", "clusterdns.testing"),
}


def lint(root: Path, contract: str) -> subprocess.CompletedProcess[str]:
    """Run one contract on the packages below `root`, which come before the installed ones."""
    path = os.pathsep.join([str(root), str(root / "plugins")])
    return subprocess.run(
        [LINT_IMPORTS, "--config", root / ".importlinter", "--contract", contract, "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the contracts speak of."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "clusterdns", tmp_path / "clusterdns", ignore=ignored)
    shutil.copytree(ROOT / "plugins", tmp_path / "plugins", ignore=ignored)
    shutil.copytree(ROOT / "testbed", tmp_path / "testbed", ignore=ignored)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_every_contract_has_its_violation() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    contracts = {name.rpartition(":")[2] for name in config.sections() if ":contract:" in name}
    assert contracts == set(VIOLATIONS)


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_violation_breaks_its_contract(tree: Path, contract: str) -> None:
    file, imported = VIOLATIONS[contract]
    with (tree / file).open("a") as stream:
        stream.write(f"\nimport {imported}\n")
    outcome = lint(tree, contract)
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert "0 kept, 1 broken" in outcome.stdout
