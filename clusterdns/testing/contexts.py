"""A context for plugins in tests, with everything under the test's control."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from clusterdns.dns.name import Name
from clusterdns.plugin import BackendFailure, Client, Interface, Lookup, Part, Query, Reply, Run, Transport

__all__ = ["Clock", "FakeContext", "fake_client"]

T = TypeVar("T")


@dataclass(slots=True)
class Clock:
    """A clock that stands still until a test moves it. `now` is Unix time in seconds."""

    now: float = 1_700_000_000.0
    started: float = 1_700_000_000.0

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


async def no_lookup(query: Query, name: Name, rtype: int) -> Reply:
    """Stand in for the whole server where a test gives none: every nested look-up fails."""
    raise BackendFailure(f"the test has no server to ask for {name}, type {rtype}, for {query.name}")


@dataclass(kw_only=True)
class FakeContext:
    """A `clusterdns.plugin.Context`.

    addresses: this machine's, of one interface `eth0`.
    backends: what `shared` gives instead of making it, by the type of the key it is asked for:
        `{ManifestSettings: cluster}` lets plugins answer from an in-memory cluster.
    offers: objects that other plugins of the block would have provided.
    servers: the block's listeners.
    generation: the number of the configuration.
    built: the parts of its plugins; the chain runner adds those that it builds.
    others: the parts that plugins of other blocks would have built.
    works: background work with its name; the chain runner runs it.
    """

    zones: tuple[Name, ...] = ()
    root: Path = Path()
    bound: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    lookup: Lookup = no_lookup
    clock: Clock = field(default_factory=Clock)
    backends: Mapping[type, Any] = field(default_factory=dict)
    offers: list[object] = field(default_factory=list)
    servers: tuple[str, ...] = ("dns://:53",)
    generation: int = 1
    built: list[Part] = field(default_factory=list[Part])
    others: tuple[Part, ...] = ()
    made: dict[Hashable, Any] = field(default_factory=dict)
    works: list[tuple[str, Run]] = field(default_factory=list[tuple[str, Run]])

    def time(self) -> float:
        """Unix time in seconds, from the clock."""
        return self.clock.now

    def monotonic(self) -> float:
        """Seconds on the clock since it was made."""
        return self.clock.now - self.clock.started

    def interfaces(self) -> tuple[Interface, ...]:
        """Loopback, and `eth0` with the test's addresses."""
        return Interface("lo", ("127.0.0.1", "::1")), Interface("eth0", self.addresses)

    def shared(self, key: Hashable, make: Callable[[], T]) -> T:
        """The test's backend for keys of this type, else what `make` makes, once a key."""
        if type(key) in self.backends:
            given: T = self.backends[type(key)]
            return given
        if key not in self.made:
            self.made[key] = make()
        made: T = self.made[key]
        return made

    def background(self, name: str, run: Run) -> None:
        """Keep work for the chain runner."""
        self.works.append((name, run))

    def provide(self, offer: object) -> None:
        """Keep an offer."""
        self.offers.append(offer)

    def require(self, kind: type[T]) -> T | None:
        """The first offer that is a `kind`."""
        return next((offer for offer in self.offers if isinstance(offer, kind)), None)

    def parts(self) -> tuple[Part, ...]:
        """The parts that were built for the block."""
        return tuple(self.built)

    def all_parts(self) -> tuple[Part, ...]:
        """The block's parts, and those of other blocks."""
        return (*self.built, *self.others)


def fake_client(
    address: str = "10.244.9.9", *, transport: Transport = Transport.UDP, local_address: str = "10.96.0.10"
) -> Client:
    """A client as plugins see it."""
    return Client(
        address=address, port=40_000, transport=transport, local_address=local_address, local_port=53
    )
