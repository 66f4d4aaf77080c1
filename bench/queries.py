"""CPU time of one query from its packet to the octets of its reply, sockets left out.

A hit is answered from the packet cache, a miss goes through the chain of the Corefile below.
"""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.large_cluster import NAMESPACES, write
from clusterdns.configuration.registry import discover
from clusterdns.configuration.settings import load
from clusterdns.dns.constants import Flag, RRType
from clusterdns.dns.edns import Edns
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.writer import write_message
from clusterdns.plugin import Client, Transport
from clusterdns.server import Server

SERVICES = 10_000
ROUNDS = 3
COREFILE = """
.:0 {{
    bind 127.0.0.1
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        manifests {folder}
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
    }}
    loadbalance
}}
"""
CLIENT = Client(
    address="127.0.0.1", port=40000, transport=Transport.UDP, local_address="127.0.0.1", local_port=53
)


def packets(pattern: str, rtype: int, *, first: int = 0, step: int = 1) -> list[bytes]:
    """A query for every Service that `pattern` can be filled with."""
    return [
        write_message(
            Message(
                id=number & 0xFFFF,
                flags=Flag.RD.value,
                question=(Question(Name.from_text(pattern.format(number, number % NAMESPACES)), rtype),),
                edns=Edns(),
            )
        )
        for number in range(first, SERVICES, step)
    ]


def microseconds(server: Server, queries: Sequence[bytes]) -> float:
    """CPU a query, over all of `queries` once."""
    (responder,) = server.responders
    answered: list[bytes | None] = []
    start = time.process_time()
    for packet in queries:
        responder.respond(packet, CLIENT, answered.append)
    spent = time.process_time() - start
    if len(answered) != len(queries) or None in answered:
        raise RuntimeError(f"{len(answered)} replies to {len(queries)} queries")
    return spent / len(queries) * 1e6


async def measure(folder: str) -> None:
    kinds = {
        "A of a ClusterIP Service": packets("service-{}.ns-{}.svc.cluster.local.", RRType.A, first=1, step=2),
        "AAAA, NODATA": packets("service-{}.ns-{}.svc.cluster.local.", RRType.AAAA, first=1, step=2),
        "SRV of a named port": packets("_http._tcp.service-{}.ns-{}.svc.cluster.local.", RRType.SRV, first=1),
        "A of a headless Service": packets("service-{}.ns-{}.svc.cluster.local.", RRType.A, step=10),
        "NXDOMAIN, no such Service": packets("missing-{}.ns-{}.svc.cluster.local.", RRType.A),
        "NXDOMAIN of a search path": packets("example-{}.com.ns-{}.svc.cluster.local.", RRType.A),
    }
    configuration = load(
        COREFILE.format(folder=folder), file="Corefile", registry=discover(), environ={}, dns_port=0
    )
    async with Server(configuration, packet_cache=False) as plain, Server(configuration) as remembering:
        print(f"{'microseconds of CPU a query':32}{'miss':>8}{'hit':>8}")
        for kind, queries in kinds.items():
            missed = min(microseconds(plain, queries) for _ in range(ROUNDS))
            microseconds(remembering, queries)
            hit = min(microseconds(remembering, queries) for _ in range(ROUNDS))
            print(f"{kind:32}{missed:8.1f}{hit:8.1f}", flush=True)


def main() -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder), SERVICES)
        asyncio.run(measure(folder))


if __name__ == "__main__":
    main()
