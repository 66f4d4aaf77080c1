"""From the Corefile to an address and the time to serve on."""

from dataclasses import dataclass
from typing import Final

from clusterdns.corefile import Arguments, Directive, Options
from clusterdns.web import WebAddress, read_web_address

__all__ = ["Settings", "parse"]

DEFAULT_ADDRESS: Final = ":8080"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where to answer, and how many seconds queries are answered after the request to stop."""

    address: WebAddress
    lameduck: float = 0.0


def parse(directive: Directive) -> Settings:
    """Read `health [ADDRESS] { lameduck DURATION }`. It may stand several times: what is said last counts."""
    address, lameduck = None, 0.0
    for entry in directive.entries:
        words = Arguments(entry)
        if words.more or address is None:
            address = read_web_address(words, default=DEFAULT_ADDRESS)
        with Options(entry) as options:
            lameduck = options.one("lameduck", Arguments.duration, default=lameduck)
    if address is None:
        raise ValueError("a directive has an entry at least")
    return Settings(address=address, lameduck=max(0.0, lameduck))
