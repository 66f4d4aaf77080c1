"""`clusterdns check`: find the mistakes in a Corefile without serving it."""

from clusterdns.cli.commands import Given
from clusterdns.cli.loading import load_logged
from clusterdns.cli.report import report
from clusterdns.cli.source import NO_TEXT, Fault, port_of, read_source
from clusterdns.configuration.registry import discover
from clusterdns.configuration.settings import Configuration
from clusterdns.corefile import CorefileErrors
from clusterdns.server import StartError, check
from clusterdns.telemetry.logs import logging_to
from clusterdns.threads import NoThreadError

__all__ = ["run"]

STDERR = 2
"""Where remarks go, so that standard output holds the verdict only."""


def run(given: Given) -> int:
    """Print a line, or the roles if those are wanted, and return 0; or every mistake and return 1."""
    source = NO_TEXT
    try:
        port = port_of(given.values)
        source = read_source(_file(given))
        with logging_to(STDERR):
            configuration = load_logged(source, port, discover())
            if given.switches.get("rbac"):
                return _print_roles(configuration)
            check(configuration)
    except (CorefileErrors, StartError, NoThreadError, Fault) as error:
        report(error, source)
        return 1
    print(f"{source.name}: nothing wrong; {_summary(configuration)}")
    return 0


def _print_roles(configuration: Configuration) -> int:
    from clusterdns.cli.roles import roles_of  # noqa: PLC0415 (loads what serves clusters)

    print(roles_of(configuration), end="")
    return 0


def _file(given: Given) -> str | None:
    named = [*given.words, *filter(None, [given.values.get("conf")])]
    if len(named) > 1:
        raise Fault(f"one Corefile is expected, not {len(named)}: {' '.join(named)}")
    return named[0] if named else None


def _summary(configuration: Configuration) -> str:
    zones = sum(len(block.zones) for block in configuration.blocks)
    plugins = {each.plugin.name for block in configuration.blocks for each in block.plugins}
    counted = [(len(configuration.blocks), "server block"), (zones, "zone"), (len(plugins), "plugin")]
    return ", ".join(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in counted)
