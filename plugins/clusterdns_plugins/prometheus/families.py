"""The metrics of queries and replies, named and cut into buckets as CoreDNS does."""

from typing import Final

from clusterdns.telemetry.metrics import Metrics

__all__ = ["DURATION_BOUNDS", "SCOPE", "SIZE_BOUNDS", "QueryFamilies"]

DURATION_BOUNDS: Final = tuple(0.00025 * 2**power for power in range(16))
SIZE_BOUNDS: Final = (0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16000, 32000, 48000, 64000)
SCOPE: Final = ("server", "zone", "view")
"""The labels that say which block answered where."""


class QueryFamilies:
    """Declares them. They are filled from tallies, before an export."""

    def __init__(self, metrics: Metrics) -> None:
        self.requests = metrics.counter(
            "coredns_dns_requests_total", "Queries.", (*SCOPE, "proto", "family", "type")
        )
        self.durations = metrics.histogram(
            "coredns_dns_request_duration_seconds",
            "Time that a query took to answer.",
            SCOPE,
            bounds=DURATION_BOUNDS,
        )
        self.request_sizes = metrics.histogram(
            "coredns_dns_request_size_bytes", "Size of a query.", (*SCOPE, "proto"), bounds=SIZE_BOUNDS
        )
        self.response_sizes = metrics.histogram(
            "coredns_dns_response_size_bytes", "Size of a reply.", (*SCOPE, "proto"), bounds=SIZE_BOUNDS
        )
        self.dnssec_ok = metrics.counter("coredns_dns_do_requests_total", "Queries with the DO bit.", SCOPE)
        self.responses = metrics.counter(
            "coredns_dns_responses_total", "Replies by response code.", (*SCOPE, "rcode", "plugin")
        )
