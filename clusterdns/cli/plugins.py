"""`clusterdns plugins`: the table of installed plugins, and the manual of one."""

import importlib.resources
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint

from clusterdns.cli.commands import Given
from clusterdns.cli.report import report
from clusterdns.cli.source import Fault
from clusterdns.cli.terminal import Style
from clusterdns.configuration.registry import ClaimedTwice, PluginError, Registry, WrongVersion, discover
from clusterdns.corefile import did_you_mean
from clusterdns.plugin import AnyPlugin

__all__ = ["names", "run"]

MANUAL = "README.md"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    name: str
    distribution: str
    help: str


@dataclass(frozen=True, slots=True)
class Installed:
    """The installed plugins: the usable ones in the order of the chain, rows for the unusable ones, and a
    sentence for each fault."""

    usable: tuple[AnyPlugin, ...]
    unusable: tuple[Row, ...]
    faults: tuple[PluginError, ...]


def run(given: Given) -> int:
    """Print the table, or the manual of the plugin that is named. 1 if a plugin cannot be used."""
    try:
        if len(given.words) > 1:
            raise Fault(f"one plugin is expected, not {len(given.words)}: {' '.join(given.words)}")
        registry = discover()
        if given.words:
            print(_styled(_manual(registry, given.words[0]), Style.of(sys.stdout)), end="")
            return 0
        return _table(registry)
    except (PluginError, Fault) as error:
        report(error)
        return 1


def names(registry: Registry) -> int:
    """Print the names alone, sorted, as CoreDNS does, and faults on standard error."""
    print(*registry.names, "", sep="\n")
    return _report(_installed(registry).faults)


def _table(registry: Registry) -> int:
    """Print the usable plugins in the order of the chain, then the unusable ones, whose name several
    distributions claim or whose contract is another one; faults on standard error."""
    installed = _installed(registry)
    rows = [_row(registry, plugin) for plugin in installed.usable]
    _print_rows([*rows, *installed.unusable], Style.of(sys.stdout))
    return _report(installed.faults)


def _report(faults: Iterable[PluginError]) -> int:
    status = 0
    for fault in faults:
        report(fault)
        status = 1
    return status


def _installed(registry: Registry) -> Installed:
    loaded: list[AnyPlugin] = []
    unusable: list[Row] = []
    faults: list[PluginError] = []
    for name in registry.names:
        try:
            loaded.append(registry.load(name))
        except PluginError as error:
            faults.append(error)
            unusable += _unusable(registry, name, error)
    placed, homeless = registry.placed(loaded)
    return Installed(placed, tuple(unusable), (*faults, *homeless.values()))


def _unusable(registry: Registry, name: str, error: PluginError) -> Iterator[Row]:
    """A row for each distribution that brings a plugin which is sound, but not for this server."""
    match error:
        case ClaimedTwice():
            why = "NOT USABLE: its name is claimed by several distributions"
        case WrongVersion():
            why = "NOT USABLE: it is made for another version of the plugin contract"
        case _:
            return
    for point in (registry.points[name], *registry.rivals.get(name, ())):
        yield Row(name, _distribution(point), why)


def _row(registry: Registry, plugin: AnyPlugin) -> Row:
    return Row(plugin.name, _distribution(registry.points[plugin.name]), plugin.help)


def _print_rows(rows: list[Row], style: Style) -> None:
    rows = [Row("PLUGIN", "FROM", "WHAT IT DOES"), *rows]
    name = max(len(row.name) for row in rows)
    origin = max(len(row.distribution) for row in rows)
    for row in rows:
        print(
            f"{style.bold(f'{row.name:<{name}}')}  {style.dim(f'{row.distribution:<{origin}}')}  {row.help}"
        )


def _manual(registry: Registry, name: str) -> str:
    """The README of the plugin's package."""
    if name not in registry.names:
        raise Fault(f'no plugin "{name}" is installed{did_you_mean(name, registry.names)}')
    registry.load(name)
    point = registry.points[name]
    try:
        return importlib.resources.files(point.module).joinpath(MANUAL).read_text(encoding="utf-8")
    except (FileNotFoundError, TypeError) as error:  # TypeError: the plugin is a single file, no package
        raise Fault(
            f'plugin "{name}" of {_distribution(point)} brings no manual: '
            f"there is no {MANUAL} in a package {point.module}"
        ) from error


def _distribution(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.module


def _styled(text: str, style: Style) -> str:
    """`text` with its headings set off."""
    lines = text.splitlines(keepends=True)
    return "".join(style.bold(line) if line.startswith("#") else line for line in lines)
