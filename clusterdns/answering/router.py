"""Which server block answers: the longest zone among the blocks of a listener (RFC 1034 section 4.3.2)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from clusterdns.capabilities import ClassifiesClients, Encrypts, ObservesAnswers, ObservesHits
from clusterdns.dns.constants import RRClass, RRType
from clusterdns.dns.message import Question
from clusterdns.dns.name import Name
from clusterdns.plugin import Next

__all__ = ["Block", "Route", "Router"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """A server block that runs: its zones and its chain.

    any_class: a plugin of it answers classes other than IN.
    remembers: all its plugins treat equal packets alike, so its replies may be remembered as packets.
    observers: who must be told of replies that come from memory.
    sees_lookups: some of those stand in the chain, where they see look-ups on behalf of queries, too.
    answer_observers: who must be told of those that come from the chain.
    classifying: parts that tell clients apart whose replies differ.
    uncaught: a bug in one of its plugins ends the process instead of being SERVFAIL.
    encrypts: has the certificate of its encrypted listeners.
    """

    zones: tuple[Name, ...]
    chain: Next
    any_class: bool = False
    remembers: bool = True
    sees_lookups: bool = False
    observers: tuple[ObservesHits, ...] = ()
    answer_observers: tuple[ObservesAnswers, ...] = ()
    classifying: tuple[ClassifiesClients, ...] = ()
    uncaught: bool = False
    encrypts: Encrypts | None = None


class Route(NamedTuple):
    """A block and the zone of it that matched."""

    zone: Name
    block: Block


class Router:
    """The zones of one listener. Finding one costs a dictionary look-up a label at most."""

    def __init__(self, blocks: Iterable[tuple[Name, Block]]) -> None:
        self._routes = {zone.key: Route(zone, block) for zone, block in blocks}
        self.any_class = any(route.block.any_class for route in self._routes.values())

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes.values())

    def route(self, question: Question) -> Route | None:
        """The route of the longest zone above or at the name; None if no block has one.

        DS lives at the parent's side of a zone cut, so it takes the shortest zone, the root aside.
        """
        if question.rrclass != RRClass.IN and not self.any_class:
            return None
        key = question.name.key
        found = None
        at = 0
        while size := key[at]:
            route = self._routes.get(key[at:])
            if route is not None:
                if question.rtype != RRType.DS:
                    return route
                found = route
            at += size + 1
        return found or self._routes.get(b"\0")
