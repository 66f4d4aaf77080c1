"""The wheel holds both packages, their data files and what an installer needs to know."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.check


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True)
    (path,) = folder.glob("clusterdns-*.whl")
    return zipfile.ZipFile(path)


def packaged(folder: Path, prefix: str) -> set[str]:
    """What the wheel must hold of a package's folder: all of it, save caches."""
    files = {path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    return {f"{prefix}/{path.relative_to(folder).as_posix()}" for path in files}


def test_both_packages_are_in_the_wheel_whole(wheel: zipfile.ZipFile) -> None:
    wanted = packaged(ROOT / "clusterdns", "clusterdns")
    wanted |= packaged(ROOT / "plugins" / "clusterdns_plugins", "clusterdns_plugins")
    assert {
        "clusterdns/py.typed",
        "clusterdns/configuration/order.txt",
        "clusterdns_plugins/py.typed",
    } <= wanted
    assert wanted - set(wheel.namelist()) == set()


def test_nothing_else_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"clusterdns", "clusterdns_plugins"}


def test_the_wheel_has_command_entry_points_and_licence(wheel: zipfile.ZipFile) -> None:
    (points,) = (name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    text = wheel.read(points).decode()
    assert "clusterdns = clusterdns.cli:main" in text
    assert "kubernetes = clusterdns_plugins.kubernetes:plugin" in text
    assert any(name.endswith("/licenses/LICENSE") for name in wheel.namelist())
