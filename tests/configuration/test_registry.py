"""Finding plugins, refusing unusable ones by name, and putting them in order."""

import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from clusterdns.configuration.registry import GROUP, PluginError, Registry, discover, shipped_order
from clusterdns.plugin import AnyPlugin, Plugin

ORDER = ("errors", "log", "kubernetes", "forward")


def spec(
    name: str, *, before: str | None = None, after: str | None = None, api_version: int = 1
) -> AnyPlugin:
    return Plugin(
        name=name,
        help="",
        parse=lambda _directive: None,
        build=lambda _settings, _context: None,
        before=before,
        after=after,
        api_version=api_version,
    )


def registry(*names: str) -> Registry:
    return Registry({name: point(name) for name in names}, ORDER)


def point(name: str, value: str = "") -> EntryPoint:
    return EntryPoint(name, value or f"{__name__}:{name}", GROUP)


@pytest.mark.parametrize(
    ("plugins", "order"),
    [
        pytest.param([spec("forward"), spec("errors")], ["errors", "forward"], id="listed"),
        pytest.param(
            [spec("mine", before="kubernetes"), spec("log"), spec("kubernetes")],
            ["log", "mine", "kubernetes"],
            id="before",
        ),
        pytest.param(
            [spec("mine", after="kubernetes"), spec("forward"), spec("kubernetes")],
            ["kubernetes", "mine", "forward"],
            id="after",
        ),
        pytest.param(
            [spec("a", after="b"), spec("b", after="log"), spec("log"), spec("kubernetes")],
            ["log", "b", "a", "kubernetes"],
            id="next-to-another-outside-plugin",
        ),
        pytest.param([spec("mine", after="log"), spec("errors")], ["errors", "mine"], id="unused-neighbour"),
    ],
)
def test_plugins_stand_in_order(plugins: list[AnyPlugin], order: list[str]) -> None:
    placed, homeless = registry().placed(plugins)
    assert [plugin.name for plugin in placed] == order
    assert not homeless


@pytest.mark.parametrize(
    ("plugin", "message"),
    [
        pytest.param(spec("mine"), 'plugin "mine" must say before or after', id="says-nothing"),
        pytest.param(
            spec("mine", after="yours"), 'next to "yours", which has no place', id="unknown-neighbour"
        ),
    ],
)
def test_an_outside_plugin_must_have_a_place(plugin: AnyPlugin, message: str) -> None:
    listed = spec("log")
    placed, homeless = registry().placed([plugin, listed])
    assert placed == (listed,)
    assert message in str(homeless["mine"])


good = spec("good")
impostor = spec("somebody")
elder = spec("elder", api_version=0)
thing = object()


def test_a_plugin_is_loaded_by_name() -> None:
    assert registry("good").load("good") is good


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("missing", "cannot be imported", id="not-importable"),
        pytest.param("thing", "is not a Plugin but a object", id="of-another-type"),
        pytest.param("elder", "made for version 0 of the plugin contract", id="another-contract"),
        pytest.param("impostor", 'calls itself "somebody"', id="another-name"),
    ],
)
def test_an_unusable_plugin_is_refused_with_its_reason(name: str, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        registry(name).load(name)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        pytest.param("plugin = (", "SyntaxError: '(' was never closed", id="no-python"),
        pytest.param("int('x')", "ValueError: invalid literal", id="fails-on-import"),
    ],
)
def test_whatever_importing_a_plugin_raises_is_its_fault(
    code: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = f"broken_{tmp_path.name}"
    (tmp_path / f"{module}.py").write_text(code)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    broken = Registry({"broken": point("broken", f"{module}:plugin")}, ORDER)
    with pytest.raises(PluginError, match=f'"broken" of .* cannot be imported: {re.escape(reason)}'):
        broken.load("broken")


def test_two_distributions_cannot_claim_one_name() -> None:
    found = discover([point("mine", "one:plugin"), point("mine", "other:plugin")])
    with pytest.raises(PluginError, match='"mine" is claimed by one:plugin and other:plugin'):
        found.load("mine")


def test_only_the_plugin_that_two_claim_suffers() -> None:
    found = discover([point("mine", "one:plugin"), point("good"), point("mine", "other:plugin")])
    assert found.names == ("good", "mine")
    assert found.load("good") is good


def test_a_distribution_that_is_found_twice_claims_a_name_once() -> None:
    assert discover([point("good"), point("good")]).load("good") is good


def test_the_shipped_order_names_each_plugin_once_and_ends_as_coredns_does() -> None:
    order = shipped_order()
    assert len(order) == len(set(order))
    assert order.index("errors") < order.index("cache") < order.index("kubernetes") < order.index("forward")


def test_planned_plugins_are_those_with_a_place_but_no_installation() -> None:
    assert registry("log", "good").planned == {"errors", "kubernetes", "forward"}
