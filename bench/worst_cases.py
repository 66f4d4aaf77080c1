"""The dearest messages that a client can send: microseconds of CPU and extra memory, sockets left out.

Ends with exit status 1 if one of them costs more than 5 ms or 1 MB.
"""

import asyncio
import gc
import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from clusterdns.configuration.registry import discover
from clusterdns.configuration.settings import load
from clusterdns.dns.constants import RRType
from clusterdns.plugin import Client, Transport
from clusterdns.server import Server
from testbed.wire import edns_query, query
from testbed.worst_cases import worst_queries

MOST_MICROSECONDS = 5000
MOST_OCTETS = 1_000_000
ATTEMPTS = 15
ENDPOINTS = 4090
LINKS = 1000

COREFILE = """
.:0 {{
    bind 127.0.0.1
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        manifests {folder}
        pods insecure
    }}
    loadbalance
}}
"""
HUGE = "huge.ns.svc.cluster.local"


def manifests() -> Iterator[dict[str, Any]]:
    """A headless Service with as many endpoints as a message holds, and a chain of aliases."""
    place = {"namespace": "ns"}
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ns"}}
    spec: dict[str, Any] = {"clusterIP": "None", "ports": [{"name": "http", "port": 80}]}
    yield {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "huge"} | place, "spec": spec}
    for link in range(LINKS):
        spec = {"type": "ExternalName", "externalName": f"link{link + 1}.ns.svc.cluster.local"}
        yield {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": f"link{link}"} | place,
            "spec": spec,
        }
    yield {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "huge-1", "labels": {"kubernetes.io/service-name": "huge"}} | place,
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": 80}],
        "endpoints": [{"addresses": [f"10.9.{at // 256}.{at % 256}"]} for at in range(ENDPOINTS)],
    }


def dear_answers() -> dict[str, bytes]:
    """Ordinary queries with large answers or long ways to them."""
    labels = ".".join(["a"] * 113)
    nibbles = ".".join(["0"] * 32)
    return {
        f"{ENDPOINTS} addresses": edns_query(HUGE),
        f"{ENDPOINTS} SRV records": edns_query(HUGE, RRType.SRV),
        "ANY of them": edns_query(HUGE, RRType.ANY),
        f"a chain of {LINKS} aliases": edns_query("link0.ns.svc.cluster.local"),
        "127 labels in the zone": query(f"{labels}.cluster.local"),
        "an IPv6 reverse name": query(f"{nibbles}.ip6.arpa", RRType.PTR),
    }


class Price:
    """What one packet costs, over one transport."""

    def __init__(self, server: Server, packet: bytes, transport: Transport) -> None:
        (responder,) = server.responders
        client = Client(
            address="127.0.0.1", port=4, transport=transport, local_address="127.0.0.1", local_port=53
        )
        self._run: Callable[[], None] = lambda: responder.respond(packet, client, lambda _: None)

    def microseconds(self) -> float:
        """The median of some runs."""
        times: list[float] = []
        gc.collect()
        for _ in range(ATTEMPTS):
            start = time.process_time()
            self._run()
            times.append(time.process_time() - start)
        return statistics.median(times) * 1e6

    def peak_octets(self) -> int:
        tracemalloc.start()
        try:
            self._run()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


async def measure(folder: str) -> bool:
    """Print a line a message; whether all are within the bounds."""
    corefile = COREFILE.format(folder=folder)
    configuration = load(corefile, file="Corefile", registry=discover(), environ={}, dns_port=0)
    fine = True
    async with Server(configuration, packet_cache=False) as server:
        print(f"{'':36}{'octets':>8}{'udp µs':>8}{'kB':>6}{'tcp µs':>8}{'kB':>6}")
        for text, packet in (worst_queries() | dear_answers()).items():
            figures = ""
            for transport in (Transport.UDP, Transport.TCP):
                price = Price(server, packet, transport)
                spent, octets = price.microseconds(), price.peak_octets()
                fine = fine and spent <= MOST_MICROSECONDS and octets <= MOST_OCTETS
                figures += f"{spent:8.0f}{octets / 1000:6.0f}"
            print(f"{text:36}{len(packet):8,}{figures}", flush=True)
    return fine


def main() -> int:
    with TemporaryDirectory() as folder:
        items = {"apiVersion": "v1", "kind": "List", "items": list(manifests())}
        Path(folder, "cluster.json").write_text(json.dumps(items), encoding="utf-8")
        return 0 if asyncio.run(measure(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
