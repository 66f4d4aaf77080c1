"""The metrics of the server itself: load, packet caches, and queries that it could not answer."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from clusterdns.answering.in_flight import InFlight
from clusterdns.answering.packet_cache import PacketCache
from clusterdns.plugin import Transport
from clusterdns.telemetry.counters import Counters
from clusterdns.telemetry.metrics import Metrics
from clusterdns.transports.connections import Connections

__all__ = ["declare_caches", "declare_counters", "declare_drops", "declare_load"]

LISTENER = ("server", "proto")


def declare_counters(metrics: Metrics, counters: Counters) -> None:
    """Export the counters of the request path."""
    metrics.counter(
        "coredns_panics_total", "Bugs of plugins, answered SERVFAIL where a reply depended on it."
    ).reads(lambda: counters.panics)
    metrics.counter(
        "clusterdns_queries_overloaded_total", "Queries dropped since too many were in flight."
    ).reads(lambda: counters.overloaded)
    metrics.counter(
        "clusterdns_queries_timed_out_total", "Queries answered SERVFAIL since plugins took too long."
    ).reads(lambda: counters.timed_out)
    metrics.counter("clusterdns_replies_unsendable_total", "Replies that the kernel refused to send.").reads(
        lambda: counters.unsendable
    )
    declare_drops(metrics)


def declare_drops(metrics: Metrics, server: str = "", drops: Iterable[Callable[[], int]] = ()) -> None:
    """Declare the counter of datagrams that the kernel dropped; `drops` read it for listener `server`."""
    family = metrics.counter(
        "clusterdns_udp_receive_dropped_total",
        "Datagrams that the kernel dropped since a receive buffer was full.",
        ("server",),
    )
    for count in drops:
        family.reads(count, server)


def declare_load(metrics: Metrics, in_flight: InFlight, connections: Connections) -> None:
    """Export the numbers of queries in flight and of open connections."""
    metrics.gauge("clusterdns_queries_in_flight", "Queries that wait for something.").reads(
        lambda: len(in_flight)
    )
    metrics.gauge("clusterdns_tcp_connections", "Open TCP connections.").reads(lambda: len(connections))
    metrics.counter(
        "clusterdns_tcp_connections_evicted_total", "Connections closed to make room for new ones."
    ).reads(lambda: connections.evicted)


def declare_caches(metrics: Metrics, server: str, caches: Mapping[Transport, PacketCache]) -> None:
    """Export the packet caches of the listener that is called `server`."""
    entries = metrics.gauge("clusterdns_packet_cache_entries", "Replies remembered as packets.", LISTENER)
    size = metrics.gauge("clusterdns_packet_cache_size_bytes", "What they take, estimated.", LISTENER)
    hits = metrics.counter("clusterdns_packet_cache_hits_total", "Queries answered by them.", LISTENER)
    for transport, cache in caches.items():
        labels = (server, transport.proto)
        entries.reads(cache.__len__, *labels)
        size.reads(partial(getattr, cache, "bytes"), *labels)
        hits.reads(partial(getattr, cache, "hits"), *labels)
