"""`clusterdns check`: a verdict, and nothing else happens."""

import socket
from pathlib import Path

import pytest

from clusterdns.cli import main
from clusterdns.cluster.permissions import Rule
from clusterdns.cluster.roles import roles_yaml
from clusterdns.configuration.settings import Configuration

GOOD = "example.org:1053 example.net:1053 {\n    whoami\n    log\n}\n.:1053 {\n    whoami\n}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "arguments", ["check", "check Corefile", "check -conf Corefile", "check -conf=Corefile"]
)
def test_a_good_corefile_is_one_line_on_standard_output(
    folder: Path, capfd: pytest.CaptureFixture[str], arguments: str
) -> None:
    (folder / "Corefile").write_text(GOOD)
    assert main(arguments.split()) == 0
    assert capfd.readouterr() == ("Corefile: nothing wrong; 2 server blocks, 3 zones, 2 plugins\n", "")


def test_a_missing_default_is_the_built_in_one(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capfd.readouterr().out == "Corefile: nothing wrong; 1 server block, 1 zone, 2 plugins\n"


@pytest.mark.parametrize(
    ("lines", "places"),
    [
        pytest.param(["whoam", "whoami", "los"], ["Bad:2:5:", "Bad:4:5:"], id="unknown-plugins"),
        pytest.param(["whoami 1", "debug x", "log"], ["Bad:2:12:", "Bad:3:11:"], id="wrong-arguments"),
    ],
)
def test_every_mistake_is_named_with_its_place(
    folder: Path, capfd: pytest.CaptureFixture[str], lines: list[str], places: list[str]
) -> None:
    (folder / "Bad").write_text("\n    ".join([". {", *lines]) + "\n}\n")
    assert main(["check", "Bad"]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert [line.partition(" ")[0] for line in err.splitlines()] == places


def test_what_is_odd_is_said_on_standard_error(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "Corefile").write_text("import *.nothing\n" + GOOD)
    assert main(["check"]) == 0
    out, err = capfd.readouterr()
    assert out.startswith("Corefile: nothing wrong; ")
    assert err.startswith("[WARNING] Corefile:1:")


def test_a_port_in_use_is_no_matter(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (folder / "Corefile").write_text(". {\n    bind 127.0.0.1\n    whoami\n}\n")
        assert main(["check", "-p", str(port)]) == 0


def test_two_files_are_one_too_many(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "a", "b"]) == 1
    assert capfd.readouterr() == ("", "one Corefile is expected, not 2: a b\n")


class TestRoles:
    """`-rbac` prints what the API server must allow, and nothing else."""

    def test_of_all_parts_that_need_some(
        self, folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Part:
            def permissions(self) -> tuple[Rule, ...]:
                return (Rule(resource="services", verbs=("list",)),)

        def parts(_configuration: Configuration) -> tuple[object, ...]:
            return Part(), object(), Part()

        monkeypatch.setattr("clusterdns.cli.roles.parts_of", parts)
        (folder / "Corefile").write_text(GOOD)
        assert main(["check", "-rbac"]) == 0
        out, err = capfd.readouterr()
        assert (out, err) == (roles_yaml([Rule(resource="services", verbs=("list",))]), "")

    def test_of_a_corefile_that_asks_nothing(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (folder / "Corefile").write_text(GOOD)
        assert main(["check", "-rbac"]) == 0
        assert capfd.readouterr().out == "# Nothing is asked of an API server.\n"

    def test_a_mistake_is_still_one(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (folder / "Corefile").write_text(". {\n    whoami 1\n}\n")
        assert main(["check", "--rbac"]) == 1
        assert capfd.readouterr().out == ""
