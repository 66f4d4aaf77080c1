"""What a user types: dig and nslookup against the server of `make run`."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from testbed.peers import free_port, program

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"there is no {name} on the PATH")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `Corefile.example` is served by the command itself."""
    port, folder = free_port(), tmp_path_factory.mktemp("served")
    text = (ROOT / "Corefile.example").read_text()
    text = text.replace(".:1053 {", f".:{port} {{").replace(
        "manifests examples/cluster", f"manifests {ROOT}/examples/cluster"
    )
    (folder / "Corefile").write_text(text)
    command = [sys.executable, "-m", "clusterdns", "-conf", str(folder / "Corefile")]
    with program(command, port=port, log=folder / "log"):
        yield str(port)


def said(*command: str) -> str:
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=30)
    return run.stdout


@needs("dig")
@pytest.mark.parametrize(
    "how", [["+notcp"], ["+tcp"], ["+noedns"], ["+nocookie"], ["+dnssec"], ["+bufsize=512"]]
)
@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        pytest.param(["web.shop.svc.cluster.local"], ["10.96.12.40"], id="address"),
        pytest.param(["WEB.Shop.svc.cluster.LOCAL"], ["10.96.12.40"], id="mixed case"),
        pytest.param(["cart.shop.svc.cluster.local", "AAAA"], ["fd00:10:96::4d03"], id="IPv6 address"),
        pytest.param(
            ["_http._tcp.web.shop.svc.cluster.local", "SRV"],
            ["0 100 80 web.shop.svc.cluster.local."],
            id="port",
        ),
        pytest.param(["-x", "10.96.12.40"], ["web.shop.svc.cluster.local."], id="reverse"),
        pytest.param(["nothing.shop.svc.cluster.local"], [], id="no such name"),
    ],
)
def test_dig_shows_the_answer(how: list[str], asked: list[str], answer: list[str], port: str) -> None:
    assert said("dig", "@127.0.0.1", "-p", port, "+short", *how, *asked).splitlines() == answer


@needs("dig")
def test_dig_sees_nothing_wrong(port: str) -> None:
    text = said("dig", "@127.0.0.1", "-p", port, "web.shop.svc.cluster.local")
    assert "status: NOERROR" in text
    assert "flags: qr aa rd" in text
    assert not [line for line in text.splitlines() if "Warning" in line or "malformed" in line.lower()]


@needs("nslookup")
@pytest.mark.parametrize(
    ("asked", "line"),
    [
        pytest.param(["db-0.db.shop.svc.cluster.local"], "Address: 10.244.1.20", id="address"),
        pytest.param(
            ["-type=SRV", "_http._tcp.web.shop.svc.cluster.local"],
            "service = 0 100 80 web.shop.svc.cluster.local.",
            id="port",
        ),
        pytest.param(["10.96.12.40"], "name = web.shop.svc.cluster.local.", id="reverse"),
    ],
)
def test_nslookup_shows_the_answer(asked: list[str], line: str, port: str) -> None:
    assert line in said("nslookup", f"-port={port}", *asked, "127.0.0.1")
