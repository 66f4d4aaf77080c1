"""Which files are manifests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterdns.cluster.manifests.files import find_files


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (
        "a.yaml",
        "b.yml",
        "c.json",
        "d.txt",
        ".hidden.yaml",
        "sub/e.yaml",
        "sub/deep/f.yaml",
        ".git/g.yaml",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        pytest.param(["."], ["a.yaml", "b.yml", "c.json", "sub/deep/f.yaml", "sub/e.yaml"], id="folder"),
        pytest.param(["a.yaml"], ["a.yaml"], id="file"),
        pytest.param(["d.txt"], ["d.txt"], id="a-file-named-itself-has-any-suffix"),
        pytest.param(
            ["sub", "a.yaml"], ["a.yaml", "sub/deep/f.yaml", "sub/e.yaml"], id="in-the-order-of-paths"
        ),
        pytest.param(["*"], ["a.yaml", "b.yml", "c.json", "sub/deep/f.yaml", "sub/e.yaml"], id="glob"),
        pytest.param(["?.yaml"], ["a.yaml"], id="question-mark"),
        pytest.param(["[bc].*"], ["b.yml", "c.json"], id="brackets"),
        pytest.param(["**/*.yaml"], ["a.yaml", "sub/deep/f.yaml", "sub/e.yaml"], id="double-star"),
        pytest.param(["a.yaml", "*.yaml"], ["a.yaml"], id="once"),
    ],
)
def test_files_are_found(tree: Path, paths: list[str], found: list[str]) -> None:
    result = find_files(tuple(str(tree / path) for path in paths))
    assert [str(file.path.relative_to(tree)) for file in result.files] == found
    assert not result.missing


@pytest.mark.parametrize("path", ["none", "none.yaml", "*.none", "none/*.yaml"])
def test_a_path_that_leads_to_nothing_is_told(tree: Path, path: str) -> None:
    assert find_files((str(tree / path),)).missing == {str(tree / path): "there is no such file or folder"}


def test_an_empty_folder_is_not_missing(tmp_path: Path) -> None:
    result = find_files((str(tmp_path),))
    assert (result.files, result.missing) == ((), {})


@pytest.mark.parametrize(("refused", "is_missing"), [("", True), ("sub", False)])
def test_a_folder_that_cannot_be_read_is_not_empty(
    tree: Path, monkeypatch: pytest.MonkeyPatch, refused: str, is_missing: bool
) -> None:
    scandir = os.scandir

    def refusing(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path) == tree / refused:
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    result = find_files((str(tree),))
    expected = {str(tree): "cannot be looked through: Permission denied"} if is_missing else {}
    assert result.missing == expected
    assert bool(result.files) is not is_missing


def test_links_to_folders_are_followed_and_loops_end(tree: Path) -> None:
    (tree / "sub" / "up").symlink_to(tree)
    names = [str(file.path.relative_to(tree)) for file in find_files((str(tree),)).files]
    assert names.count("a.yaml") == 1
    assert not any("up" in name for name in names)


def test_a_link_to_nothing_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to(tmp_path / "gone")
    assert find_files((str(tmp_path),)).files == ()


def test_a_changed_file_has_another_signature(tree: Path) -> None:
    path = tree / "a.yaml"
    (before,) = find_files((str(path),)).files
    os.utime(path, ns=(1, 1))
    (after,) = find_files((str(path),)).files
    assert before.signature != after.signature
