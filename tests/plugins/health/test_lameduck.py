"""A process that is asked to stop goes on answering for a while, and is no longer ready."""

import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterdns.dns.constants import RRType
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import ROOT
from clusterdns.dns.writer import write_message

COREFILE = """
.:{dns} {{
    bind 127.0.0.1
    health 127.0.0.1:{health} {{
        lameduck 500ms
    }}
    ready 127.0.0.1:{ready}
    whoami
}}
"""


def free_ports(number: int) -> list[int]:
    """Ports that nobody listened on a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports


@pytest.fixture
def ports(tmp_path: Path) -> dict[str, int]:
    ports: dict[str, int] = dict(zip(("dns", "health", "ready"), free_ports(3), strict=True))
    (tmp_path / "Corefile").write_text(COREFILE.format(**ports))
    return ports


@pytest.fixture
def process(tmp_path: Path, ports: dict[str, int]) -> Iterator[subprocess.Popen[str]]:
    """A server that has started."""
    assert ports
    command = [sys.executable, "-m", "clusterdns"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        wait_for(process, "linux/")
        yield process
        process.kill()


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if re.search(text, line):
            return
    pytest.fail(f"the process never said {text}")


def page(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as reply:
        body: bytes = reply.read()
        return body.decode()


def answers(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.connect(("127.0.0.1", port))
        client.send(write_message(Message(id=7, question=(Question(ROOT, RRType.A),))))
        return bool(client.recv(512))


def test_queries_and_health_go_on_and_ready_ends(
    process: subprocess.Popen[str], ports: dict[str, int]
) -> None:
    assert (page(ports["health"], "/health"), page(ports["ready"], "/ready")) == ("OK", "OK")
    process.send_signal(signal.SIGTERM)
    wait_for(process, r"\[INFO\] plugin/health: Going into lameduck mode for 0.5s")
    assert answers(ports["dns"])
    assert page(ports["health"], "/health") == "OK"
    with pytest.raises(urllib.error.URLError, match="refused"):
        page(ports["ready"], "/ready")
    assert process.poll() is None
    assert process.wait(5) == 0
    with pytest.raises(urllib.error.URLError, match="refused"):
        page(ports["health"], "/health")
