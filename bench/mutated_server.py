"""A million damaged packets into a server that runs, sockets left out.

    python -m bench.mutated_server [ROUNDS] [SEED]

Each gets one reply or none, no larger than a reply may be, and afterwards the process is no larger than it
was. It has no packet cache, so that every packet goes the whole way and nothing is kept for good reason.
Ends with a traceback, after printing the packet, if something of that is not so. The same seed gives the
same packets.
"""

import asyncio
import gc
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from random import Random

from bench.process import resident_megabytes
from bench.queries import CLIENT
from clusterdns.configuration.registry import discover
from clusterdns.configuration.settings import load
from clusterdns.dns.constants import Rcode, rcode_text
from clusterdns.server import Server
from testbed.asking import Answer, check_size
from testbed.mutations import mutants
from testbed.packets import query_packets

ROUNDS = 1_000_000
WARM_UP = 100_000
"""Packets after which the allocator has taken what it takes."""

MOST_GROWTH = 1.05
"""Resident memory at the end over that after warming up."""

COREFILE = """
cluster.local:0 in-addr.arpa:0 ip6.arpa:0 {
    bind 127.0.0.1
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        manifests examples/cluster
        pods verified
    }
}
"""


class Replies:
    """The replies of one server, checked one by one and counted by outcome."""

    def __init__(self, server: Server) -> None:
        (self._responder,) = server.responders
        self._server = server
        self.outcomes: Counter[str] = Counter()
        self.dearest = 0.0

    def to_all(self, packets: Iterator[bytes]) -> None:
        for packet in packets:
            before = time.process_time()
            try:
                self.outcomes[self._outcome(packet)] += 1
            except BaseException:
                print(f"broken by {packet.hex()}")
                raise
            self.dearest = max(self.dearest, time.process_time() - before)

    def _outcome(self, packet: bytes) -> str:
        replies: list[bytes | None] = []
        self._responder.respond(packet, CLIENT, replies.append)
        if len(replies) != 1 or self._server.counters.panics:
            raise AssertionError(f"{len(replies)} outcomes, {self._server.counters.panics} failures")
        (reply,) = replies
        if reply is None:
            return "no reply"
        check_size(packet, Answer(reply))
        return rcode_text(Rcode(reply[3] & 15))


async def measure(rounds: int, seed: int) -> None:
    configuration = load(COREFILE, file="Corefile", registry=discover(), environ={}, dns_port=0)
    packets = mutants(query_packets(), Random(seed))
    async with Server(configuration, packet_cache=False) as server:
        replies = Replies(server)
        start = time.process_time()
        replies.to_all(islice(packets, min(rounds, WARM_UP)))
        gc.collect()
        before = resident_megabytes(os.getpid())
        replies.to_all(islice(packets, max(0, rounds - WARM_UP)))
        gc.collect()
        after = resident_megabytes(os.getpid())
        seconds = time.process_time() - start
    for text, count in replies.outcomes.most_common():
        print(f"{count:>10,}  {text}")
    print(f"{rounds:>10,}  in {seconds:.1f} s of CPU; the dearest took {replies.dearest * 1e3:.2f} ms")
    print(f"resident: {before:.1f} MB after {min(rounds, WARM_UP):,} packets, {after:.1f} MB at the end")
    if after > before * MOST_GROWTH:
        raise AssertionError(f"the process has grown from {before:.1f} to {after:.1f} MB")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    asyncio.run(measure(rounds, seed))


if __name__ == "__main__":
    main()
