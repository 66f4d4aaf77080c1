"""From a configuration to what runs: contexts, handlers, chains, routers. Nothing is started here."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, runtime_checkable

from clusterdns.chain import Link, compose, is_handler
from clusterdns.configuration import BlockSettings
from clusterdns.corefile import Problems
from clusterdns.dns.constants import Rcode
from clusterdns.dns.name import Name
from clusterdns.packet_cache import ObservesHits
from clusterdns.plugin import BackendFailure, Interface, Lookup, Query, Reply
from clusterdns.router import Block, Router
from clusterdns.server.interfaces import read_interfaces
from clusterdns.server.listeners import Listener, bound_addresses

__all__ = ["Built", "Uncaught", "build"]

MAX_DEPTH: Final = 10
"""Nested look-ups for one query (CoreDNS re-enters as often)."""

T = TypeVar("T")


@runtime_checkable
class Uncaught(Protocol):
    """Settings of a plugin that may want bugs to end the process (`debug`)."""

    @property
    def uncaught(self) -> bool:
        """Whether they do."""
        ...


@dataclass(frozen=True, slots=True)
class Built:
    """What a configuration is made of once built, in the order in which it is to be started.

    `backends` are shared between blocks, `parts` are what plugins built; both may be context managers.
    """

    backends: tuple[object, ...]
    parts: tuple[object, ...]
    routers: tuple[tuple[Listener, Router], ...]


class _Backends:
    """What blocks share, by the key of its settings."""

    def __init__(self) -> None:
        self.made: dict[Hashable, Any] = {}

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
    lookup: Lookup
    backends: _Backends
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


class _Server:
    """The whole server as nested look-ups see it: the routers by the listener that was asked."""

    def __init__(self) -> None:
        self.routers: dict[str, Router] = {}

    async def lookup(self, query: Query, name: Name, rtype: int) -> Reply:
        """Answer another question on behalf of `query`, on the listener that it came to."""
        if query.depth >= MAX_DEPTH:
            raise BackendFailure(f"{query.question.to_text()} leads through more than {MAX_DEPTH} look-ups")
        asked = query.asking(name, rtype)
        route = self.routers[query.server].route(asked.question)
        if route is None:
            return Reply(rcode=Rcode.REFUSED, authoritative=False)
        return await route.block.chain(replace(asked, zone=route.zone, depth=query.depth + 1))


def build(listeners: Sequence[Listener], interfaces: tuple[Interface, ...]) -> Built:
    """Build the blocks that `listeners` serve, each once.

    Raises:
        CorefileErrors: settings that are wrong in a way that only building shows.
    """
    server, backends, problems = _Server(), _Backends(), Problems()
    parts: list[object] = []
    blocks: dict[int, Block] = {}
    for served in (served for listener in listeners for served in listener.zones):
        if id(served.block) not in blocks:
            context = BlockContext(
                zones=served.block.zones,
                root=Path.cwd(),
                bound=bound_addresses(served.block, interfaces),
                lookup=server.lookup,
                backends=backends,
            )
            blocks[id(served.block)] = _block(served.block, context, parts, problems)
    problems.raise_if_any()
    routers = tuple(
        (listener, Router((served.zone, blocks[id(served.block)]) for served in listener.zones))
        for listener in listeners
    )
    server.routers.update((listener.label, router) for listener, router in routers)
    return Built(tuple(backends.made.values()), tuple(parts), routers)


def _block(settings: BlockSettings, context: BlockContext, parts: list[object], problems: Problems) -> Block:
    links: list[Link] = []
    for used in settings.plugins:
        with problems.caught():
            part = used.plugin.build(used.settings, context)
            if part is not None:
                parts.append(part)
            if is_handler(part):
                links.append(Link(used.plugin, part))
    return Block(
        zones=settings.zones,
        chain=compose(links),
        any_class=any(used.plugin.any_class for used in settings.plugins),
        remembers=all(link.plugin.treats_alike for link in links),
        observers=_observers(link.handler for link in links),
        uncaught=any(
            isinstance(used.settings, Uncaught) and used.settings.uncaught for used in settings.plugins
        ),
    )


def _observers(handlers: Iterable[object]) -> tuple[ObservesHits, ...]:
    return tuple(handler for handler in handlers if isinstance(handler, ObservesHits))
