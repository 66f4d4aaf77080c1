"""From the Corefile to a switch that the server looks at."""

from dataclasses import dataclass

from clusterdns.corefile import Arguments, Directive, no_block
from clusterdns.plugin import Context

__all__ = ["Settings", "build", "parse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`uncaught` says that exceptions which are bugs are not caught; such a server logs debug lines, too."""

    uncaught: bool = True


def parse(directive: Directive) -> Settings:
    """Read `debug`, alone on its line."""
    for entry in directive.entries:
        Arguments(entry).end()
        no_block(entry)
    return Settings()


def build(_settings: Settings, _context: Context) -> None:
    """Build nothing: the settings say all."""
