"""Counting the queries of one server block as they pass."""

from bisect import bisect_left
from typing import Final

from clusterdns.capabilities import Hit
from clusterdns.plugin import Query, Reply
from clusterdns_plugins.prometheus.families import DURATION_BOUNDS
from clusterdns_plugins.prometheus.tallies import SIZE_BUCKET, Tallies

__all__ = ["BlockObserver"]

DNSSEC_OK: Final = 0x8000
SHORTEST: Final = DURATION_BOUNDS[0]
"""Nearly every query is answered within that."""


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
