"""The dearest messages that a client can send, to the dearest clusters there are: thread CPU of each.

    python -m bench.worst_cases

The questions are asked over both transports, in another case each time, as no cache has them, and
with `loadbalance` and `fallthrough`. Sockets are left out. Prints all messages made to be
dear, the dearest forty questions, and which cost more than 5 ms or more than 1 MB; if any does, the exit
status is 1.
"""

import asyncio
import gc
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from bench.dearest_cluster import registry
from bench.dearest_questions import block_list, in_another_case, questions
from clusterdns.configuration.settings import load
from clusterdns.dns.edns import Edns
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.writer import write_message
from clusterdns.plugin import Client, Transport
from clusterdns.server import Server
from testbed.worst_cases import worst_queries

MOST_MICROSECONDS: Final = 5000
MOST_OCTETS: Final = 1_000_000
ATTEMPTS: Final = 11
SHOWN: Final = 40

COREFILE: Final = """
.:0 {{
    hosts {folder}/hosts ads.test {{
        reload 0
        fallthrough
    }}
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        manifests {folder}/cluster.yaml
        pods insecure
        zonal
        fallthrough somewhere.cluster.local
    }}
    loadbalance
    filling
}}
"""


class Price(NamedTuple):
    """The cost of a packet over one transport, and the length of the reply."""

    microseconds: float
    octets: int
    reply: int


Packets = Callable[[int], bytes]
"""A packet for each attempt."""


def price(server: Server, packets: Packets, transport: Transport) -> Price:
    """The median of some attempts."""
    responder = server.responders[0]
    client = Client(
        address="127.0.0.1", port=4, transport=transport, local_address="127.0.0.1", local_port=53
    )
    replies: list[bytes | None] = []
    times: list[float] = []
    for attempt in range(ATTEMPTS):
        packet = packets(attempt)
        start = time.thread_time()
        responder.respond(packet, client, replies.append)
        times.append(time.thread_time() - start)
    packet = packets(ATTEMPTS)
    tracemalloc.start()
    try:
        responder.respond(packet, client, replies.append)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return Price(statistics.median(times) * 1e6, peak, len(replies[-1] or b""))


def asking(name: Name, rtype: int) -> Packets:
    """Queries for a name, in another case each."""
    return lambda attempt: write_message(
        Message(
            id=7, question=(Question(in_another_case(name, attempt + 1), rtype),), edns=Edns(payload=1232)
        )
    )


def line(text: str, prices: list[Price]) -> str:
    """A line of the table."""
    return f"{text:36}" + "".join(
        f"{each.microseconds:9.0f}{each.octets / 1000:7.0f}{each.reply:8,}" for each in prices
    )


def is_over(prices: list[Price]) -> bool:
    """Whether any of them is more than a message may cost."""
    return any(each.microseconds > MOST_MICROSECONDS or each.octets > MOST_OCTETS for each in prices)


async def measure(folder: str) -> bool:
    """Print the tables; whether all is within the bounds."""
    configuration = load(
        COREFILE.format(folder=folder), file="Corefile", registry=registry(), environ={}, dns_port=0
    )
    async with Server(configuration, packet_cache=False) as server:
        gc.collect()
        gc.freeze()
        asked = {text: asking(name, rtype) for text, name, rtype in questions()}
        made = {text: _always(packet) for text, packet in worst_queries().items()}
        found = {
            text: [price(server, packets, transport) for transport in Transport]
            for text, packets in (made | asked).items()
        }
    print(f"{'':36}" + "".join(f"{each + ' µs':>9}{'kB':>7}{'reply':>8}" for each in Transport))
    dearest = sorted(asked, key=lambda text: -max(each.microseconds for each in found[text]))
    for text in (*made, *dearest[:SHOWN]):
        print(line(text, found[text]))
    over = [text for text, prices in found.items() if is_over(prices)]
    print(f"{len(asked)} questions, {len(over)} over {MOST_MICROSECONDS} µs or {MOST_OCTETS:,} octets")
    for text in over:
        print(line(text, found[text]))
    return not over


def _always(packet: bytes) -> Packets:
    return lambda _attempt: packet


def main() -> int:
    with TemporaryDirectory() as folder:
        namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: ns}\n"
        Path(folder, "cluster.yaml").write_text(namespace, encoding="utf-8")
        Path(folder, "hosts").write_text(block_list(), encoding="utf-8")
        return 0 if asyncio.run(measure(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
