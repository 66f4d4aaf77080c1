"""What plugins are given when they are built."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from clusterdns.answering.origin import Origin
from clusterdns.dns.name import Name
from clusterdns.plugin import Interface, Lookup, Part, Run
from clusterdns.server.backends import Lease, Owned
from clusterdns.server.background import Background, declare_background
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
        """The backend made for `key`."""
        return self.backends.shared(key, make, self.origin)

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

    def background(self, name: str, run: Run) -> None:
        """Have `run` run for as long as the plugin is entered."""
        if self.is_built:
            raise RuntimeError(f"{self.origin}: background work is asked for in `build`, not later")
        failures, broken = declare_background(metrics_of(self))
        labels = (self.origin.plugin, name)
        self.works.append(Background(self.origin, name, run, failures=failures.of(*labels)))
        broken.reads(lambda: sum(work.is_broken for work in self._works_of(labels)), *labels)

    def add(self, built: object) -> None:
        """Note what the plugin built, if anything; its background work is entered after it."""
        self.is_built = True
        if built is not None:
            part = Part(self.origin.plugin, built)
            self.built.append(part)
            self._own(part)
        for work in self.works:
            self._own(Part(self.origin.plugin, work))

    def _works_of(self, labels: tuple[str, str]) -> Iterator[Background]:
        """All work of this plugin and name, in whichever block."""
        works = (part.built for part in self.everything if isinstance(part.built, Background))
        return (work for work in works if work.labels == labels)

    def _own(self, part: Part) -> None:
        self.everything.append(part)
        self.owned.append(Owned(self.origin, part.built))
