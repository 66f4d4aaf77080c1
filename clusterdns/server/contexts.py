"""What plugins are given when they are built."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from clusterdns.dns.name import Name
from clusterdns.plugin import Interface, Lookup, Part
from clusterdns.server.interfaces import read_interfaces

__all__ = ["Backends", "BlockContext"]

T = TypeVar("T")


class Backends:
    """What blocks share, by the key of its settings."""

    def __init__(self, made: Mapping[Hashable, Any]) -> None:
        self.made: dict[Hashable, Any] = dict(made)

    def shared(self, key: Hashable, make: Callable[[], T]) -> T:
        if key not in self.made:
            self.made[key] = make()
        made: T = self.made[key]
        return made


@dataclass(frozen=True, kw_only=True)
class BlockContext:
    """The context of one block's plugins: see `clusterdns.plugin.Context`."""

    zones: tuple[Name, ...]
    root: Path
    bound: tuple[str, ...]
    servers: tuple[str, ...]
    lookup: Lookup
    backends: Backends
    everything: list[Part]
    built: list[Part] = field(default_factory=list[Part])
    offers: list[object] = field(default_factory=list)

    def time(self) -> float:
        """Unix time in seconds."""
        return time.time()

    def monotonic(self) -> float:
        """The clock of `Reuse.until`."""
        return time.monotonic()

    def interfaces(self) -> tuple[Interface, ...]:
        """This machine's network interfaces."""
        return read_interfaces()

    def shared(self, key: Hashable, make: Callable[[], T]) -> T:
        """The backend made for `key`."""
        return self.backends.shared(key, make)

    def provide(self, offer: object) -> None:
        """Offer something to the block's other plugins."""
        self.offers.append(offer)

    def require(self, kind: type[T]) -> T | None:
        """The first offer that is a `kind`."""
        return next((offer for offer in self.offers if isinstance(offer, kind)), None)

    def parts(self) -> tuple[Part, ...]:
        """What the block's plugins built."""
        return tuple(self.built)

    def all_parts(self) -> tuple[Part, ...]:
        """What the plugins of all blocks built."""
        return tuple(self.everything)

    def add(self, part: Part) -> None:
        """Note that a plugin of the block built something."""
        self.built.append(part)
        self.everything.append(part)
