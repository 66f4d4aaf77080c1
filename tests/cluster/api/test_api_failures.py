"""Each failure is one sentence that says what is wrong."""

import asyncio
import datetime as dt
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import trustme

from clusterdns.cluster.api import (
    ApiClient,
    ApiError,
    ApiProtocolError,
    ApiSettings,
    ApiUnreachable,
    TlsFiles,
    Unreachable,
)
from testbed.octets import Exchange, OctetServer, empty

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]
Kubeconfig: TypeAlias = Callable[..., ApiSettings]

PATH = "/api/v1/services"


async def failure(settings: ApiSettings) -> ApiError:
    async with ApiClient(settings) as client:
        with pytest.raises(ApiError) as caught:
            await client.get(PATH)
    return caught.value


def reason_of(error: ApiError) -> Unreachable:
    assert isinstance(error, ApiUnreachable)
    return error.reason


def saved(authority: trustme.CA, folder: Path) -> str:
    path = folder / "ca.crt"
    authority.cert_pem.write_to_path(str(path))
    return f"certificate-authority: {path}"


async def test_refused() -> None:
    error = await failure(ApiSettings(endpoints=("http://127.0.0.1:1",)))
    assert str(error) == "the API server http://127.0.0.1:1 refuses connections"
    assert reason_of(error) is Unreachable.REFUSED


async def test_no_such_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = await failure(ApiSettings(endpoints=("http://api.invalid:6443",)))
    assert str(error) == (
        "the API server http://api.invalid:6443 has a name that is not found: Name or service not known"
    )
    assert reason_of(error) is Unreachable.NO_NAME


async def test_an_authority_that_we_do_not_trust(
    serve: Serve, certificate: trustme.LeafCert, kubeconfig: Kubeconfig, tmp_path: Path
) -> None:
    server = await serve(empty, certificate=certificate)
    error = await failure(kubeconfig(server=server.url, cluster=saved(trustme.CA(), tmp_path)))
    assert str(error) == (
        f"the API server {server.url} has a certificate that no authority of {tmp_path}/ca.crt has signed: "
        "unable to get local issuer certificate"
    )
    assert reason_of(error) is Unreachable.WRONG_AUTHORITY


async def test_the_systems_authorities_without_one_of_our_own(
    serve: Serve, certificate: trustme.LeafCert
) -> None:
    server = await serve(empty, certificate=certificate)
    error = await failure(ApiSettings(endpoints=(server.url,)))
    assert "no authority of the system's authorities has signed" in str(error)


async def test_a_certificate_for_another_host(
    serve: Serve, authority: trustme.CA, kubeconfig: Kubeconfig, tmp_path: Path
) -> None:
    server = await serve(empty, certificate=authority.issue_cert("api.example.org"))
    error = await failure(kubeconfig(server=server.url, cluster=saved(authority, tmp_path)))
    assert str(error) == (
        f"the API server {server.url} has another host's certificate: IP address mismatch, "
        "certificate is not valid for '127.0.0.1'"
    )
    assert reason_of(error) is Unreachable.WRONG_HOST


async def test_a_certificate_for_another_name(
    serve: Serve, authority: trustme.CA, kubeconfig: Kubeconfig, tmp_path: Path
) -> None:
    server = await serve(empty, certificate=authority.issue_cert("api.example.org"))
    url = f"https://localhost:{server.port}"
    error = await failure(kubeconfig(server=url, cluster=saved(authority, tmp_path)))
    assert "has another host's certificate: Hostname mismatch" in str(error)
    assert reason_of(error) is Unreachable.WRONG_HOST


async def test_a_certificate_that_has_expired(
    serve: Serve, authority: trustme.CA, kubeconfig: Kubeconfig, tmp_path: Path
) -> None:
    then = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    expired = authority.issue_cert("127.0.0.1", not_before=then, not_after=then + dt.timedelta(days=1))
    server = await serve(empty, certificate=expired)
    error = await failure(kubeconfig(server=server.url, cluster=saved(authority, tmp_path)))
    assert str(error) == (
        f"the API server {server.url} has a certificate that does not hold now (is the clock right?): "
        "certificate has expired"
    )
    assert reason_of(error) is Unreachable.EXPIRED_CERTIFICATE


async def test_https_where_http_is_spoken() -> None:
    async def complain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(5)
        writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(complain, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        error = await failure(ApiSettings(endpoints=(url,)))
    assert str(error) == f"the API server {url} does not speak TLS on this port: is it an http:// URL?"
    assert reason_of(error) is Unreachable.TLS


async def test_a_client_certificate_that_the_server_does_not_accept(
    authority: trustme.CA, certificate: trustme.LeafCert, tmp_path: Path
) -> None:
    saved(authority, tmp_path)
    stranger = trustme.CA().issue_cert("me@example.org")
    stranger.cert_chain_pems[0].write_to_path(str(tmp_path / "crt"))
    stranger.private_key_pem.write_to_path(str(tmp_path / "key"))
    tls = TlsFiles(
        certificate=str(tmp_path / "crt"), key=str(tmp_path / "key"), authority=str(tmp_path / "ca.crt")
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # asyncio's own servers close without telling the client why.
        refusing = asyncio.ensure_future(asyncio.to_thread(refuse_clients, listener, certificate, authority))
        settings = ApiSettings(endpoints=(f"127.0.0.1:{listener.getsockname()[1]}",), tls=tls)
        error = await failure(settings)
        await refusing
    assert "does not accept our client certificate: " in str(error)
    assert reason_of(error) is Unreachable.TLS


def refuse_clients(listener: socket.socket, certificate: trustme.LeafCert, clients: trustme.CA) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    clients.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    # In TLS 1.3 the refusal follows the handshake, and may be overtaken by the end of the connection.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    connection, _ = listener.accept()
    with connection, pytest.raises(ssl.SSLError):
        context.wrap_socket(connection, server_side=True)


async def test_a_connection_closed_without_an_answer(serve: Serve) -> None:
    async def answer(exchange: Exchange) -> None:
        exchange.cut()

    url = (await serve(answer)).url
    error = await failure(ApiSettings(endpoints=(url,)))
    assert str(error) == f"the API server {url} closed the connection without an answer"
    assert reason_of(error) is Unreachable.LOST


async def test_something_that_is_no_http(serve: Serve) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.send(b"220 mail.example.org ESMTP\r\n\r\n")

    error = await failure(ApiSettings(endpoints=((await serve(answer)).url,)))
    assert isinstance(error, ApiProtocolError)
    assert "does not speak HTTP" in str(error)


async def test_a_proxy_that_is_not_there(kubeconfig: Kubeconfig) -> None:
    error = await failure(
        kubeconfig(server="http://127.0.0.1:2", cluster="proxy-url: 'http://user:secret@127.0.0.1:1'")
    )
    assert str(error).startswith("the API server http://127.0.0.1:2 is not reached by the proxy: ")
    assert "secret" not in str(error)
    assert reason_of(error) is Unreachable.PROXY
