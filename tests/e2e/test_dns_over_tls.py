"""What a user types: kdig over TLS against the command itself, and a certificate renewed meanwhile."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from testbed.certificates import trusting, write_certificate
from testbed.peers import free_port, program

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
RENEWAL_SECONDS = 15.0
COREFILE = """
cluster.local:{plain} tls://cluster.local:{encrypted} {{
    bind 127.0.0.1
    tls cert.pem key.pem
    kubernetes {{
        manifests {root}/examples/cluster
    }}
}}
"""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA) -> Path:
    made = tmp_path_factory.mktemp("served")
    write_certificate(made, authority)
    return made


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[str]:
    """Where the example's cluster is served over TLS."""
    plain, encrypted = free_port(), free_port()
    text = COREFILE.format(plain=plain, encrypted=encrypted, root=ROOT)
    text = text.replace("cert.pem", f"{folder}/cert.pem").replace("key.pem", f"{folder}/key.pem")
    (folder / "Corefile").write_text(text)
    command = [sys.executable, "-m", "clusterdns", "-conf", str(folder / "Corefile")]
    with program(command, port=plain, log=folder / "log"):
        yield str(encrypted)


def said(*command: str) -> str:
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=30)
    return run.stdout


@pytest.mark.skipif(shutil.which("kdig") is None, reason="there is no kdig on the PATH")
@pytest.mark.parametrize("how", [["+tls"], ["+padding"], ["+nopadding"], ["+alignment=468"], ["+keepopen"]])
def test_kdig_shows_the_answer(how: list[str], port: str, folder: Path) -> None:
    trust = [f"+tls-ca={folder}/ca.pem", "+tls-hostname=127.0.0.1"]
    name = "web.shop.svc.cluster.local"
    text = said("kdig", "@127.0.0.1", "-p", port, "+tls", *trust, *how, name)
    assert "status: NOERROR" in text
    assert "10.96.12.40" in text
    assert "TLS session (TLS1.3)" in text
    assert not [line for line in text.splitlines() if "WARNING" in line.upper()]


def serial(port: str, authority: trustme.CA) -> object:
    with (
        socket.create_connection(("127.0.0.1", int(port)), timeout=5) as plain,
        trusting(authority).wrap_socket(plain, server_hostname="127.0.0.1") as client,
    ):
        certificate = client.getpeercert()
        assert isinstance(certificate, dict)
        return certificate["serialNumber"]


def test_a_renewed_certificate_is_used_without_a_restart(
    port: str, folder: Path, authority: trustme.CA
) -> None:
    before = serial(port, authority)
    write_certificate(folder, authority)
    until = time.monotonic() + RENEWAL_SECONDS
    while serial(port, authority) == before:
        assert time.monotonic() < until
        time.sleep(0.5)
