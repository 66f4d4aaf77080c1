"""Look-ups that plugins make on behalf of a query: they go through the whole server again."""

from dataclasses import replace
from typing import Final

from clusterdns.answering.router import Router
from clusterdns.dns.constants import Rcode
from clusterdns.dns.name import Name
from clusterdns.plugin import BackendFailure, Query, Reply

__all__ = ["Lookups"]

MAX_DEPTH: Final = 10
"""Nested look-ups for one query (CoreDNS re-enters as often)."""


class Lookups:
    """The whole server as nested look-ups see it: `routers` by the listener that was asked."""

    def __init__(self) -> None:
        self.routers: dict[str, Router] = {}

    async def lookup(self, query: Query, name: Name, rtype: int) -> Reply:
        """Answer another question on behalf of `query`, on the listener that it came to.

        What its block would not remember, nobody may. Nor may anybody what a plugin of the block watches
        pass, such as `log`: hits are told to the block of the query, not to that of a look-up.

        Raises:
            BackendFailure: the query led through too many look-ups already.
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
