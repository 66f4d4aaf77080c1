"""The plugin's handler: from a question to what stands at the name, and from that to a reply.

question ─ zones ─▶ labels ─ parse_request ─▶ request ─ find ─▶ found ─▶ reply
              │                                           │
              └▶ next plugin: not our zone                └▶ nothing: SERVFAIL before the first sync,
                                                             then next plugin or NXDOMAIN
"""

from typing import NamedTuple

from clusterdns.cluster import Table
from clusterdns.dns.constants import RRType
from clusterdns.dns.message import RRset
from clusterdns.dns.name import Name
from clusterdns.plugin import Lookup, Next, Query, Reply
from clusterdns_plugins.kubernetes import replies
from clusterdns_plugins.kubernetes.external import Chase
from clusterdns_plugins.kubernetes.finder import Finder
from clusterdns_plugins.kubernetes.found import VERSION_TTL, Alias, Found, Version
from clusterdns_plugins.kubernetes.name_servers import NameServers
from clusterdns_plugins.kubernetes.zones import Place, Zones

ADDRESS_TYPES = frozenset({RRType.A, RRType.AAAA})
APEX_TYPES = frozenset({RRType.SOA, RRType.NS, RRType.ANY})
TRANSFER_TYPES = frozenset({RRType.AXFR, RRType.IXFR})


class Asked(NamedTuple):
    """A question and where its name stands. `origin` is the zone in the asker's spelling."""

    query: Query
    place: Place
    origin: Name


class Kubernetes:
    """Answers for the zones of a cluster from its table.

    fallthrough: zones in which a name that does not exist is left to the next plugin.
    """

    def __init__(
        self,
        table: Table,
        zones: Zones,
        finder: Finder,
        *,
        name_servers: NameServers,
        ttl: int,
        fallthrough: tuple[Name, ...],
        lookup: Lookup,
    ) -> None:
        self._table = table
        self._zones = zones
        self._finder = finder
        self._name_servers = name_servers
        self._ttl = ttl
        self._fallthrough = fallthrough
        self._lookup = lookup

    async def __call__(self, query: Query, next: Next, /) -> Reply:
        """Answer, or leave the query to the next plugin."""
        place = self._zones.place(query.name)
        if place is None:
            return await next(query)
        if query.rtype in TRANSFER_TYPES:
            return replies.refused()
        asked = Asked(query, place, query.name.suffix(len(place.zone.name.wire)))
        if not place.labels and query.rtype in APEX_TYPES:
            return self._apex(asked)
        found = self._finder.find(query.name, place, noted=query.noted)
        if found is None:
            return await self._missing(asked, next)
        if isinstance(found, Alias) and query.rtype in ADDRESS_TYPES:
            return await self._alias(asked, found)
        return self._existing(asked, found)

    def _apex(self, asked: Asked) -> Reply:
        query, soa = asked.query, self._soa(asked)
        match query.rtype:
            case RRType.SOA:
                return replies.start_of_authority(soa)
            case RRType.ANY:
                return replies.any_type(query.name, self._ttl)
            case _:
                data = self._name_servers.data(asked.origin, ttl=self._ttl, noted=query.noted)
                return replies.positive(query.name, self._ttl, data) if data.rdatas else replies.no_data(soa)

    def _existing(self, asked: Asked, found: Found) -> Reply:
        query, ttl = asked.query, VERSION_TTL if isinstance(found, Version) else self._ttl
        if query.rtype == RRType.ANY and found.has_data:
            return replies.any_type(query.name, ttl)
        data = found.data(query.rtype, asked.origin, ttl=ttl)
        if data.rdatas:
            return replies.positive(query.name, ttl, data)
        return replies.no_data(self._soa(asked))

    async def _alias(self, asked: Asked, alias: Alias) -> Reply:
        def find(name: Name) -> Found | None:
            labels = name.labels_below(zone.name)
            return None if labels is None else self._finder.find(name, Place(zone, labels), noted=noted)

        zone, noted = asked.place.zone, asked.query.noted
        chase = Chase(zone=asked.origin, ttl=self._ttl, find=find, lookup=self._lookup)
        reply = await chase.follow(asked.query, alias)
        return replies.no_data(self._soa(asked)) if reply is None else reply

    async def _missing(self, asked: Asked, next: Next) -> Reply:
        """Never NXDOMAIN, and never the next plugin, for want of knowledge."""
        query = asked.query
        if not self._table.is_synced(noted=query.noted):
            return replies.not_ready(self._soa(asked))
        if any(query.name.is_subdomain_of(zone) for zone in self._fallthrough):
            return await next(query)
        return replies.no_such_name(self._soa(asked))

    def _soa(self, asked: Asked) -> RRset:
        table, zone = self._table, asked.place.zone
        serial = table.multicluster_serial if zone.multicluster else table.serial
        return replies.soa_rrset(asked.origin, self._ttl, serial)
