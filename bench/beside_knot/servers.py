"""The two servers, each pinned to the first core."""

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.beside_knot.names import ZONE, Cluster, fqdn
from clusterdns.dns.constants import RRType
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from testbed.peers import Peer, free_port, program

SERVER_CORE: Final = "0"
READY_SECONDS: Final = 300.0
PAUSE_SECONDS: Final = 0.1

COREFILE: Final = """
. {{
    bind 127.0.0.1
    errors
    health 127.0.0.1:{health}
    ready 127.0.0.1:{ready}
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        manifests {folder}
        pods insecure
        ttl 5
    }}
    prometheus 127.0.0.1:{metrics}
    loadbalance
}}
"""

KNOT: Final = """
server:
    rundir: "{folder}"
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{folder}"
zone:
  - domain: {zone}
    file: "{file}"
    zonefile-sync: -1
    journal-content: none
"""


@contextmanager
def ours(cluster: Cluster, folder: Path) -> Generator[tuple[int, int]]:
    """Clusterdns with the stock plugins; its port and process id."""
    manifests = folder / "manifests"
    manifests.mkdir()
    cluster.write_manifests(manifests)
    ports = {name: free_port() for name in ("health", "ready", "metrics")}
    corefile = folder / "Corefile"
    corefile.write_text(COREFILE.format(folder=manifests, **ports), encoding="utf-8")
    port = free_port()
    command = ["taskset", "-c", SERVER_CORE, sys.executable, "-m", "clusterdns"]
    command += ["-quiet", "-conf", str(corefile), "-dns.port", str(port)]
    with _answering(command, port, folder / "log") as pid:
        yield port, pid


@contextmanager
def knot(cluster: Cluster, folder: Path) -> Generator[tuple[int, int]]:
    """Knot DNS with one worker for each transport; its port and process id."""
    file, port = folder / "zone", free_port()
    cluster.write_zone(file)
    settings = folder / "knot.conf"
    settings.write_text(KNOT.format(folder=folder, port=port, zone=ZONE, file=file), encoding="utf-8")
    command = ["taskset", "-c", SERVER_CORE, "knotd", "-c", str(settings)]
    with _answering(command, port, folder / "log") as pid:
        yield port, pid


@contextmanager
def _answering(command: list[str], port: int, log: Path) -> Generator[int]:
    """A server, once it answers for a Service; its process id."""
    with program(command, port=port, log=log, seconds=READY_SECONDS) as process:
        question = Question(Name.from_text(fqdn(1)), RRType.A)
        packet, deadline = (
            write_message(Message(id=1, question=(question,))),
            time.monotonic() + READY_SECONDS,
        )
        while not read_message(Peer(port).udp(packet)).answer:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no answer for {fqdn(1)}:\n{log.read_text()}")
            time.sleep(PAUSE_SECONDS)
        yield process.pid
