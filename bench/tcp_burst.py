"""Clients that connect all at once: whether the kernel drops any, and how soon each is answered.

The second part connects to the metrics' HTTPS port and never begins TLS: prints what the process grows by and
how many of its descriptors that takes.
"""

import os
import resource
import select
import socket
import ssl
import statistics
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme

from bench.process import resident_megabytes, serving
from clusterdns.transports.framing import framed
from testbed.peers import free_port
from testbed.wire import query

BURSTS = (400, 2000)
NEVER_BEGIN = 6000
PATIENCE = 10.0
QUERY = framed(query("who.example"))
COREFILE = """
. {{
    bind 127.0.0.1
    whoami
    prometheus 127.0.0.1:{metrics} {{
        tls {folder}/web.yaml
    }}
}}
"""
WEB = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"


@contextmanager
def server() -> Generator[tuple[int, int, int]]:
    """A server; its process id, its port and that of its metrics."""
    with TemporaryDirectory() as folder:
        certificate = trustme.CA().issue_cert("127.0.0.1")
        certificate.private_key_pem.write_to_path(Path(folder, "server.key"))
        certificate.cert_chain_pems[0].write_to_path(Path(folder, "server.crt"))
        Path(folder, "web.yaml").write_text(WEB, encoding="utf-8")
        corefile, port, metrics = Path(folder, "Corefile"), free_port(), free_port()
        corefile.write_text(COREFILE.format(folder=folder, metrics=metrics), encoding="utf-8")
        with serving(corefile, port) as pid:
            yield pid, port, metrics


def dropped_by_kernel() -> int:
    """Connections that found a full queue, on the whole machine since its start."""
    names, values = Path("/proc/net/netstat").read_text(encoding="ascii").splitlines()[:2]
    return int(dict(zip(names.split(), values.split(), strict=True))["ListenDrops"])


def connecting(stack: ExitStack, port: int) -> socket.socket:
    client = stack.enter_context(socket.socket())
    client.setblocking(False)
    client.connect_ex(("127.0.0.1", port))
    return client


def answered_after(clients: list[socket.socket]) -> list[float]:
    """Seconds until each client that connects now has its answer."""
    began, found = time.perf_counter(), list[float]()
    poll, waiting = select.poll(), {client.fileno(): client for client in clients}
    for number in waiting:
        poll.register(number, select.POLLOUT)
    while waiting and time.perf_counter() - began < PATIENCE:
        for number, events in poll.poll(100):
            if events & select.POLLOUT:
                waiting[number].send(QUERY)
                poll.modify(number, select.POLLIN)
                continue
            poll.unregister(number)
            if waiting.pop(number).recv(512):
                found.append(time.perf_counter() - began)
    return found


def burst(port: int, count: int) -> None:
    before = dropped_by_kernel()
    with ExitStack() as stack:
        times = answered_after([connecting(stack, port) for _ in range(count)])
    dropped = dropped_by_kernel() - before
    median, longest = statistics.median(times) * 1000, max(times) * 1000
    print(
        f"{count:>6,} connections at once: {len(times):,} answered, median {median:,.0f} ms, "
        f"longest {longest:,.0f} ms; dropped by the kernel: {dropped}",
        flush=True,
    )


def scraped(metrics: int) -> str:
    """Whether a client that speaks TLS is answered, and after how long."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # it is of this minute
    began = time.perf_counter()
    try:
        raw = socket.create_connection(("127.0.0.1", metrics), timeout=PATIENCE)
        with raw, context.wrap_socket(raw) as client:
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
            ok = client.recv(15).startswith(b"HTTP/1.1 200")
    except OSError as error:
        return f"no: {error}"
    return f"{'yes' if ok else 'no'}, after {(time.perf_counter() - began) * 1000:,.0f} ms"


def never_begin(pid: int, metrics: int) -> None:
    scraped(metrics)
    before = resident_megabytes(pid)
    with ExitStack() as stack:
        for _ in range(NEVER_BEGIN):
            connecting(stack, metrics)
        answer = scraped(metrics)
        grown = resident_megabytes(pid) - before
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))
    print(
        f"{NEVER_BEGIN:>6,} connections that never begin TLS: +{grown:.1f} MB, {descriptors} descriptors; "
        f"another client is answered: {answer}"
    )


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65536), most))
    with server() as (pid, port, metrics):
        for count in BURSTS:
            burst(port, count)
        never_begin(pid, metrics)


if __name__ == "__main__":
    main()
