"""From the Corefile to addresses and names of interfaces, which only the machine can tell apart."""

from typing import Final

from clusterdns.corefile import Arguments, Directive, Entry, Options, Token
from clusterdns.plugin import Context
from clusterdns_plugins.bind.settings import Binding, Settings

__all__ = ["build", "parse"]

NOTHING: Final[tuple[Token, ...]] = ()


def parse(directive: Directive) -> Settings:
    """Read `bind ADDRESS|IFACE... { except ADDRESS|IFACE... }`; all uses in a block add up."""
    return Settings(tuple(_binding(entry) for entry in directive.entries))


def build(_settings: Settings, _context: Context) -> None:
    """Build nothing: the server reads the settings."""


def _binding(entry: Entry) -> Binding:
    wanted = Arguments(entry).some("at least one address or interface")
    with Options(entry) as options:
        excluded = options.one("except", _excluded, default=NOTHING)
    return Binding(wanted=wanted, excluded=excluded)


def _excluded(words: Arguments) -> tuple[Token, ...]:
    return words.some("at least one address or interface")
