"""`import` of files and patterns."""

import fnmatch
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from clusterdns.corefile import CorefileErrors, Document, RealFiles, parse


class StoredFiles:
    """Files in memory, by absolute path; one that is None cannot be read."""

    def __init__(self, files: Mapping[str, str | None]) -> None:
        self._files = files

    def matches(self, pattern: str) -> Sequence[str]:
        return sorted(path for path in self._files if fnmatch.fnmatchcase(path, pattern))

    def read(self, path: str) -> str:
        text = self._files[path]
        if text is None:
            raise IsADirectoryError(21, "Is a directory")
        return text


def document(text: str, files: Mapping[str, str | None], *, file: str = "/etc/Corefile") -> Document:
    return parse(text, file=file, environ={"NAME": "log"}, files=StoredFiles(files))


def imported(what: str, files: Mapping[str, str | None]) -> list[str]:
    (block,) = document(f". {{\n import {what}\n}}", files).blocks
    return [f"{directive.name}@{directive.position}" for directive in block.directives]


@pytest.mark.parametrize(
    ("what", "files", "expected"),
    [
        pytest.param("a", {"/etc/a": "log"}, ["log@/etc/a:1:1"], id="relative"),
        pytest.param("/srv/a", {"/srv/a": "log"}, ["log@/srv/a:1:1"], id="absolute"),
        pytest.param("./d/../a", {"/etc/a": "log"}, ["log@/etc/a:1:1"], id="with dots"),
        pytest.param(
            "d/a", {"/etc/d/a": "import b", "/etc/d/b": "log"}, ["log@/etc/d/b:1:1"], id="relative to itself"
        ),
        pytest.param("{$NAME}", {"/etc/log": "log"}, ["log@/etc/log:1:1"], id="variable in the name"),
        pytest.param('"a b"', {"/etc/a b": "log"}, ["log@/etc/a b:1:1"], id="quoted"),
        pytest.param(
            "d*",
            {"/etc/d2": "whoami", "/etc/d1": "log"},
            ["log@/etc/d1:1:1", "whoami@/etc/d2:1:1"],
            id="sorted",
        ),
        pytest.param("d?", {"/etc/d1": "log", "/etc/d22": "no"}, ["log@/etc/d1:1:1"], id="question mark"),
        pytest.param("a", {"/etc/a": ""}, [], id="empty file"),
        pytest.param("a", {"/etc/a": "\ufefflog"}, ["log@/etc/a:1:1"], id="byte order mark"),
        pytest.param(
            "d*",
            {"/etc/d1": "import d2\n", "/etc/d2": "log"},
            ["log@/etc/d2:1:1"],
            id="a sibling is no cycle",
        ),
    ],
)
def test_legal(what: str, files: Mapping[str, str | None], expected: list[str]) -> None:
    assert imported(what, files) == expected


def test_whole_server_blocks() -> None:
    files = {"/etc/a.conf": "a {\n log\n}", "/etc/b.conf": "b {\n}"}
    assert [block.zones for block in document("import *.conf\nc {\n}", files).blocks] == [
        ("a.",),
        ("b.",),
        ("c.",),
    ]


def test_snippets_of_a_file_are_known_afterwards() -> None:
    (block,) = document("import snippets\n. {\n import s\n}", {"/etc/snippets": "(s) {\n log\n}"}).blocks
    assert block.directives[0].name == "log"


def test_a_snippet_wins_over_a_file() -> None:
    (block,) = document("(a) {\n log\n}\n. {\n import a\n}", {"/etc/a": "whoami"}).blocks
    assert block.directives[0].name == "log"


@pytest.mark.parametrize(
    ("what", "error"),
    [
        pytest.param("", '2:2: "import" takes one argument: a snippet, a file or a pattern', id="nothing"),
        pytest.param("a b", '2:11: "import" takes one argument: a snippet, a file or a pattern', id="two"),
        pytest.param('""', '2:9: "import" takes a name that is not empty', id="empty name"),
        pytest.param("nosuch", '2:9: no snippet and no file "nosuch" to import', id="missing file"),
        pytest.param("directory", '2:9: cannot import "/etc/directory": Is a directory', id="directory"),
        pytest.param(
            "*a*", '2:9: pattern "/etc/*a*" may have at most one "*" and one "?", and no "["', id="two stars"
        ),
        pytest.param(
            "a??", '2:9: pattern "/etc/a??" may have at most one "*" and one "?", and no "["', id="two marks"
        ),
        pytest.param(
            "[ab]", '2:9: pattern "/etc/[ab]" may have at most one "*" and one "?", and no "["', id="class"
        ),
        pytest.param("Corefile", '2:9: import cycle: "Corefile" imports itself', id="itself"),
        pytest.param("a }", '2:11: unexpected "}" after "import"', id="brace on the line"),
    ],
)
def test_errors(what: str, error: str) -> None:
    files = {"/etc/a": "", "/etc/directory": None, "/etc/Corefile": ""}
    with pytest.raises(CorefileErrors) as caught:
        document(f". {{\n import {what}\n}}", files)
    assert str(caught.value) == f"/etc/Corefile:{error}"


def test_a_cycle_of_files_is_an_error_at_its_last_import() -> None:
    with pytest.raises(CorefileErrors) as caught:
        document(". {\n import a\n}", {"/etc/a": "import b", "/etc/b": "log\nimport a"})
    assert str(caught.value) == '/etc/b:2:8: import cycle: "a" imports itself'


def test_a_file_may_be_imported_twice() -> None:
    (block,) = document(". {\n import a\n debug\n import a\n}", {"/etc/a": "log x"}).blocks
    assert [directive.name for directive in block.directives] == ["log", "debug"]


@pytest.mark.parametrize("pattern", ["nosuch*", "nosuch?", "nosuch]"])
def test_a_pattern_without_matches_is_a_warning(pattern: str) -> None:
    found = document(f". {{\n import {pattern}\n}}", {})
    assert [str(warning) for warning in found.warnings] == [
        f'/etc/Corefile:2:9: no file matches the import pattern "{pattern}"'
    ]


def test_errors_in_an_imported_file_name_it() -> None:
    with pytest.raises(CorefileErrors) as caught:
        parse(
            "import a",
            file="/etc/Corefile",
            files=StoredFiles({"/etc/a": ". {\n nosuch\n}"}),
            plugins=["log"],
        )
    assert str(caught.value) == '/etc/a:2:2: unknown plugin "nosuch"'


def test_real_files(tmp_path: Path) -> None:
    (tmp_path / ".hidden.conf").write_bytes(b"log \xff")
    (tmp_path / "b.conf").write_text("whoami")
    (block,) = parse(". {\n import *.conf\n}", file=str(tmp_path / "Corefile"), environ={}).blocks
    assert [directive.name for directive in block.directives] == ["log", "whoami"]
    assert block.directives[0].entries[0].args[0].text == "\N{REPLACEMENT CHARACTER}"


def test_a_real_directory_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    with pytest.raises(CorefileErrors, match="Is a directory"):
        parse("import conf", file=str(tmp_path / "Corefile"), environ={})


def test_a_real_file_may_not_be_huge(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate((16 << 20) + 1)
    with pytest.raises(OSError, match="larger than 16 MiB"):
        RealFiles().read(str(tmp_path / "huge"))


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "a\0*", "\ud800*"])
def test_names_that_no_file_can_have(name: str, tmp_path: Path) -> None:
    assert list(RealFiles().matches(str(tmp_path / name))) == []
