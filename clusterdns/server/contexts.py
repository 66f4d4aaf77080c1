"""The contexts that plugins get when they are built."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from clusterdns.answering.origin import Origin
from clusterdns.dns.name import Name
from clusterdns.plugin import Interface, Lookup, Part, Run
from clusterdns.server.backends import Lease, Owned
from clusterdns.server.background import Background, BackgroundMetrics
from clusterdns.server.interfaces import read_interfaces
from clusterdns.telemetry.metrics import metrics_of

__all__ = ["BlockContext"]

T = TypeVar("T")


@dataclass(kw_only=True, eq=False)
class BlockContext:
    """The context of a plugin in one block: see `clusterdns.plugin.Context`. `origin` is that plugin; its
    neighbours have the same but for that."""

    origin: Origin = field(kw_only=False)
    zones: tuple[Name, ...]
    root: Path
    bound: tuple[str, ...]
    servers: tuple[str, ...]
    lookup: Lookup
    backends: Lease
    everything: list[Part]
    owned: list[Owned]
    built: list[Part] = field(default_factory=list[Part])
    offers: list[object] = field(default_factory=list)
    works: list[Background] = field(default_factory=list[Background])
    is_built: bool = False

    @property
    def generation(self) -> int:
        """The number of the configuration."""
        return self.backends.generation

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
        """The backend made for `key`. Background work that `make` asks for is the backend's."""
        before, self.works = self.works, []
        try:
            return self.backends.shared(key, make, self.origin, works=lambda: tuple(self.works))
        finally:
            self.works = before

    def provide(self, offer: object) -> None:
        """Offer something to the block's other plugins."""
        self.offers.append(offer)

    def require(self, kind: type[T]) -> T | None:
        """The first offer that is a `kind`."""
        return next((offer for offer in self.offers if isinstance(offer, kind)), None)

    def parts(self) -> tuple[Part, ...]:
        """The parts that the block's plugins built."""
        return tuple(self.built)

    def all_parts(self) -> tuple[Part, ...]:
        """The parts that the plugins of all blocks built, and their background work."""
        owned = (*self.backends.owned(), *self.owned)
        works = (Part(origin.plugin, work) for origin, _, works in owned if origin for work in works)
        return (*self.everything, *works)

    def background(self, name: str, run: Run) -> None:
        """Have `run` run for as long as the plugin is entered."""
        if self.is_built:
            raise RuntimeError(f"{self.origin}: background work is asked for in `build`, not later")
        metrics = self.shared(BackgroundMetrics, lambda: BackgroundMetrics(metrics_of(self)))
        self.works.append(Background(self.origin, name, run, metrics=metrics))

    def add(self, built: object) -> None:
        """Note what the plugin built, if anything; its background work is entered after it."""
        self.is_built = True
        self.owned.append(Owned(self.origin, built, tuple(self.works)))
        if built is not None:
            part = Part(self.origin.plugin, built)
            self.built.append(part)
            self.everything.append(part)
