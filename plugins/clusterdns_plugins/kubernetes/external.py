"""Services of type ExternalName: the alias itself, and following it (RFC 1034 section 3.6.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

from clusterdns.cluster import Service, ServiceImport
from clusterdns.dns.message import RRset, Section
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import CNAME
from clusterdns.plugin import BackendFailure, Lookup, Query, Reply, Reuse
from clusterdns_plugins.kubernetes.found import NO_DATA, Alias, Data, Found

MAX_LINKS = 11
"""Aliases followed inside the zone, as in CoreDNS. A longer chain, or a loop, leads nowhere."""


def alias_of(service: Service | ServiceImport) -> Alias | None:
    """The alias that a Service of type ExternalName is; None if its value is an address or no name at all."""
    target = service.external_name if isinstance(service, Service) else ""
    if not target or _is_address(target):
        return None
    try:
        return Alias(Name.from_text(target))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chase:
    """Follows aliases for a question of type A or AAAA.

    find: looks up a name inside `zone`; None if it does not exist or lies outside.
    lookup: the whole server, for targets outside.
    reuse: how long an answer with these data may be remembered.
    """

    zone: Name
    ttl: int
    find: Callable[[Name], Found | None]
    lookup: Lookup
    reuse: Callable[[Data], Reuse]

    async def follow(self, query: Query, alias: Alias) -> Reply | None:
        """The answer behind `alias`, which stands at the name asked for; None if it ends without one.

        A target outside the zone keeps the aliases that lead to it, whatever the look-up brings.
        """
        links: list[RRset] = []
        owner = query.name
        found: Found | None = alias
        while isinstance(found, Alias):
            if len(links) == MAX_LINKS:
                return None
            links.append(RRset(owner, self.ttl, (CNAME(found.target),)))
            owner = found.target
            if not owner.is_subdomain_of(self.zone):
                return await self._outside(query, owner, links=tuple(links))
            found = self.find(owner)
        return self._inside(query, owner, found=found, links=tuple(links))

    def _inside(self, query: Query, owner: Name, *, found: Found | None, links: Section) -> Reply | None:
        data = NO_DATA if found is None else self._data(query, found)
        if not data.rdatas:
            return None
        answer = (*links, RRset(owner, self.ttl, data.rdatas))
        return Reply(answer=answer, truncated=data.cut, reuse=self.reuse(data))

    def _data(self, query: Query, found: Found) -> Data:
        return found.data(query.rtype, self.zone, ttl=self.ttl, room=query.most_octets)

    async def _outside(self, query: Query, target: Name, *, links: Section) -> Reply:
        """The answer by a look-up outside the zone, remembered no longer than that reply may be."""
        try:
            nested = await self.lookup(query, target, query.rtype)
        except BackendFailure as failure:
            return Reply(answer=links, extended_errors=failure.extended_errors)
        return Reply(
            answer=links + nested.answer,
            truncated=nested.truncated,
            extended_errors=nested.extended_errors,
            reuse=nested.reuse,
        )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
