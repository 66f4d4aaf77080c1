"""The effect of an edit of a manifest on the latency of queries meanwhile, and the time until it is answered.

A server process holds 10,000 Services from files. One client asks at about 700 queries a second, without
pause, and measures each answer; meanwhile files are edited: a file of 100 kB, and the one with everything.
"""

import random
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.large_cluster import manifests, write
from bench.process import serving
from bench.queries import COREFILE, SERVICES, packets
from clusterdns.dns.constants import Flag, RRType
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.writer import write_message
from testbed.peers import free_port

EDITS = 12
SMALL_SERVICES = 650
"""Services in the small file: about 100 kB."""

PAUSE_SECONDS = 0.001
SETTLE_SECONDS = 1.5
"""Asked on after an edit was answered, so that its whole work is measured."""

LONGEST_SECONDS = 20.0


def small_file(turn: int) -> str:
    """A hundred kilobytes of Services whose addresses say which turn of the edit this is."""
    return "---\n".join(
        "apiVersion: v1\nkind: Service\n"
        f"metadata: {{name: small-{number}, namespace: ns-1, labels: {{app: a}}}}\n"
        f"spec: {{clusterIP: 10.{turn}.{number // 250}.{number % 250 + 1},"
        " ports: [{name: http, port: 80}]}\n"
        for number in range(SMALL_SERVICES)
    )


def query(name: str) -> bytes:
    return write_message(
        Message(id=1, flags=Flag.RD.value, question=(Question(Name.from_text(name), RRType.A),))
    )


class Asker:
    """Asks one thing after another and keeps how long each answer took, in milliseconds."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(5)
        self._socket.connect(("127.0.0.1", port))
        self._others = packets("service-{}.ns-{}.svc.cluster.local.", RRType.A)
        self.took: list[float] = []

    def ask(self, packet: bytes) -> bytes:
        began = time.perf_counter()
        self._socket.send(packet)
        reply = self._socket.recv(4096)
        self.took.append((time.perf_counter() - began) * 1e3)
        time.sleep(PAUSE_SECONDS)
        return reply

    def until(self, packet: bytes, ending: bytes) -> float:
        """Ask `packet`, and others between, until its reply ends like that; seconds that it took."""
        began = time.perf_counter()
        while not self.ask(packet).endswith(ending):
            self.ask(random.choice(self._others))
            if time.perf_counter() - began > LONGEST_SECONDS:
                raise TimeoutError(f"no reply ends with {ending.hex()}")
        return time.perf_counter() - began

    def on(self, seconds: float) -> None:
        """Go on asking."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.ask(random.choice(self._others))


Edit = Callable[[int], tuple[str, bytes]]
"""Makes the edit of a turn; returns which name's address ends how when it is answered."""


def report(kind: str, asker: Asker, edit: Edit | None) -> None:
    asker.took.clear()
    answered: list[float] = []
    for turn in range(1, EDITS + 1):
        if edit is not None:
            name, ending = edit(turn)
            answered.append(asker.until(query(name), ending) * 1e3)
        asker.on(SETTLE_SECONDS)
    p99 = statistics.quantiles(asker.took, n=100)[98]
    late = f"{statistics.median(answered):8.0f}{max(answered):8.0f}" if answered else f"{'':16}"
    print(f"{kind:36}{late}{p99:8.2f}{max(asker.took):8.2f}{len(asker.took):9,}", flush=True)


def edits(folder: Path) -> Iterator[tuple[str, Edit | None]]:
    small, big = folder / "small.yaml", folder / "cluster.yaml"
    texts = list(manifests(SERVICES))

    def edit_small(turn: int) -> tuple[str, bytes]:
        small.write_text(small_file(turn), encoding="utf-8")
        return "small-0.ns-1.svc.cluster.local.", bytes([10, turn, 0, 1])

    def edit_one_of_many(turn: int) -> tuple[str, bytes]:
        changed = [text.replace("clusterIP: 10.96.0.2,", f"clusterIP: 10.99.{turn}.2,") for text in texts]
        big.write_text("---\n".join(changed), encoding="utf-8")
        return "service-1.ns-1.svc.cluster.local.", bytes([10, 99, turn, 2])

    def break_small(turn: int) -> tuple[str, bytes]:
        small.write_text(small_file(99) + f"---\nkind: Service\nmetadata: [{turn}\n", encoding="utf-8")
        return "small-0.ns-1.svc.cluster.local.", bytes([10, EDITS, 0, 1])

    yield "no edit", None
    yield "a file of 100 kB, all changed", edit_small
    yield "the same file broken: nothing changes", break_small
    yield "one Service in a file of 10,000", edit_one_of_many


def main() -> None:
    with TemporaryDirectory() as name:
        folder, corefile, port = Path(name, "cluster"), Path(name, "Corefile"), free_port()
        folder.mkdir()
        write(folder, SERVICES)
        Path(folder, "small.yaml").write_text(small_file(0), encoding="utf-8")
        corefile.write_text(COREFILE.format(folder=folder).replace(".:0", "."), encoding="utf-8")
        with serving(corefile, port):
            asker = Asker(port)
            print(f"{'milliseconds':36}{'seen p50':>8}{'max':>8}{'p99':>8}{'max':>8}{'answers':>9}")
            for kind, edit in edits(folder):
                report(kind, asker, edit)


if __name__ == "__main__":
    main()
