"""Filling the packet caches, as those of a server are that has been asked for a while: what is measured after
that is not their growth, which has a bound of its own."""

from typing import Final

from bench.hostile.objects import NAMESPACE
from bench.hostile.questions import DEAR, spelled
from bench.server import over_tcp, over_udp
from clusterdns.answering.packet_cache import MAX_BYTES
from testbed.wire import edns_query

LARGE: Final = 50_000
"""Octets that a large reply over TCP has at least."""

SMALL: Final = 1000
"""Octets that are counted for a small one over UDP at least."""


def fill_caches(port: int) -> None:
    """Ask for as much as each cache holds."""
    large = DEAR["A of 100,000 endpoints"]
    over_tcp(port, [spelled(large, turn) for turn in range(MAX_BYTES // LARGE)])
    names = (f"missing-{number}.{NAMESPACE}.svc.cluster.local" for number in range(MAX_BYTES // SMALL))
    over_udp(port, [edns_query(name) for name in names])
