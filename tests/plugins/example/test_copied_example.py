"""The example copied out of the repository, beside a wheel of clusterdns, passes its tests and strict types.

The environment is a new one, in which the project is what the wheel holds. Everything else is that of the
locked environment which this test runs in, so that nothing is downloaded.
"""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LOCKED = sysconfig.get_path("purelib")
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
OFFLINE = ["--no-deps", "--no-index", "--no-build-isolation"]

pytestmark = [pytest.mark.check, pytest.mark.timeout(300)]


def run(*command: str | Path, folder: Path) -> str:
    """What a command prints, which must succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the example, installed beside the wheel in `.venv` next to it."""
    folder = tmp_path_factory.mktemp("author")
    example, venv = folder / "example", folder / ".venv"
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    shutil.copytree(ROOT / "plugins" / "example", example, ignore=ignored)
    run(*PIP, "wheel", *OFFLINE, "--wheel-dir", folder, ROOT, folder=folder)
    run(sys.executable, "-m", "venv", "--without-pip", venv, folder=folder)
    (site,) = venv.glob("lib/python*/site-packages")
    # The folder alone, without what its .pth files name: those are the sources of this repository.
    (site / "locked.pth").write_text(f"{LOCKED}\n")
    (wheel,) = folder.glob("clusterdns-*.whl")
    run(*PIP, "--python", venv / "bin" / "python", "install", *OFFLINE, wheel, example, folder=folder)
    return example


@pytest.fixture(scope="module")
def python(copy: Path) -> Path:
    return copy.parent / ".venv" / "bin" / "python"


def test_the_wheel_is_what_it_stands_beside(copy: Path, python: Path) -> None:
    code = "import clusterdns, clusterdns_blackhole as it; print(clusterdns.__file__, it.__file__)"
    for file in run(python, "-P", "-c", code, folder=copy).split():
        assert Path(file).is_relative_to(copy.parent / ".venv")


def test_it_is_found_and_has_a_manual(copy: Path, python: Path) -> None:
    clusterdns = python.with_name("clusterdns")
    assert "blackhole    clusterdns-blackhole 1.0" in run(clusterdns, "plugins", folder=copy)
    assert run(clusterdns, "plugins", "blackhole", folder=copy).startswith("# blackhole\n")


def test_its_tests_pass_with_its_own_settings(copy: Path, python: Path) -> None:
    assert " passed" in run(python, "-m", "pytest", "-p", "no:cacheprovider", folder=copy)


def test_mypy_finds_nothing(copy: Path, python: Path) -> None:
    options = ["--strict", "--python-executable", str(python), "--cache-dir", str(copy.parent / "mypy")]
    assert "no issues found in 3 source files" in run(sys.executable, "-m", "mypy", *options, folder=copy)


def test_pyright_finds_nothing(copy: Path, python: Path) -> None:
    pyright = Path(sys.executable).with_name("pyright")
    assert "0 errors, 0 warnings" in run(pyright, "--pythonpath", python, folder=copy)
