"""The directive `whoami`, which has no settings."""

from dataclasses import dataclass

from clusterdns.corefile import Arguments, Directive, no_block

__all__ = ["Settings", "parse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """No settings."""


def parse(directive: Directive) -> Settings:
    """Read `whoami`, alone on its line."""
    for entry in directive.entries:
        Arguments(entry).end()
        no_block(entry)
    return Settings()
