"""From the Corefile to an address and how long plugins are asked."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from clusterdns.corefile import Arguments, Directive, Options, once
from clusterdns.web import WebAddress, read_web_address

__all__ = ["Monitor", "Settings", "parse"]

DEFAULT_ADDRESS: Final = ":8181"


class Monitor(StrEnum):
    """How long a plugin is asked whether it is ready."""

    UNTIL_READY = "until-ready"
    CONTINUOUSLY = "continuously"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where to answer, and whether a plugin that was ready is asked again."""

    address: WebAddress
    monitor: Monitor = Monitor.UNTIL_READY


def parse(directive: Directive) -> Settings:
    """Read `ready [ADDRESS] { monitor until-ready|continuously }`."""
    entry = once(directive)
    address = read_web_address(Arguments(entry), default=DEFAULT_ADDRESS)
    with Options(entry) as options:
        monitor = options.one("monitor", _monitor, default=Monitor.UNTIL_READY)
    return Settings(address=address, monitor=monitor)


def _monitor(words: Arguments) -> Monitor:
    return Monitor(words.choice(*Monitor))
