"""The Makefile says what it needs in one sentence, and what it can do when nobody asks for anything."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {"bench", "check", "clean", "e2e", "fuzz", "help", "install", "lock", "run", "test"}


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make without what the make that runs this test hands down."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder that nothing was installed in."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def python_without(folder: Path, word: str) -> Path:
    """A Python that fails when its code mentions `word`."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\ncase "$*" in *{word}*) exit 1;; esac\nexec {sys.executable} "$@"\n')
    path.chmod(0o755)
    return path


def test_help_is_the_default_and_lists_every_target(clone: Path) -> None:
    outcome = make(clone)
    listed = {line.split()[0] for line in outcome.stdout.splitlines() if line.startswith("  ")}
    assert outcome.returncode == 0
    assert listed == TARGETS


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        pytest.param("ensurepip", "apt install python3-venv", id="no-venv"),
        pytest.param("version_info", "Python 3.11 or newer is needed", id="too-old"),
    ],
)
def test_install_says_what_python_lacks(clone: Path, lacking: str, sentence: str) -> None:
    outcome = make(clone, "install", f"PYTHON={python_without(clone, lacking)}")
    assert outcome.returncode != 0
    assert sentence in outcome.stderr
    assert not (clone / ".venv").exists()


def test_install_says_that_python_is_missing(clone: Path) -> None:
    outcome = make(clone, "install", "PYTHON=no-such-python")
    assert outcome.returncode != 0
    assert "no-such-python is missing" in outcome.stderr


@pytest.mark.parametrize("target", sorted(TARGETS - {"clean", "help", "install", "lock"}))
def test_a_target_installs_first(clone: Path, target: str) -> None:
    outcome = make(clone, target, "PYTHON=no-such-python")
    assert "no-such-python is missing" in outcome.stderr


def test_an_installed_environment_is_left_alone(clone: Path) -> None:
    (clone / ".venv").mkdir()
    for done in (".runnable", ".installed"):
        (clone / ".venv" / done).touch()
    assert make(clone, "install", "PYTHON=no-such-python").returncode == 0


def locks_of(clone: Path, target: str) -> set[str]:
    """The locks that would be installed for a target."""
    planned = make(clone, "--dry-run", target).stdout
    return set(re.findall(r"--requirement (\S+)", planned))


def test_run_installs_what_running_takes_and_nothing_else(clone: Path) -> None:
    assert locks_of(clone, "run") == {"requirements.lock"}


@pytest.mark.parametrize("target", sorted(TARGETS - {"clean", "help", "lock", "run"}))
def test_the_other_targets_add_the_rest(clone: Path, target: str) -> None:
    assert locks_of(clone, target) == {"requirements.lock", "requirements-dev.lock"}


def test_after_run_the_others_add_only_the_rest(clone: Path) -> None:
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".runnable").touch()
    assert locks_of(clone, "run") == set()
    assert locks_of(clone, "test") == {"requirements-dev.lock"}
