"""From a configuration to what runs: contexts, handlers, chains, routers. Nothing is started here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from clusterdns.answering.chain import Link, compose, is_handler
from clusterdns.answering.router import Block, Router
from clusterdns.capabilities import ObservesAnswers, ObservesHits, Uncaught
from clusterdns.configuration.settings import BlockSettings
from clusterdns.corefile import Problems
from clusterdns.dns.constants import Rcode
from clusterdns.dns.name import Name
from clusterdns.plugin import BackendFailure, Interface, Part, Query, Reply
from clusterdns.server.contexts import Backends, BlockContext
from clusterdns.server.listeners import Listener, bound_addresses
from clusterdns.telemetry.metrics import Metrics

__all__ = ["Built", "build"]

MAX_DEPTH: Final = 10
"""Nested look-ups for one query (CoreDNS re-enters as often)."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a configuration is made of once built, in the order in which it is to be started.

    `backends` are shared between blocks, `parts` are what plugins built; both may be context managers.
    """

    backends: tuple[object, ...]
    parts: tuple[object, ...]
    routers: tuple[tuple[Listener, Router], ...]


class _Server:
    """The whole server as nested look-ups see it: the routers by the listener that was asked."""

    def __init__(self) -> None:
        self.routers: dict[str, Router] = {}

    async def lookup(self, query: Query, name: Name, rtype: int) -> Reply:
        """Answer another question on behalf of `query`, on the listener that it came to.

        What its block would not remember, nobody may. Nor may anybody what a plugin of the block watches
        pass, such as `log`: hits are told to the block of the query, not to that of a look-up.
        """
        if query.depth >= MAX_DEPTH:
            raise BackendFailure(f"{query.question.to_text()} leads through more than {MAX_DEPTH} look-ups")
        asked = query.asking(name, rtype)
        route = self.routers[query.server].route(asked.question)
        if route is None:
            return Reply(rcode=Rcode.REFUSED, authoritative=False)
        reply = await route.block.chain(replace(asked, zone=route.zone, depth=query.depth + 1))
        may_remember = route.block.remembers and not route.block.sees_lookups
        return reply if may_remember else replace(reply, reuse=None)


def build(
    listeners: Sequence[Listener], interfaces: tuple[Interface, ...], *, metrics: Metrics | None = None
) -> Built:
    """Build the blocks that `listeners` serve, each once. Plugins find `metrics` by `metrics_of`.

    Raises:
        CorefileErrors: settings that are wrong in a way that only building shows.
    """
    server, problems = _Server(), Problems()
    backends = Backends({Metrics: metrics or Metrics()})
    parts: list[Part] = []
    blocks: dict[int, Block] = {}
    for served in (served for listener in listeners for served in listener.zones):
        if id(served.block) not in blocks:
            context = BlockContext(
                zones=served.block.zones,
                root=Path.cwd(),
                bound=bound_addresses(served.block, interfaces),
                servers=_labels(served.block, listeners),
                lookup=server.lookup,
                backends=backends,
                everything=parts,
            )
            blocks[id(served.block)] = _block(served.block, context, problems)
    problems.raise_if_any()
    routers = tuple(
        (listener, Router((served.zone, blocks[id(served.block)]) for served in listener.zones))
        for listener in listeners
    )
    server.routers.update((listener.label, router) for listener, router in routers)
    return Built(tuple(backends.made.values()), tuple(part.built for part in parts), routers)


def _labels(block: BlockSettings, listeners: Iterable[Listener]) -> tuple[str, ...]:
    """What the listeners that serve `block` are called."""
    serving = (listener for listener in listeners if any(served.block is block for served in listener.zones))
    return tuple(listener.label for listener in serving)


def _block(settings: BlockSettings, context: BlockContext, problems: Problems) -> Block:
    links: list[Link] = []
    for used in settings.plugins:
        with problems.caught():
            part = used.plugin.build(used.settings, context)
            if part is not None:
                context.add(Part(used.plugin.name, part))
            if is_handler(part):
                links.append(Link(used.plugin, part))
    return Block(
        zones=settings.zones,
        chain=compose(links),
        any_class=any(used.plugin.any_class for used in settings.plugins),
        remembers=all(link.plugin.treats_alike for link in links),
        sees_lookups=any(isinstance(link.handler, ObservesHits) for link in links),
        observers=tuple(part for _, part in context.built if isinstance(part, ObservesHits)),
        answer_observers=tuple(part for _, part in context.built if isinstance(part, ObservesAnswers)),
        uncaught=any(
            isinstance(used.settings, Uncaught) and used.settings.uncaught for used in settings.plugins
        ),
    )
