"""Counting queries for the price of one dictionary look-up.

A query belongs to a *kind*: everything that any metric tells apart. Each kind has one tally, which all
metrics are made from when somebody reads them:

    query  ─▶ kind ─▶ tally += 1                  on the path of the query
    export ─▶ every tally into every family       and begin anew

There are few kinds: sizes and times are cut into buckets here already. Should there be many all the same,
as in a flood of odd types, tallies go into the families early, so that their number stays bounded.
"""

from bisect import bisect_left
from collections.abc import Callable
from typing import Final, TypeAlias

from clusterdns.capabilities import Hit
from clusterdns.dns.constants import RRType, rcode_text, type_text
from clusterdns.dns.name import Name
from clusterdns.plugin import Query, Reply, Transport
from clusterdns.telemetry.metrics import Metrics
from clusterdns_plugins.prometheus.families import DURATION_BOUNDS, SIZE_BOUNDS, QueryFamilies

__all__ = ["SIZE_BUCKET", "VIEW", "BlockObserver", "Kind", "Tallies", "Tally"]

MOST_KINDS: Final = 1024
"""Kinds that are kept apart at most: writing so many into the families takes few milliseconds."""

SIZE_BUCKET: Final = bytes(bisect_left(SIZE_BOUNDS, size) for size in range(65536))
"""The bucket of a message by its size in octets."""

DNSSEC_OK: Final = 0x8000
SHORTEST: Final = DURATION_BOUNDS[0]
"""Nearly every query is answered within that."""

DROPPED: Final = "dropped"
"""The zone of queries that no chain was asked for; no zone is called so, it has no final dot (CoreDNS)."""

VIEW: Final = ""
"""No block has a view yet."""

NAMED_TYPES: Final = frozenset(
    {
        RRType.A,
        RRType.AAAA,
        RRType.CNAME,
        RRType.DNSKEY,
        RRType.DS,
        RRType.MX,
        RRType.NSEC,
        RRType.NSEC3,
        RRType.NS,
        RRType.PTR,
        RRType.RRSIG,
        RRType.SOA,
        RRType.SRV,
        RRType.TXT,
        RRType.HTTPS,
        RRType.SVCB,
        RRType.IXFR,
        RRType.AXFR,
        RRType.ANY,
    }
)
"""The types that CoreDNS's metrics name; the others are `other`, or clients could make series at will."""

Kind: TypeAlias = tuple[str, bytes | None, Transport, bool, int, bool, int, int, int, int]
"""Server; key of the zone, None for `dropped`; transport; whether over IPv6; type; DO bit; response
code; buckets of the sizes of query and reply, and of the time. A plain tuple: made for every query, it has to
be cheap."""


class Tally:
    """The number of queries of one kind, and the sums of their sizes and times."""

    __slots__ = ("count", "reply_octets", "request_octets", "seconds")

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0
        self.request_octets = 0
        self.reply_octets = 0


class Tallies:
    """The tallies of queries for which the label `plugin` is the same, by their kind."""

    def __init__(self, families: QueryFamilies, plugin: str = "") -> None:
        self.plugin = plugin
        self.by_kind: dict[Kind, Tally] = {}
        self._families = families
        self._end_export: Callable[[], None] = lambda: None

    def begin_export(self, metrics: Metrics) -> None:
        """Write everything into the families whenever `metrics` are read."""
        self._end_export = metrics.on_export(self.flush)

    def end_export(self) -> None:
        """Write what is left, and no more from now on."""
        self._end_export()
        self.flush()

    def of(self, kind: Kind) -> Tally:
        """The tally of a kind, a new one if there is none. Ask `by_kind` first: it mostly has it."""
        if len(self.by_kind) >= MOST_KINDS:
            self.flush()
        return self.by_kind.setdefault(kind, Tally())

    def flush(self) -> None:
        """Write everything into the families and begin anew."""
        kinds, self.by_kind = self.by_kind, {}
        for kind, tally in kinds.items():
            self._add(kind, tally)

    def _add(self, kind: Kind, tally: Tally) -> None:
        server, zone_key, transport, ipv6, rtype, dnssec_ok, rcode, request, reply, duration = kind
        zone = DROPPED if zone_key is None else Name(zone_key).to_text()
        families, scope, proto = self._families, (server, zone, VIEW), transport.proto
        family = "2" if ipv6 else "1"
        named = type_text(rtype) if rtype in NAMED_TYPES else "other"
        families.requests.of(*scope, proto, family, named).add(tally.count)
        families.durations.of(*scope).add(duration, times=tally.count, total=tally.seconds)
        families.request_sizes.of(*scope, proto).add(request, times=tally.count, total=tally.request_octets)
        families.response_sizes.of(*scope, proto).add(reply, times=tally.count, total=tally.reply_octets)
        if dnssec_ok:
            families.dnssec_ok.of(*scope).add(tally.count)
        families.responses.of(*scope, rcode_text(rcode), self.plugin).add(tally.count)


class BlockObserver:
    """Counts what one server block answers."""

    def __init__(self, tallies: Tallies) -> None:
        self._tallies = tallies

    def on_answer(self, query: Query, reply: Reply, *, request: bytes, octets: bytes, seconds: float) -> None:
        """Count a query that went through the chain."""
        tallies, client, edns = self._tallies, query.client, query.message.edns
        kind = (
            query.server,
            query.zone.key,
            client.transport,
            ":" in client.address,
            query.question.rtype,
            edns is not None and edns.flags & DNSSEC_OK != 0,
            reply.rcode,
            SIZE_BUCKET[len(request)],
            SIZE_BUCKET[len(octets)],
            0 if seconds <= SHORTEST else bisect_left(DURATION_BOUNDS, seconds),
        )
        try:
            tally = tallies.by_kind[kind]
        except KeyError:
            tally = tallies.of(kind)
        tally.count += 1
        tally.seconds += seconds
        tally.request_octets += len(request)
        tally.reply_octets += len(octets)

    def on_hit(self, hit: Hit) -> None:
        """Count a query that was answered from memory, in no time worth measuring."""
        tallies, request, reply = self._tallies, hit.request, hit.reply
        rtype, dnssec_ok, rcode = hit.outline
        kind = (
            hit.server,
            hit.zone.key,
            hit.transport,
            hit.is_ipv6,
            rtype,
            dnssec_ok,
            rcode,
            SIZE_BUCKET[len(request)],
            SIZE_BUCKET[len(reply)],
            0,
        )
        try:
            tally = tallies.by_kind[kind]
        except KeyError:
            tally = tallies.of(kind)
        tally.count += 1
        tally.request_octets += len(request)
        tally.reply_octets += len(reply)
