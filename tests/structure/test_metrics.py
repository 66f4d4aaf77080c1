"""Metrics and manuals agree: what a plugin's manual names is declared when it is built, and the reverse."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from clusterdns.configuration.registry import discover
from clusterdns.configuration.settings import load
from clusterdns.plugin import AnyPlugin
from clusterdns.server import Server
from clusterdns.telemetry.metrics import Metrics, metrics_of
from clusterdns.testing.contexts import FakeContext

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted(path.parent.name for path in (ROOT / "plugins" / "clusterdns_plugins").glob("*/README.md"))
OF_THE_PROCESS = {
    "clusterdns_log_lines_dropped_total{}",
    "clusterdns_loop_turn_longest_seconds{}",
    "clusterdns_loop_turn_seconds{}",
}
"""Declared by the command line, which owns the log and the event loop."""


def named(manual: str) -> set[str]:
    """The metrics in the section `Metrics` of a manual, with their labels."""
    _, _, section = manual.partition("\n## Metrics\n")
    section = section.partition("\n## ")[0]
    found = re.findall(r"(?m)^\* `((?:coredns|clusterdns)_\w+)(?:\{([^}]*)\})?`", section)
    return {f"{name}{{{', '.join(sorted(re.split(', *', labels)))}}}" for name, labels in found}


def declared(metrics: Metrics) -> set[str]:
    """The metrics that are declared, with their labels."""
    families = [family.description for family in metrics.families()]
    return {f"{name}{{{', '.join(sorted(labels))}}}" for name, _, labels, _ in families}


def manual_of(name: str) -> str:
    return (ROOT / "plugins" / "clusterdns_plugins" / name / "README.md").read_text()


def built_alone(plugin: AnyPlugin, manual: str) -> Metrics:
    """The metrics that a plugin declares when it is built as its manual's examples say."""
    context = FakeContext()
    for text in re.findall(r"(?ms)^```corefile\n(.*?)^```$", manual):
        configuration = load(text, file=plugin.name, registry=discover(), environ={"METRICS_PORT": "0"})
        for block in configuration.blocks:
            for used in block.plugins:
                if used.plugin.name == plugin.name:
                    plugin.build(used.settings, replace(context, zones=block.zones))
    return metrics_of(context)


def differences(manual: set[str], code: Iterable[str]) -> list[str]:
    """What stands in one alone, as sentences."""
    missing = [f"{metric} is declared and not in the manual" for metric in sorted(set(code) - manual)]
    return missing + [f"{metric} is in the manual and not declared" for metric in sorted(manual - set(code))]


@pytest.mark.parametrize("name", [name for name in PLUGINS if name != "prometheus"])
def test_a_plugins_metrics_are_those_of_its_manual(name: str) -> None:
    manual = manual_of(name)
    assert differences(named(manual), declared(built_alone(discover().load(name), manual))) == []


async def test_the_servers_metrics_are_in_the_manual_of_prometheus() -> None:
    configuration = load(
        ".:0 {\n  bind 127.0.0.1\n  prometheus 127.0.0.1:0\n}\n", file="", registry=discover(), environ={}
    )
    async with Server(configuration) as server:
        found = declared(server.metrics) | OF_THE_PROCESS
    assert differences(named(manual_of("prometheus")), found) == []


def test_two_plugins_do_not_declare_the_same() -> None:
    every = [metric for name in PLUGINS for metric in named(manual_of(name))]
    assert sorted(every) == sorted(set(every))


@pytest.mark.parametrize(
    ("section", "metrics"),
    [
        pytest.param("* `coredns_x_total{b, a}`: text", {"coredns_x_total{a, b}"}, id="labels"),
        pytest.param("* `coredns_x`: text", {"coredns_x{}"}, id="no labels"),
        pytest.param("It has `coredns_x` within text", set[str](), id="not in a list"),
        pytest.param("* `coredns_x`: text\n\n## Bugs\n\n* `coredns_y`", {"coredns_x{}"}, id="next section"),
    ],
)
def test_metrics_are_found_in_a_manual(section: str, metrics: set[str]) -> None:
    assert named(f"# x\n\n## Metrics\n\n{section}\n") == metrics


def test_a_difference_is_found_either_way() -> None:
    assert differences({"a{}"}, {"b{}"}) == [
        "b{} is declared and not in the manual",
        "a{} is in the manual and not declared",
    ]
