"""Which files are manifests."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clusterdns.cluster.manifests import looking
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


def refuse(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system refuse to list `folder`, which it would not do for root."""
    scandir = os.scandir

    def refusing(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)


@pytest.mark.parametrize(
    ("path", "refused", "hidden"),
    [
        pytest.param("", "", "a.yaml", id="folder"),
        pytest.param("", "sub", "sub/e.yaml", id="folder-in-it"),
        pytest.param("", "sub", "sub/deep/f.yaml", id="below-a-folder-in-it"),
        pytest.param("*", "", "a.yaml", id="of-a-glob"),
        pytest.param("*", "sub", "sub/e.yaml", id="matched-by-a-glob"),
        pytest.param("*/*.yaml", "sub", "sub/e.yaml", id="passed-by-a-glob"),
        pytest.param("**", "sub/deep", "sub/deep/f.yaml", id="below-a-double-star"),
        pytest.param("**/*.yaml", "sub/deep", "sub/deep/f.yaml", id="behind-a-double-star"),
        pytest.param("**/f.yaml", "sub/deep", "sub/deep/f.yaml", id="above-a-plain-name"),
    ],
)
def test_a_folder_that_cannot_be_read_is_not_empty(
    tree: Path, monkeypatch: pytest.MonkeyPatch, path: str, refused: str, hidden: str
) -> None:
    refuse(tree / refused, monkeypatch)
    result = find_files((str(tree / path),))
    assert result.unreadable == {tree / refused: "cannot be looked through: Permission denied"}
    assert result.missing == {}
    assert result.hides(tree / hidden)
    assert not result.hides(tree.parent / "other.yaml")


@pytest.mark.parametrize("path", ["", "*"])
def test_a_file_that_cannot_be_looked_at_has_not_gone(
    tree: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    stat = Path.stat

    def refusing(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if self.name == "a.yaml":
            raise PermissionError(13, "Permission denied", str(self))
        return stat(self, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refusing)
    result = find_files((str(tree / path),))
    assert result.unreadable == {tree / "a.yaml": "cannot be read: Permission denied"}
    assert "a.yaml" not in [file.path.name for file in result.files]


@pytest.mark.parametrize("path", ["", "*", "*/*.yaml"])
def test_the_folder_for_what_a_file_system_has_found_is_passed_over(
    tree: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    (tree / "lost+found").mkdir()
    refuse(tree / "lost+found", monkeypatch)
    result = find_files((str(tree / path),))
    assert result.files
    assert result.unreadable == {}


def test_a_folder_that_goes_while_it_is_looked_for_is_gone(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def late(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path) == tree / "sub":
            raise FileNotFoundError(2, "No such file or directory", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", late)
    assert find_files((str(tree),)).unreadable == {}


def test_links_to_folders_are_followed_and_loops_end(tree: Path) -> None:
    (tree / "sub" / "up").symlink_to(tree)
    names = [str(file.path.relative_to(tree)) for file in find_files((str(tree),)).files]
    assert names.count("a.yaml") == 1
    assert not any("up" in name for name in names)


def test_a_link_to_nothing_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to(tmp_path / "gone")
    assert find_files((str(tmp_path),)).files == ()


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        pytest.param(os.mkfifo, "a FIFO", id="fifo"),
        pytest.param(a_socket, "a socket", id="socket"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), "a device", id="link-to-a-device"),
    ],
)
@pytest.mark.parametrize("path", ["", "*", "**/*.yaml", "x.yaml"])
def test_what_is_no_regular_file_is_named_and_not_opened(
    tree: Path, make: Callable[[Path], None], kind: str, path: str
) -> None:
    make(tree / "x.yaml")
    result = find_files((str(tree / path),))
    assert result.unreadable == {tree / "x.yaml": f"cannot be read: {kind}, expected a regular file"}
    assert tree / "x.yaml" not in [file.path for file in result.files]
    assert result.hides(tree / "x.yaml")


def test_a_folder_may_be_called_like_a_manifest(tree: Path) -> None:
    (tree / "x.yaml").mkdir()
    (tree / "x.yaml" / "y.yaml").touch()
    result = find_files((str(tree),))
    assert tree / "x.yaml" / "y.yaml" in [file.path for file in result.files]
    assert result.unreadable == {}


@pytest.mark.parametrize("pattern", ["", "**/*.yaml"])
def test_folders_may_be_deeper_than_functions_can_call_one_another(
    tmp_path: Path, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1020):
        Path("d").mkdir()
        os.chdir("d")
    Path("a.yaml").touch()
    result = find_files((str(tmp_path / pattern),))
    assert [file.path.name for file in result.files] == ["a.yaml"]
    assert result.unreadable == {}


@pytest.mark.parametrize("pattern", ["", "**", "**/*.yaml"])
def test_links_that_double_the_ways_are_followed_once(tree: Path, pattern: str) -> None:
    for name in ("one", "two", "three"):
        (tree / name).symlink_to(".")
    names = [file.path.name for file in find_files((str(tree / pattern),)).files]
    assert sorted(set(names)) == sorted(names)
    assert "f.yaml" in names


@pytest.mark.parametrize("pattern", ["", "*.yaml"])
def test_more_entries_than_the_bound_are_said_and_hide_no_loss(
    tree: Path, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST_ENTRIES", 3)
    result = find_files((str(tree / pattern),))
    assert result.unreadable == {tree: "holds more than 3 files and folders; not all were looked at"}
    assert result.hides(tree / "c.json")


def test_it_yields_between_entries(tree: Path) -> None:
    yields: list[str] = []
    find_files((str(tree),), lambda: yields.append("yield"))
    assert len(yields) >= 9


def test_a_changed_file_has_another_signature(tree: Path) -> None:
    path = tree / "a.yaml"
    (before,) = find_files((str(path),)).files
    os.utime(path, ns=(1, 1))
    (after,) = find_files((str(path),)).files
    assert before.signature != after.signature
