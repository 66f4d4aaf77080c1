"""HTTPS as a web configuration file says."""

import asyncio
import os
import ssl
from pathlib import Path

import pytest
import trustme

from clusterdns.corefile import CorefileError, Position
from clusterdns.web import Page, WebAddress, WebListener, WebRequest
from clusterdns_plugins.prometheus.tls import TlsSettings

HERE = Position("Corefile", 3, 9)
GOOD = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def folder(tmp_path: Path, authority: trustme.CA) -> Path:
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(tmp_path / "server.key")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "server.crt")
    authority.cert_pem.write_to_path(tmp_path / "ca.crt")
    return tmp_path


def settings(folder: Path, text: str) -> TlsSettings:
    (folder / "web.yml").write_text(text)
    return TlsSettings(folder / "web.yml", HERE)


async def page(_request: WebRequest) -> Page:
    return Page(body=b"metrics")


async def fetch(listener: WebListener, client: ssl.SSLContext) -> bytes:
    reader, writer = await asyncio.open_connection(*listener.endpoints[0], ssl=client)
    try:
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()


async def test_a_client_that_trusts_the_authority_gets_metrics(folder: Path, authority: trustme.CA) -> None:
    listener = WebListener(WebAddress(host="127.0.0.1", port=0, position=HERE))
    listener.add("/metrics", page)
    listener.encrypt(settings(folder, GOOD).load)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    async with listener:
        assert (await fetch(listener, client)).endswith(b"\r\n\r\nmetrics")


@pytest.mark.parametrize(
    ("line", "mode", "version"),
    [
        pytest.param("", ssl.CERT_NONE, ssl.TLSVersion.TLSv1_2, id="nothing said"),
        pytest.param("  min_version: TLS13\n", ssl.CERT_NONE, ssl.TLSVersion.TLSv1_3, id="version"),
        pytest.param(
            "  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n",
            ssl.CERT_REQUIRED,
            ssl.TLSVersion.TLSv1_2,
            id="certificates of clients",
        ),
    ],
)
def test_what_the_file_says_counts(
    folder: Path, line: str, mode: ssl.VerifyMode, version: ssl.TLSVersion
) -> None:
    context = settings(folder, GOOD + line).load()
    assert (context.verify_mode, context.minimum_version) == (mode, version)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("", "it has no tls_server_config", id="empty"),
        pytest.param("- a\n", "it has no tls_server_config", id="a list"),
        pytest.param("tls_server_config: x\n", "it has no tls_server_config", id="text"),
        pytest.param(
            "tls_server_config: {key_file: server.key}\n", "it has no cert_file", id="no certificate"
        ),
        pytest.param(
            GOOD + "basic_auth_users: {a: b}\n", "basic_auth_users is not supported", id="passwords"
        ),
        pytest.param(GOOD + "  cipher_suites: [x]\n", "cipher_suites is not supported", id="other option"),
        pytest.param(GOOD + "  min_version: TLS10\n", "min_version is one of TLS12, TLS13", id="old version"),
        pytest.param(GOOD + "  client_auth_type: Any\n", "client_auth_type is one of", id="unknown type"),
        pytest.param(GOOD + "  min_version: 1.2\n", "min_version is no text", id="number"),
        pytest.param(GOOD.replace("server.crt", "none.crt"), "No such file", id="no such file"),
        pytest.param(GOOD.replace("server.crt", "server.key"), "web.yml", id="no certificate in it"),
        pytest.param(GOOD.replace("server.crt", "fifo"), "a FIFO, expected a regular file", id="fifo"),
        pytest.param("{", "web.yml", id="no YAML"),
    ],
)
def test_a_file_that_will_not_do_is_named_with_its_place(folder: Path, text: str, complaint: str) -> None:
    os.mkfifo(folder / "fifo")
    with pytest.raises(CorefileError, match=complaint) as raised:
        settings(folder, text).load()
    assert raised.value.position == HERE


def test_checking_a_configuration_reads_the_file(folder: Path) -> None:
    listener = WebListener(WebAddress(host="127.0.0.1", port=0, position=HERE))
    listener.encrypt(settings(folder, "").load)
    with pytest.raises(CorefileError, match="it has no tls_server_config"):
        listener.check()


def test_a_file_that_is_not_there_is_named_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(CorefileError, match="No such file"):
        TlsSettings(tmp_path / "web.yml", HERE).load()
