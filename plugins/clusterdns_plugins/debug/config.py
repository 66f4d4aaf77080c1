"""The directive `debug`, a switch that the server reads."""

from dataclasses import dataclass

from clusterdns.corefile import Arguments, Directive, no_block
from clusterdns.plugin import Context

__all__ = ["Settings", "build", "parse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`uncaught`: bugs end the process instead of being caught, and lines of level DEBUG are logged."""

    uncaught: bool = True


def parse(directive: Directive) -> Settings:
    """Read `debug`, alone on its line."""
    for entry in directive.entries:
        Arguments(entry).end()
        no_block(entry)
    return Settings()


def build(_settings: Settings, _context: Context) -> None:
    """Build nothing: the server reads the settings."""
