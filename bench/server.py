"""CPU time of a whole server process a query, over UDP and TCP on loopback, at full load from one client."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from bench.large_cluster import manifests
from bench.queries import COREFILE, SERVICES, packets
from clusterdns.dns.constants import RRType
from clusterdns.server.framing import Frames, framed

WINDOW = 32
"""Queries that the client keeps in flight."""

QUERIES = 100_000
READY_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(output: IO[str]) -> None:
    """Read what the server prints until it says its version: then it serves."""
    deadline = time.monotonic() + READY_SECONDS
    for line in output:
        if line.startswith("clusterdns-"):
            return
        if time.monotonic() > deadline:
            break
    raise RuntimeError("the server did not start")


def measure(corefile: Path, port: int) -> None:
    command = [sys.executable, "-m", "clusterdns", "-conf", str(corefile), "-dns.port", str(port)]
    hot = packets("service-{}.ns-{}.svc.cluster.local.", RRType.A, first=1, step=100)
    spread = packets("service-{}.ns-{}.svc.cluster.local.", RRType.A, first=1, step=2)
    missing = packets("missing-{}.ns-{}.svc.cluster.local.", RRType.A)
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            wait_until_ready(server.stdout)
            print(f"ready after {time.perf_counter() - began:.2f} s, {resident_megabytes(server.pid):.0f} MB")
            print(f"{'':40}{'µs CPU':>8}{'queries/s':>12}")
            report("UDP, first time asked: misses", server.pid, over_udp, port, spread)
            report("UDP, 100 hot names: hits", server.pid, over_udp, port, hot * (QUERIES // len(hot)))
            report("UDP, NXDOMAIN, first time asked", server.pid, over_udp, port, missing)
            report("TCP, 100 hot names: hits", server.pid, over_tcp, port, hot * (QUERIES // len(hot)))
        finally:
            server.terminate()


def main() -> None:
    with TemporaryDirectory() as folder:
        cluster, corefile = Path(folder, "cluster"), Path(folder, "Corefile")
        cluster.mkdir()
        Path(cluster, "cluster.yaml").write_text("---\n".join(manifests(SERVICES)), encoding="utf-8")
        corefile.write_text(COREFILE.format(folder=cluster).replace(".:0", "."), encoding="utf-8")
        measure(corefile, free_port())


if __name__ == "__main__":
    main()
