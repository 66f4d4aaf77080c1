"""Which paths are patterns, and where those begin."""

from pathlib import Path

from clusterdns.cluster.manifests.files import find_files
from clusterdns.cluster.manifests.globs import glob_base, is_glob


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a[1].yaml"
    path.touch()
    assert not is_glob(str(path))
    assert [file.path for file in find_files((str(path),)).files] == [path]


def test_the_base_of_a_glob() -> None:
    assert glob_base("/etc/manifests/*/x-?.yaml") == Path("/etc/manifests")
