"""The server's context for plugins, with clocks, interfaces and backends under the test's control."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

from clusterdns.plugin import Interface
from clusterdns.server.contexts import BlockContext
from clusterdns.testing.contexts import FakeContext

__all__ = ["ChainContext"]

T = TypeVar("T")


@dataclass(kw_only=True, eq=False)
class ChainContext(BlockContext):
    """The server's context of a plugin; clocks, interfaces and backends are those of `fake`."""

    fake: FakeContext

    @property
    def generation(self) -> int:
        """The number of the configuration, as the test has it."""
        return self.fake.generation

    def time(self) -> float:
        """The test's clock."""
        return self.fake.time()

    def monotonic(self) -> float:
        """The same, as `Reuse.until` has it."""
        return self.fake.monotonic()

    def interfaces(self) -> tuple[Interface, ...]:
        """The test's interfaces."""
        return self.fake.interfaces()

    def shared(self, key: Hashable, make: Callable[[], T]) -> T:
        """The test's backend for the key, else as the server does it; the test sees it in `made`."""
        if type(key) in self.fake.backends:
            return self.fake.shared(key, make)
        made = super().shared(key, lambda: self.fake.made[key] if key in self.fake.made else make())
        self.fake.made[key] = made
        return made
