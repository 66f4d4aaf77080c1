"""Manifests over time: what changed, what broke, what is remembered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterdns.cluster.kube.declared import Declared
from clusterdns.cluster.manifests import folder as folder_module
from clusterdns.cluster.manifests.folder import Folder
from clusterdns.cluster.manifests.yielding import YieldToLoop, no_yield


def service(name: str, port: str = "80") -> str:
    head = f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n"
    return f"{head}spec: {{ports: [{{port: {port}}}]}}\n"


def names(declared: list[Declared] | None) -> list[str]:
    return [item.key.name for item in declared or []]


class Manifests:
    """A folder of files and its reader; `pauses` counts second looks at suspicious files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pauses: list[str] = []
        self.next_text: str | None = None
        self.folder = Folder((str(root),), yield_to_loop=no_yield, settle=self._settle)

    def write(self, text: str, name: str = "a.yaml") -> None:
        (self.root / name).write_text(text, encoding="utf-8")

    def _settle(self) -> None:
        self.pauses.append("pause")
        if self.next_text is not None:
            self.write(self.next_text)


@pytest.fixture
def manifests(tmp_path: Path) -> Manifests:
    root = tmp_path / "manifests"
    root.mkdir()
    return Manifests(root)


def test_a_file_is_read_once_until_it_changes(manifests: Manifests) -> None:
    manifests.write(service("web"))
    path = manifests.root / "a.yaml"
    assert names(manifests.folder.refresh().declared[path]) == ["web"]
    assert manifests.folder.refresh().declared == {}
    manifests.write(service("web") + service("db"))
    assert names(manifests.folder.refresh().declared[path]) == ["web", "db"]


def test_only_changed_documents_are_parsed_again(manifests: Manifests) -> None:
    path = manifests.root / "a.yaml"
    manifests.write(service("web") + service("db"))
    before = manifests.folder.refresh().declared[path]
    manifests.write(service("web") + service("db", "81"))
    after = manifests.folder.refresh().declared[path]
    assert before is not None
    assert after is not None
    assert before[0].shape is after[0].shape
    assert before[1].shape is not after[1].shape


def test_a_document_that_moved_is_not_parsed_again(manifests: Manifests) -> None:
    path = manifests.root / "a.yaml"
    manifests.write(service("web"))
    before = manifests.folder.refresh().declared[path]
    manifests.write("# hello\n\n" + service("web"))
    after = manifests.folder.refresh().declared[path]
    assert before is not None
    assert after is not None
    assert before[0].shape is after[0].shape
    assert (before[0].line, after[0].line) == (1, 3)


def test_a_broken_file_keeps_what_it_declared(manifests: Manifests) -> None:
    manifests.write(service("web"))
    manifests.folder.refresh()
    manifests.write(service("web") + service("db", "x"))
    refreshed = manifests.folder.refresh()
    assert refreshed.declared == {}
    (error,) = refreshed.errors
    path = manifests.root / "a.yaml"
    assert str(error) == f'{path}:10: Service default/db: spec.ports[0].port: expected an integer, found "x"'


def test_a_broken_file_stays_an_error_until_it_is_mended(manifests: Manifests) -> None:
    manifests.write("a: [")
    assert len(manifests.folder.refresh().errors) == 1
    assert len(manifests.folder.refresh().errors) == 1
    manifests.write(service("web"))
    refreshed = manifests.folder.refresh()
    assert refreshed.errors == ()
    assert names(refreshed.declared[manifests.root / "a.yaml"]) == ["web"]


def test_a_file_that_becomes_readable_is_read_though_it_did_not_change(
    manifests: Manifests, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(path: Path, _yield_to_loop: YieldToLoop, *, most: int) -> Iterator[str]:
        raise PermissionError(13, "Permission denied", f"{path} {most}")

    manifests.write(service("web"))
    with monkeypatch.context() as patching:
        patching.setattr(folder_module, "read_pieces", refusing)
        (error,) = manifests.folder.refresh().errors
        assert error.reason == "cannot be read: Permission denied"
    refreshed = manifests.folder.refresh()
    assert refreshed.errors == ()
    assert names(refreshed.declared[manifests.root / "a.yaml"]) == ["web"]


@pytest.mark.parametrize("half", ["", "apiVersion: v1\nkind: Serv", service("web")[:-10]])
def test_a_half_written_file_gets_a_second_look(manifests: Manifests, half: str) -> None:
    manifests.write(service("web"))
    manifests.folder.refresh()
    manifests.write(half)
    manifests.next_text = service("web") + service("db")
    refreshed = manifests.folder.refresh()
    assert names(refreshed.declared[manifests.root / "a.yaml"]) == ["web", "db"]
    assert refreshed.errors == ()
    assert manifests.pauses == ["pause"]


def test_a_file_that_stays_empty_is_believed(manifests: Manifests) -> None:
    manifests.write(service("web"))
    manifests.folder.refresh()
    manifests.write("")
    assert manifests.folder.refresh().declared == {manifests.root / "a.yaml": []}


def test_a_deleted_file_declares_nothing(manifests: Manifests) -> None:
    manifests.write(service("web"))
    manifests.folder.refresh()
    (manifests.root / "a.yaml").unlink()
    refreshed = manifests.folder.refresh()
    assert refreshed.declared == {manifests.root / "a.yaml": None}
    assert refreshed.errors == ()


def test_a_file_that_is_deleted_and_written_anew_never_goes(manifests: Manifests) -> None:
    manifests.write(service("web"))
    manifests.folder.refresh()
    (manifests.root / "a.yaml").unlink()
    manifests.next_text = service("web", "81")
    refreshed = manifests.folder.refresh()
    assert names(refreshed.declared[manifests.root / "a.yaml"]) == ["web"]


def test_a_folder_that_disappears_leaves_what_it_declared(manifests: Manifests) -> None:
    manifests.write(service("web"))
    manifests.folder.refresh()
    manifests.root.rename(manifests.root.with_name("away"))
    refreshed = manifests.folder.refresh()
    assert refreshed.declared == {}
    assert [str(error) for error in refreshed.errors] == [
        f"{manifests.root}: there is no such file or folder"
    ]
    manifests.root.with_name("away").rename(manifests.root)
    assert manifests.folder.refresh().errors == ()


def test_json_and_yaml_stand_side_by_side(manifests: Manifests) -> None:
    manifests.write(service("web"))
    manifests.write('{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"}}', "b.json")
    manifests.write("not read", "c.txt")
    found = manifests.folder.refresh().declared
    assert {path.name: names(items) for path, items in found.items()} == {"a.yaml": ["web"], "b.json": ["db"]}


def test_text_that_is_not_utf_8_is_named_with_its_line(manifests: Manifests) -> None:
    (manifests.root / "a.yaml").write_bytes(b"a: 1\nb: \xff\n")
    (error,) = manifests.folder.refresh().errors
    assert (error.line, error.reason) == (2, "is not UTF-8 text")


def test_a_byte_order_mark_is_passed_over(manifests: Manifests) -> None:
    manifests.write("\ufeff" + service("web"))
    assert names(manifests.folder.refresh().declared[manifests.root / "a.yaml"]) == ["web"]


def test_a_huge_file_is_refused_unread(manifests: Manifests, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "MOST_OCTETS", 10)
    manifests.write(service("web"))
    (error,) = manifests.folder.refresh().errors
    assert error.reason == "cannot be read: larger than 10 octets"


def test_a_file_that_lost_objects_and_stays_so_is_read_once(manifests: Manifests) -> None:
    manifests.write(service("web") + service("db"))
    manifests.folder.refresh()
    manifests.write(service("web"))
    refreshed = manifests.folder.refresh()
    assert names(refreshed.declared[manifests.root / "a.yaml"]) == ["web"]
    assert manifests.pauses == ["pause"]


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.yaml").symlink_to(tmp_path / "folder")
    folder = Folder((str(tmp_path / "a.yaml" / "x"),), yield_to_loop=no_yield, settle=lambda: None)
    assert [error.reason for error in folder.refresh().errors] == ["there is no such file or folder"]
