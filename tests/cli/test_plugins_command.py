"""`clusterdns plugins`: the installed plugins, and their manuals."""

import re
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from clusterdns.cli import main, plugins
from clusterdns.configuration.registry import GROUP, discover

MODULE = """
from clusterdns.plugin import Plugin

plugin = Plugin(
    name="{name}", help="Do {name}.", parse=lambda directive: None, build=lambda settings, context: None,
    before="whoami",
)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the registry know plugins from the modules given, beside the shipped `whoami` and `log`."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    shipped = [EntryPoint(name, f"clusterdns_plugins.{name}:plugin", GROUP) for name in ("whoami", "log")]

    def install(**modules: str) -> None:
        for name, text in modules.items():
            (tmp_path / f"cli_outside_{name}.py").write_text(text)
        points = [EntryPoint(name, f"cli_outside_{name}:plugin", GROUP) for name in modules]
        monkeypatch.setattr(plugins, "discover", lambda: discover([*shipped, *points]))

    return install


def test_the_table_is_in_the_order_of_the_chain(
    install: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    install(alpha=MODULE.format(name="alpha"))
    assert main(["plugins"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["PLUGIN", "FROM", "WHAT", "IT", "DOES"]
    assert [row.split()[0] for row in rows] == ["log", "alpha", "whoami"]
    assert rows[1].split(maxsplit=2) == ["alpha", "cli_outside_alpha", "Do alpha."]


def test_the_distribution_is_named_with_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    main(["plugins"])
    (row,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("whoami "))
    assert " clusterdns 0.1.0 " in row


def test_a_plugin_that_cannot_be_used_is_named_and_the_others_listed(
    install: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    install(broken="import nonexistent_module")
    assert main(["plugins"]) == 1
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == ["PLUGIN", "log", "whoami"]
    assert 'plugin "broken" of ' in err
    assert "nonexistent_module" in err


def test_plugins_without_a_place_are_named_and_the_others_listed(
    install: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    install(
        alpha=MODULE.format(name="alpha"),
        gamma=MODULE.format(name="gamma").replace("whoami", "nobody"),
        delta=MODULE.format(name="delta").replace('before="whoami",', ""),
    )
    assert main(["plugins"]) == 1
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == ["PLUGIN", "log", "alpha", "whoami"]
    assert err.splitlines() == [
        'plugin "delta" must say before or after which plugin it stands',
        'plugin "gamma" wants to stand next to "nobody", which has no place',
    ]


def test_the_manual_is_the_readme_of_the_plugins_package(capsys: pytest.CaptureFixture[str]) -> None:
    readme = Path(__file__).resolve().parents[2] / "plugins" / "clusterdns_plugins" / "whoami" / "README.md"
    assert main(["plugins", "whoami"]) == 0
    assert capsys.readouterr() == (readme.read_text(), "")


def test_a_plugin_without_a_manual_says_so(
    install: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    install(beta=MODULE.format(name="beta"))
    assert main(["plugins", "beta"]) == 1
    sentence = 'plugin "beta" of cli_outside_beta brings no manual: there is no README.md in a package'
    assert capsys.readouterr() == ("", f"{sentence} cli_outside_beta\n")


def test_an_unknown_name_gets_a_guess(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins", "whoam"]) == 1
    assert capsys.readouterr() == ("", 'no plugin "whoam" is installed (did you mean "whoami"?)\n')


def test_two_names_are_one_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins", "a", "b"]) == 1
    assert capsys.readouterr() == ("", "one plugin is expected, not 2: a b\n")


@pytest.fixture
def distribute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], None]:
    """Installs a distribution, with its version, that brings a plugin made from a text."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    def distribute(distribution: str, plugin: str, text: str) -> None:
        module = f"cli_distributed_{distribution}"
        folder = tmp_path / f"{distribution}-1.0.dist-info"
        folder.mkdir()
        (tmp_path / f"{module}.py").write_text(text)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(f"[{GROUP}]\n{plugin} = {module}:plugin\n")

    return distribute


CLAIMED = 'plugin "mine" is claimed by distribution one 1.0 and distribution other 1.0; uninstall all but one'
OLD = 'plugin "elder" of distribution old 1.0 is made for version 0 of the plugin contract, this server'


class TestUnusable:
    """Plugins whose name two distributions claim, or that are made for another contract."""

    @pytest.fixture(autouse=True)
    def installed(self, distribute: Callable[[str, str, str], None]) -> None:
        distribute("one", "mine", MODULE.format(name="mine"))
        distribute("other", "mine", MODULE.format(name="mine"))
        distribute("old", "elder", MODULE.format(name="elder").replace("help=", "api_version=0, help="))

    def test_the_table_has_them_with_what_is_wrong(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["plugins"]) == 1
        out, err = capsys.readouterr()
        rows = [re.split(r"  +", line) for line in out.splitlines() if "NOT USABLE" in line]
        assert [row[:2] for row in rows] == [["elder", "old 1.0"], ["mine", "one 1.0"], ["mine", "other 1.0"]]
        assert "another version of the plugin contract" in rows[0][2]
        assert "claimed by several distributions" in rows[1][2]
        assert [line.partition(" of them")[0][: len(CLAIMED)] for line in err.splitlines()][1] == CLAIMED
        assert err.splitlines()[0].startswith(OLD)
        assert "whoami" in out

    def test_the_names_are_listed_and_what_is_wrong(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["-plugins"]) == 1
        out, err = capsys.readouterr()
        assert {"elder", "mine", "whoami"} <= set(out.splitlines())
        assert err.startswith(OLD)
        assert CLAIMED in err

    def test_its_manual_is_that_of_nobody(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["plugins", "mine"]) == 1
        assert CLAIMED in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("name", "said"), [pytest.param("mine", CLAIMED, id="claimed"), pytest.param("elder", OLD, id="old")]
    )
    def test_a_corefile_that_names_one_fails_with_its_place(
        self, name: str, said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "Corefile").write_text(f". {{\n  {name}\n  whoam\n}}\n")
        assert main(["check", str(tmp_path / "Corefile")]) == 1
        first, second = capfd.readouterr().err.splitlines()
        assert f"Corefile:2:3: {said}" in first
        assert "Corefile:3:3: unknown plugin" in second

    def test_any_other_corefile_is_right(self, tmp_path: Path) -> None:
        (tmp_path / "Corefile").write_text(". {\n  whoami\n}\n")
        assert main(["check", str(tmp_path / "Corefile")]) == 0
