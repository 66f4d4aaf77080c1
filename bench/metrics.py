"""The cost of counting a query: the same queries with the plugin `prometheus` in the block and without."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.large_cluster import write
from bench.queries import COREFILE, SERVICES, microseconds, packets
from clusterdns.configuration.registry import discover
from clusterdns.configuration.settings import load
from clusterdns.dns.constants import RRType
from clusterdns.server import Server

ROUNDS = 15
COUNTING = COREFILE.replace("    errors\n", "    prometheus 127.0.0.1:0\n    errors\n")


async def measure(folder: str) -> None:
    queries = packets("service-{}.ns-{}.svc.cluster.local.", RRType.A, first=1, step=2)
    print(f"{'microseconds of CPU a query':32}{'without':>9}{'with':>9}{'cost':>9}")
    for kind, packet_cache in (("miss", False), ("hit", True)):
        plain, counting = (
            Server(
                load(text.format(folder=folder), file="", registry=discover(), environ={}, dns_port=0),
                packet_cache=packet_cache,
            )
            for text in (COREFILE, COUNTING)
        )
        async with plain, counting:
            rounds = [(microseconds(plain, queries), microseconds(counting, queries)) for _ in range(ROUNDS)]
        without, with_it = (min(figures) for figures in zip(*rounds[1:], strict=True))
        print(f"{kind:32}{without:9.2f}{with_it:9.2f}{with_it - without:9.2f}", flush=True)


def main() -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder), SERVICES)
        asyncio.run(measure(folder))


if __name__ == "__main__":
    main()
