"""Servers as processes, and a CoreDNS beside us to ask the same, where there is one.

with api_server(folder) as url, coredns(binary, corefile, port=port, folder=tmp_path):
    reply = Peer(port).udp(packet)
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clusterdns.transports.framing import Frames, framed

__all__ = ["Peer", "api_server", "coredns", "free_port", "program"]

START_SECONDS: Final = 15.0
STOP_SECONDS: Final = 10.0
REPLY_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A server on a port of 127.0.0.1."""

    port: int

    def udp(self, packet: bytes) -> bytes:
        """The reply to a datagram.

        Raises:
            TimeoutError: there is none.
        """
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(REPLY_SECONDS)
            client.connect(("127.0.0.1", self.port))
            client.send(packet)
            return client.recv(65535)

    def tcp(self, packet: bytes) -> bytes:
        """The reply to a message on a connection of its own.

        Raises:
            TimeoutError: there is none.
            ConnectionError: the connection is closed instead.
        """
        frames = Frames()
        with socket.create_connection(("127.0.0.1", self.port), timeout=REPLY_SECONDS) as client:
            client.sendall(framed(packet))
            while (reply := frames.next()) is None:
                octets = client.recv(65536)
                if not octets:
                    raise ConnectionError("closed without a reply")
                frames.feed(octets)
            return reply


@contextmanager
def program(
    command: Sequence[str], *, port: int, log: Path, seconds: float = START_SECONDS
) -> Generator[subprocess.Popen[bytes]]:
    """Run a server that listens on `port` of 127.0.0.1 until the context is left; what it says goes to `log`.
    It has `seconds` to begin.

    Raises:
        RuntimeError: it does not start; the text is what it says.
    """
    with log.open("wb") as output, _process(command, output.fileno()) as process:
        if not _listens(process, port, seconds):
            raise RuntimeError(f"{command[0]} does not serve:\n{log.read_text()}")
        yield process


@contextmanager
def coredns(binary: str, corefile: str, *, port: int, folder: Path) -> Generator[None]:
    """Serve `corefile`, whose blocks listen on 127.0.0.1 and `port`.

    Raises:
        RuntimeError: see `program`.
    """
    file = folder / "Corefile"
    file.write_text(corefile)
    with program([binary, "-conf", str(file)], port=port, log=folder / "log"):
        yield


@contextmanager
def api_server(folder: Path) -> Generator[str]:
    """A scripted API server with the objects of `folder`; the address that a client is pointed at."""
    command = [sys.executable, "-m", "testbed.apiserver", "--folder", str(folder)]
    with _process(command, subprocess.PIPE) as process:
        line = process.stdout.readline() if process.stdout is not None else b""
        yield str(json.loads(line)["url"])


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _process(command: Sequence[str], output: int) -> Generator[subprocess.Popen[bytes]]:
    with subprocess.Popen(  # noqa: S603 - a program that the caller names
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _listens(process: subprocess.Popen[bytes], port: int, seconds: float) -> bool:
    """Whether somebody accepts connections before the process ends or the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
