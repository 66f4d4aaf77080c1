"""CPU time of a whole server process a query, over UDP and TCP on loopback, at full load from one client."""

import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.large_cluster import write
from bench.process import cpu_seconds, resident_megabytes, serving
from bench.queries import COREFILE, SERVICES, packets
from clusterdns.dns.constants import RRType
from clusterdns.transports.framing import Frames, framed
from testbed.peers import free_port

WINDOW = 32
"""Queries that the client keeps in flight."""

QUERIES = 100_000


def over_udp(port: int, queries: Sequence[bytes]) -> int:
    """Ask all, a window at a time; the number of replies."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(2)
        client.connect(("127.0.0.1", port))
        answered = 0
        for at in range(0, len(queries), WINDOW):
            window = queries[at : at + WINDOW]
            for packet in window:
                client.send(packet)
            for _ in window:
                client.recv(4096)
                answered += 1
        return answered


def over_tcp(port: int, queries: Sequence[bytes]) -> int:
    """The same on one connection."""
    frames, answered = Frames(), 0
    with socket.create_connection(("127.0.0.1", port), timeout=2) as client:
        for at in range(0, len(queries), WINDOW):
            window = queries[at : at + WINDOW]
            client.sendall(b"".join(map(framed, window)))
            expected = answered + len(window)
            while answered < expected:
                frames.feed(client.recv(65536))
                while frames.next() is not None:
                    answered += 1
    return answered


def report(
    kind: str, pid: int, ask: Callable[[int, Sequence[bytes]], int], port: int, queries: Sequence[bytes]
) -> None:
    before, began = cpu_seconds(pid), time.perf_counter()
    answered = ask(port, queries)
    spent, took = cpu_seconds(pid) - before, time.perf_counter() - began
    print(f"{kind:40}{spent / answered * 1e6:8.1f}{answered / took:12,.0f}", flush=True)


def measure(corefile: Path, port: int) -> None:
    hot = packets("service-{}.ns-{}.svc.cluster.local.", RRType.A, first=1, step=100)
    spread = packets("service-{}.ns-{}.svc.cluster.local.", RRType.A, first=1, step=2)
    missing = packets("missing-{}.ns-{}.svc.cluster.local.", RRType.A)
    began = time.perf_counter()
    with serving(corefile, port, watched=False) as pid:
        print(f"ready after {time.perf_counter() - began:.2f} s, {resident_megabytes(pid):.0f} MB")
        print(f"{'':40}{'µs CPU':>8}{'queries/s':>12}")
        report("UDP, first time asked: misses", pid, over_udp, port, spread)
        report("UDP, 100 hot names: hits", pid, over_udp, port, hot * (QUERIES // len(hot)))
        report("UDP, NXDOMAIN, first time asked", pid, over_udp, port, missing)
        report("TCP, 100 hot names: hits", pid, over_tcp, port, hot * (QUERIES // len(hot)))


def main() -> None:
    with TemporaryDirectory() as folder:
        cluster, corefile = Path(folder, "cluster"), Path(folder, "Corefile")
        cluster.mkdir()
        write(cluster, SERVICES)
        corefile.write_text(COREFILE.format(folder=cluster).replace(".:0", "."), encoding="utf-8")
        measure(corefile, free_port())


if __name__ == "__main__":
    main()
