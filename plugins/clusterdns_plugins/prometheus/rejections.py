"""Counts replies that come from no block, once for the whole server."""

from types import TracebackType
from typing import Final, Self

from clusterdns.capabilities import Rejection
from clusterdns.dns.constants import Rcode, rcode_text
from clusterdns.telemetry.metrics import Metrics
from clusterdns_plugins.prometheus.families import QueryFamilies
from clusterdns_plugins.prometheus.rejection_fields import read_fields
from clusterdns_plugins.prometheus.tallies import SIZE_BUCKET, Tallies

__all__ = ["Rejections"]

DROPPED_RCODES: Final = frozenset({Rcode.REFUSED, Rcode.SERVFAIL})


class Rejections:
    """Counts refused queries and bugs under the zone `dropped`, as CoreDNS does, and malformed packets in a
    metric of their own, which CoreDNS does not have."""

    def __init__(self, metrics: Metrics) -> None:
        self._tallies = Tallies(QueryFamilies(metrics))
        self._metrics = metrics
        self._invalid = metrics.counter(
            "clusterdns_invalid_queries_total",
            "Packets that are no valid query.",
            ("server", "proto", "rcode"),
        )

    async def __aenter__(self) -> Self:
        self._tallies.begin_export(self._metrics)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tallies.end_export()

    def on_rejection(self, rejection: Rejection) -> None:
        """Count one; its question is read from the reply."""
        client, reply = rejection.client, rejection.reply
        rtype, dnssec_ok, upper_rcode = read_fields(reply)
        rcode = reply[3] & 0x0F | upper_rcode
        if rcode not in DROPPED_RCODES:
            self._invalid.of(rejection.server, client.transport.proto, rcode_text(rcode)).add()
            return
        kind = (
            rejection.server,
            None,
            client.transport,
            ":" in client.address,
            rtype,
            dnssec_ok,
            rcode,
            SIZE_BUCKET[len(rejection.request)],
            SIZE_BUCKET[len(reply)],
            0,
        )
        tally = self._tallies.by_kind.get(kind) or self._tallies.of(kind)
        tally.count += 1
        tally.request_octets += len(rejection.request)
        tally.reply_octets += len(reply)
