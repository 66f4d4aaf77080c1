"""`clusterdns plugins`: the installed plugins, and their manuals."""

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
