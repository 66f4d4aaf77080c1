"""How much memory the service table takes: 10,000 Services, 150,000 endpoints, both directions.

    python bench/table_memory.py [SERVICES] [ENDPOINTS]

Prints the growth of resident memory and what one change of a slice costs.
"""

import gc
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from clusterdns.cluster import ChangeSet, Endpoint, EndpointSlice, Namespace, Port, Service, Table
from clusterdns.cluster.endpoint import pack
from clusterdns.cluster.objects import ClusterObject
from clusterdns.rows import Noted

MOST_ENDPOINTS = 100
NAMESPACES = tuple(f"namespace-{number}" for number in range(100))
PORTS = (Port("http", 8080), Port("metrics", 9090))


def resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def endpoints(service: int, start: int, count: int) -> Iterator[Endpoint]:
    for number in range(start, start + count):
        yield Endpoint(
            addresses=(bytes((10, *number.to_bytes(3, "big"))),),
            hostname=f"web-{number - start}" if service % 5 == 0 else "",
            pod=f"service-{service}-6d4cf56db6-{number % 99999:05}",
            node=f"node-{number % 5000}.example",
            zone=f"region-{'abc'[number % 3]}",
        )


def objects(services: int, wanted: int) -> Iterator[ClusterObject]:
    yield from (Namespace(name=name) for name in NAMESPACES)
    position = 0
    for service in range(services):
        namespace = NAMESPACES[service % len(NAMESPACES)]
        headless = service % 5 == 0
        address = bytes((172, *(16 * 65536 + service).to_bytes(3, "big")))
        yield Service(
            namespace=namespace,
            name=f"service-{service}",
            headless=headless,
            cluster_ips=() if headless else (address,),
            ports=PORTS,
            version=str(10_000_000 + service),
        )
        until = wanted * (service + 1) // services
        while position < until:
            count = min(MOST_ENDPOINTS, until - position)
            yield EndpointSlice(
                namespace=namespace,
                name=f"service-{service}-{position:x}",
                service=f"service-{service}",
                ports=PORTS,
                packed=pack(endpoints(service, position, count)),
                version=str(20_000_000 + position),
            )
            position += count


def main(services: int, wanted: int) -> None:
    table = Table()
    list(objects(10, 150))
    gc.collect()
    before = resident_megabytes()
    for item in objects(services, wanted):
        table.apply(ChangeSet(put=(item,)))
    gc.collect()
    print(f"{services:,} Services, {wanted:,} endpoints: +{resident_megabytes() - before:.1f} MB resident")
    began = time.perf_counter()
    gc.collect()
    print(f"full garbage collection: {(time.perf_counter() - began) * 1e3:.2f} ms")
    huge = EndpointSlice(
        namespace="big", name="big", service="big", packed=pack(endpoints(1, wanted, MOST_ENDPOINTS))
    )
    began = time.perf_counter()
    table.apply(ChangeSet(put=(huge,)))
    print(f"a new slice of {MOST_ENDPOINTS} endpoints: {(time.perf_counter() - began) * 1e3:.2f} ms")
    began = time.perf_counter()
    for service in range(services):
        table.service(NAMESPACES[service % len(NAMESPACES)], f"service-{service}", noted=Noted())
    print(f"a look-up by name: {(time.perf_counter() - began) / services * 1e6:.2f} µs")


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(arguments or [10_000, 150_000]))
