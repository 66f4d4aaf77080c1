"""TCP clients that cost without asking: 2,000 that stay idle, ten that ask for much and read nothing.

Prints what the process grows by, and whether a new client and UDP are served meanwhile.
"""

import resource
import socket
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.large_cluster import write
from bench.process import resident_megabytes, serving
from clusterdns.transports.framing import framed
from testbed.peers import free_port
from testbed.wire import query

IDLE = 2000
DEAF = 10
SERVICES = 100
COREFILE = """
. {{
    bind 127.0.0.1
    kubernetes cluster.local {{
        manifests {folder}
    }}
}}
"""
ADDRESS = query("service-1.ns-1.svc.cluster.local")
LARGE = framed(query("service-0.ns-0.svc.cluster.local")) * 20_000


@contextmanager
def small_cluster(folder: Path) -> Generator[tuple[int, int]]:
    """A server over a small cluster; its process id and its port."""
    (folder / "cluster").mkdir()
    write(folder / "cluster", SERVICES)
    corefile, port = folder / "Corefile", free_port()
    corefile.write_text(COREFILE.format(folder=folder / "cluster"), encoding="utf-8")
    with serving(corefile, port) as pid:
        yield pid, port


def is_served(port: int) -> bool:
    """Whether a new TCP client and a UDP client get an answer within a second."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=1) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        udp.settimeout(1)
        udp.connect(("127.0.0.1", port))
        tcp.sendall(framed(ADDRESS))
        udp.send(ADDRESS)
        return tcp.recv(512)[2:] == udp.recv(512)


def idle_client(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def deaf_client(port: int) -> socket.socket:
    """A client that asks as long as anybody listens, and reads nothing."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    client.setblocking(False)
    sent = 0
    deadline = time.monotonic() + 0.2
    while sent < len(LARGE) and time.monotonic() < deadline:
        try:
            sent += client.send(LARGE[sent : sent + 65536])
        except BlockingIOError:
            time.sleep(0.01)
    return client


def report(pid: int, port: int, *, deaf: bool) -> None:
    count = DEAF if deaf else IDLE
    before = resident_megabytes(pid)
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(deaf_client(port) if deaf else idle_client(port))
        time.sleep(0.3)
        served, grown = is_served(port), resident_megabytes(pid) - before
    kind = "that read nothing" if deaf else "that stay idle"
    each = grown * 1024 / count
    print(f"{count:>6,} clients {kind:20}+{grown:5.1f} MB, {each:6.1f} kB each; others served: {served}")


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65536), most))
    with TemporaryDirectory() as folder, small_cluster(Path(folder)) as (pid, port):
        is_served(port)
        report(pid, port, deaf=False)
        report(pid, port, deaf=True)


if __name__ == "__main__":
    main()
