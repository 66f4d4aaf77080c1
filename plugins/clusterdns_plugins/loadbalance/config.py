"""From the Corefile to the way in which addresses are ordered."""

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, TypeAlias

from clusterdns.corefile import Arguments, CorefileError, Directive, Entry, Options, Position, Token

__all__ = ["Network", "Settings", "Weighted", "parse"]

DEFAULT_RELOAD: Final = 30.0
"""Seconds between looks at the weight file."""

Network: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """Weights come from `file`, which is looked at every `reload` seconds, 0 for only once."""

    file: Path
    reload: float = DEFAULT_RELOAD
    position: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Addresses are shuffled, or put in order by `weighted`; then those in `preferred` come first."""

    weighted: Weighted | None = None
    preferred: tuple[Network, ...] = ()


def parse(directive: Directive) -> Settings:
    """Read `loadbalance [round_robin] { prefer CIDR... }` or `loadbalance weighted FILE { reload DURATION }`.

    If it stands several times, the last policy counts and preferences add up, save that weights drop
    those in front of them, as in CoreDNS.
    """
    settings = Settings()
    for entry in directive.entries:
        words = Arguments(entry)
        policy = words.choice("round_robin", "weighted") if words.more else "round_robin"
        if policy == "weighted":
            settings = Settings(weighted=_weighted(entry, words))
        else:
            words.end()
            settings = Settings(preferred=settings.preferred + _preferred(entry))
    return settings


def _weighted(entry: Entry, words: Arguments) -> Weighted:
    file = words.path("a weight file")
    words.end()
    with Options(entry) as options:
        reload = options.one("reload", lambda words: words.duration(minimum=0), default=DEFAULT_RELOAD)
    return Weighted(file=file, reload=reload, position=entry.position)


def _preferred(entry: Entry) -> tuple[Network, ...]:
    with Options(entry) as options:
        named = options.every("prefer", lambda words: tuple(_network(token) for token in words.rest()))
    return tuple(network for networks in named for network in networks)


def _network(token: Token) -> Network:
    network = _parsed(token.text)
    if network is None:
        raise CorefileError(
            token.position,
            f'"prefer" expects address prefixes such as 10.0.0.0/8 or fd00::/8, not "{token.text}"',
        )
    return network


def _parsed(text: str) -> Network | None:
    """An address with the length of a prefix; bits behind it are dropped."""
    _, _, length = text.partition("/")
    if not (length.isascii() and length.isdigit()) or "%" in text:
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None
