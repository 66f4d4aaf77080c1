"""A process without descriptors goes on, and one without memory ends; both with a word, and few of them."""

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from clusterdns.transports.framing import framed
from testbed.peers import free_port
from testbed.wire import query

Start: TypeAlias = Callable[..., tuple[subprocess.Popen[str], int]]

COREFILE = ".:{port} {{\n    bind 127.0.0.1\n    prometheus 127.0.0.1:0\n    {plugin}\n}}\n"
DESCRIPTORS = 40
CLIENTS = 200
QUERY = query("who.example")
HOARDING = """
import resource
from clusterdns.plugin import Plugin, Reply

class Hoard:
    def __init__(self):
        self.held = []

    async def __call__(self, query, next):
        with open("/proc/self/statm") as statm:
            now = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now, now))
        for size in (1 << 20, 1 << 16, 1 << 10, 1 << 6):
            try:
                while True:
                    self.held.append(bytes(size))
            except MemoryError:
                pass
        raise MemoryError

plugin = Plugin(
    name="hoard", help="Takes all memory.", before="whoami", inline=True,
    parse=lambda directive: None, build=lambda settings, context: Hoard(),
)
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `clusterdns` with a plugin; the process, once it serves, and its port."""
    with ExitStack() as stack:

        def start(
            plugin: str, *, prepare: Callable[[], None] | None = None
        ) -> tuple[subprocess.Popen[str], int]:
            port = free_port()
            (tmp_path / "Corefile").write_text(COREFILE.format(port=port, plugin=plugin))
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "clusterdns"],
                    cwd=tmp_path,
                    env={**os.environ, "PYTHONPATH": str(tmp_path)},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    preexec_fn=prepare,  # noqa: PLW1509 - no thread runs here
                )
            )
            stack.callback(process.kill)
            assert process.stdout is not None
            while not process.stdout.readline().startswith("clusterdns-"):
                pass
            return process, port

        yield start


def asked(port: int) -> bool:
    """Whether a query over UDP is answered soon."""
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        client.settimeout(0.05)
        client.connect(("127.0.0.1", port))
        client.send(QUERY)
        try:
            return bool(client.recv(512))
        except OSError:
            return False


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


def test_without_descriptors_it_goes_on_with_few_lines(start: Start) -> None:
    process, port = start("whoami", prepare=limited)
    with ExitStack() as stack:
        clients = [stack.enter_context(socket.socket()) for _ in range(CLIENTS)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        last = clients[-1]
        last.setblocking(True)
        last.sendall(framed(QUERY))
        assert last.recv(512)[2:]
        assert asked(port)
    process.terminate()
    output, errors = process.communicate()
    assert process.returncode == 0
    assert errors == ""
    assert len(output.splitlines()) < 10


def test_without_memory_it_ends_with_a_word(start: Start, tmp_path: Path) -> None:
    (tmp_path / "hoard_plugin.py").write_text(HOARDING)
    metadata = tmp_path / "hoard-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: hoard\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[clusterdns.plugins]\nhoard = hoard_plugin:plugin\n")
    process, port = start("hoard")
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        while process.poll() is None:
            for _ in range(20):
                client.sendto(QUERY, ("127.0.0.1", port))
            time.sleep(0.01)
    output, errors = process.communicate()
    assert process.returncode == 1
    assert errors == "[FATAL] memory is exhausted and queries cannot be answered: ending\n"
    assert len(output.splitlines()) < 10
