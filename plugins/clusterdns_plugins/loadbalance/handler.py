"""Orders the addresses in replies of the rest of the chain."""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import replace
from random import Random
from types import TracebackType
from typing import Final, Self

from clusterdns.dns.constants import Rcode, RRType
from clusterdns.dns.message import Section
from clusterdns.plugin import Context, Next, Query, Reply, Reuse
from clusterdns_plugins.loadbalance.config import Settings
from clusterdns_plugins.loadbalance.policy import can_turn, has_choice, preferring, shuffled, weighted
from clusterdns_plugins.loadbalance.weights import WeightFile

__all__ = ["LoadBalance", "build"]

TRANSFERS: Final = frozenset({RRType.AXFR, RRType.IXFR})
WEIGHTED_TYPES: Final = frozenset({RRType.A, RRType.AAAA, RRType.SRV})


class LoadBalance:
    """Shuffles, or leads with an address drawn from `weights`; then the preferred networks come first.

    A reply with one address stays as it is and may be remembered as before. One whose addresses are shuffled
    may be remembered and turned for each who asks. One with weights or preferred networks is new for every
    query, so it is never remembered.
    """

    def __init__(self, settings: Settings, *, weights: WeightFile | None, random: Random) -> None:
        self._preferred = settings.preferred
        self._weights = weights
        self._random = random
        self._entered = AsyncExitStack()
        self._turned = Reuse(), Reuse(turns=True)

    async def __call__(self, query: Query, next: Next) -> Reply:
        reply = await next(query)
        if reply.rcode != Rcode.NOERROR or query.question.rtype in TRANSFERS:
            return reply
        if self._weights is not None:
            return self._weighted(query, reply, self._weights)
        return self._shuffled(reply)

    def check(self) -> None:
        """Read the weight file, if there is one.

        Raises:
            CorefileError: it is wrong, or missing and not waited for.
        """
        if self._weights is not None:
            self._weights.check()

    async def __aenter__(self) -> Self:
        if self._weights is not None:
            await self._entered.enter_async_context(self._weights)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._entered.aclose()

    def _shuffled(self, reply: Reply) -> Reply:
        sections = (reply.answer, reply.authority, reply.additional)
        if all(map(_is_single, sections)):
            return reply
        chosen = any(map(has_choice, sections))
        if not chosen and all(len(section) < 2 for section in sections):
            return reply
        random = self._random
        answer, authority, additional = [each and shuffled(each, random) for each in sections]
        if self._preferred:
            answer = preferring(answer, self._preferred)
            additional = preferring(additional, self._preferred)
        return replace(
            reply,
            answer=answer,
            authority=authority,
            additional=additional,
            reuse=self._reuse(reply.reuse, sections) if chosen else reply.reuse,
        )

    def _reuse(self, reuse: Reuse | None, sections: Iterable[Section]) -> Reuse | None:
        """How a reply may be remembered in which there was something to choose."""
        if reuse is None or self._preferred or not all(map(can_turn, sections)):
            return None
        if self._turned[0] is not reuse:  # most replies share theirs
            self._turned = reuse, replace(reuse, turns=True)
        return self._turned[1]

    def _weighted(self, query: Query, reply: Reply, weights: WeightFile) -> Reply:
        if query.rtype not in WEIGHTED_TYPES:
            return reply
        answer = weighted(reply.answer, weights.weights, self._random)
        additional = weighted(reply.additional, weights.weights, self._random)
        same = answer is reply.answer and additional is reply.additional
        return replace(reply, answer=answer, additional=additional, reuse=reply.reuse if same else None)


def _is_single(section: Section) -> bool:
    """Whether there is one record at most: nothing to look at, nothing to order."""
    return not section or (len(section) == 1 and len(section[0].rdatas) == 1)


def build(settings: Settings, context: Context) -> LoadBalance:
    """Make the handler, with a source of randomness of its own."""
    wanted = settings.weighted
    weights = None
    if wanted is not None:
        weights = WeightFile(context.root / wanted.file, wanted)
        if wanted.reload:
            context.background(f"the following of the weight file {wanted.file}", weights.follow)
    return LoadBalance(settings, weights=weights, random=Random())
