"""The plugin's handler: from a question to the name that was found, and from that to a reply.

question ─ Zones ─▶ Place ─ parse_request ─▶ Request ─ Finder ─▶ Found ─▶ Reply
              │                                           │
              └▶ next plugin: not our zone                └▶ nothing: SERVFAIL before the first sync,
                                                             then next plugin or NXDOMAIN
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from clusterdns.cluster import Table
from clusterdns.cluster.permissions import Rule
from clusterdns.dns.constants import RRType
from clusterdns.dns.edns import ExtendedError
from clusterdns.dns.message import RRset
from clusterdns.dns.name import Name
from clusterdns.plugin import Lookup, Next, Query, Reply, Reuse
from clusterdns_plugins.kubernetes import replies
from clusterdns_plugins.kubernetes.extended_errors import ExtendedErrors
from clusterdns_plugins.kubernetes.external import Chase
from clusterdns_plugins.kubernetes.finder import Finder
from clusterdns_plugins.kubernetes.found import VERSION_TTL, Alias, Branch, Data, Found, Version
from clusterdns_plugins.kubernetes.name_servers import NameServers
from clusterdns_plugins.kubernetes.readiness import ClusterReadiness
from clusterdns_plugins.kubernetes.request import Place, Zones

NO_ERRORS: tuple[ExtendedError, ...] = ()
ADDRESS_TYPES = frozenset({RRType.A, RRType.AAAA})
APEX_TYPES = frozenset({RRType.SOA, RRType.NS, RRType.ANY})
TURN_SECONDS = 1.0
"""How long a part of more endpoints than a message holds is given to everybody who asks."""

TRANSFER_TYPES = frozenset({RRType.AXFR, RRType.IXFR})


class Asked(NamedTuple):
    """A question, the place of its name, and the TTL and state of the table at this moment.

    origin: the zone in the asker's spelling. ttl: in seconds, of all records. errors: what every answer says.
    synced: whether all is known.
    """

    query: Query
    place: Place
    origin: Name
    ttl: int
    errors: tuple[ExtendedError, ...]
    synced: bool


class Kubernetes:
    """Answers for the zones of a cluster from its table.

    errors: what is said beside the answers. permissions: what the API server must allow.
    monotonic: the clock of replies that are remembered for a moment.
    fallthrough: zones in which a name that does not exist is left to the next plugin.
    """

    def __init__(
        self,
        table: Table,
        zones: Zones,
        finder: Finder,
        *,
        name_servers: NameServers,
        errors: ExtendedErrors,
        ttl: int,
        fallthrough: tuple[Name, ...],
        lookup: Lookup,
        monotonic: Callable[[], float],
        permissions: Callable[[], tuple[Rule, ...]],
        readiness: ClusterReadiness,
    ) -> None:
        self._table = table
        self._zones = zones
        self._finder = finder
        self._name_servers = name_servers
        self._errors = errors
        self._ttl = ttl
        self._fallthrough = fallthrough
        self._lookup = lookup
        self._monotonic = monotonic
        self._permissions = permissions
        self._readiness = readiness

    def permissions(self) -> tuple[Rule, ...]:
        """The rights that filling its table needs at the API server."""
        return self._permissions()

    def ready(self) -> bool:
        """Whether the table was complete once, for the plugin `ready`."""
        return self._readiness.ready()

    @property
    def readiness_may_end(self) -> bool:
        """Whether it must be asked for again after it was ready once."""
        return self._readiness.may_end

    def complaints(self) -> tuple[str, ...]:
        """A line for everything that is not up to date, for the page of the plugin `ready`."""
        return self._readiness.complaints()

    async def __call__(self, query: Query, next: Next, /) -> Reply:
        """Answer, or leave the query to the next plugin."""
        name, rtype = query.question.name, query.question.rtype
        place = self._zones.place(name)
        if place is None:
            return await next(query)
        if rtype in TRANSFER_TYPES:
            return replies.refused()
        # Whether the table is stale shows in every answer, so every answer depends on a row of it.
        synced = self._table.is_synced(noted=query.noted)
        ttl, errors = self._ttl, NO_ERRORS
        if self._errors.freshness.stale:
            ttl, errors = self._errors.ttl(ttl), self._errors.any()
        asked = Asked(query, place, place.origin(name), ttl, errors, synced)
        if not place.labels and rtype in APEX_TYPES:
            return self._apex(asked)
        if not synced and not self._finder.is_fixed(place):
            return replies.not_ready(self._soa(asked), self._errors.not_ready())
        found = self._finder.find(name, place, room=query.most_octets, noted=query.noted)
        if found is None:
            return await self._missing(asked, next)
        if isinstance(found, Alias) and rtype in ADDRESS_TYPES:
            return await self._alias(asked, found)
        return self._existing(asked, found)

    def _apex(self, asked: Asked) -> Reply:
        query, soa, errors = asked.query, self._soa(asked), asked.errors
        match query.rtype:
            case RRType.SOA:
                return replies.start_of_authority(soa, errors)
            case RRType.ANY:
                return replies.any_type(query.name, asked.ttl, errors=errors)
            case _:
                data = self._name_servers.data(
                    asked.origin, ttl=asked.ttl, room=query.most_octets, noted=query.noted
                )
                if data.rdatas:
                    return self._positive(asked, data, asked.ttl)
                return replies.no_data(soa, self._errors.no_data(Branch()))

    def _existing(self, asked: Asked, found: Found) -> Reply:
        query, rtype = asked.query, asked.query.question.rtype
        ttl = self._errors.ttl(VERSION_TTL) if isinstance(found, Version) else asked.ttl
        if rtype == RRType.ANY and found.has_data:
            return replies.any_type(query.name, ttl, errors=asked.errors)
        data = found.data(rtype, asked.origin, ttl=ttl, room=query.most_octets)
        if data.rdatas:
            return self._positive(asked, data, ttl)
        return replies.no_data(self._soa(asked), self._errors.no_data(found))

    async def _alias(self, asked: Asked, alias: Alias) -> Reply:
        def find(name: Name) -> Found | None:
            labels = name.labels_below(zone.name)
            return (
                None
                if labels is None
                else self._finder.find(name, Place(zone, labels), room=room, noted=noted)
            )

        zone, noted, room = asked.place.zone, asked.query.noted, asked.query.most_octets
        chase = Chase(zone=asked.origin, ttl=asked.ttl, find=find, lookup=self._lookup, reuse=self._reuse)
        reply = await chase.follow(asked.query, alias)
        if reply is None and not asked.synced:
            return replies.not_ready(self._soa(asked), self._errors.not_ready())
        if reply is None:
            return replies.no_data(self._soa(asked), self._errors.dangling())
        told = tuple(dict.fromkeys(asked.errors + reply.extended_errors))
        return replace(reply, extended_errors=told) if asked.errors else reply

    async def _missing(self, asked: Asked, next: Next) -> Reply:
        """Reply for a name that was not found. Before the first sync: SERVFAIL, never NXDOMAIN or `next`."""
        query = asked.query
        if not asked.synced:
            return replies.not_ready(self._soa(asked), self._errors.not_ready())
        if self._fallthrough and any(map(query.name.is_subdomain_of, self._fallthrough)):
            return await next(query)
        errors = self._errors.missing(asked.place, noted=query.noted)
        return replies.no_such_name(self._soa(asked), errors)

    def _positive(self, asked: Asked, data: Data, ttl: int) -> Reply:
        """The records of one type at the name."""
        return Reply(
            answer=(RRset(asked.query.question.name, ttl, data.rdatas),),
            additional=data.additional,
            truncated=data.cut,
            extended_errors=asked.errors,
            reuse=self._reuse(data),
        )

    def _reuse(self, data: Data) -> Reuse:
        """How the reply may be remembered: for a moment only, if its data begin somewhere else each time."""
        return Reuse(until=self._monotonic() + TURN_SECONDS) if data.turned else replies.FOREVER

    def _soa(self, asked: Asked) -> RRset:
        table, zone = self._table, asked.place.zone
        serial = table.multicluster_serial if zone.multicluster else table.serial
        return replies.soa_rrset(asked.origin, asked.ttl, serial)
