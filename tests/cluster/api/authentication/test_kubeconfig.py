"""What a kubeconfig file can say of a cluster and a user."""

import base64
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import trustme

from clusterdns.cluster.api import ApiClient, ApiConfigError, ApiSettings, KubeconfigFile, TlsFiles, resolve
from clusterdns.cluster.api.authentication.exec_plugin import ExecPlugin
from clusterdns.cluster.api.authentication.tls import make_context
from testbed.octets import OctetServer, empty

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]
Kubeconfig: TypeAlias = Callable[..., ApiSettings]


def encoded(pem: bytes) -> str:
    return base64.b64encode(pem).decode()


def trusting(authority: trustme.CA) -> str:
    return f"certificate-authority-data: {encoded(authority.cert_pem.bytes())}"


async def served(settings: ApiSettings, server: OctetServer) -> dict[str, str]:
    """The headers of a request that went well."""
    async with ApiClient(settings) as client:
        await client.get("/readyz")
    return server.exchanges[-1].headers


@pytest.fixture
def me(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("me@example.org")


@pytest.fixture
async def strict(serve: Serve, authority: trustme.CA, certificate: trustme.LeafCert) -> OctetServer:
    """It asks for a client certificate."""
    return await serve(empty, certificate=certificate, clients=authority)


@pytest.fixture
async def safe(serve: Serve, certificate: trustme.LeafCert) -> OctetServer:
    return await serve(empty, certificate=certificate)


@pytest.mark.parametrize(
    ("user", "authorization"),
    [
        pytest.param("token: abc", "Bearer abc", id="token"),
        pytest.param("username: me, password: 'x:y'", "Basic bWU6eDp5", id="password"),
        pytest.param("tokenFile: my-token, token: other", "Bearer from-file", id="file-before-text"),
    ],
)
async def test_users(
    serve: Serve, kubeconfig: Kubeconfig, tmp_path: Path, user: str, authorization: str
) -> None:
    (tmp_path / "my-token").write_text("from-file\n")
    server = await serve(empty)
    headers = await served(kubeconfig(server=server.url, user=user), server)
    assert headers["Authorization"] == authorization


@pytest.fixture
def files(tmp_path: Path, authority: trustme.CA, me: trustme.LeafCert) -> Path:
    """The folder of the kubeconfig file with ca, crt and key."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca"))
    me.cert_chain_pems[0].write_to_path(str(tmp_path / "crt"))
    me.private_key_pem.write_to_path(str(tmp_path / "key"))
    return tmp_path


async def test_paths_start_from_the_folder_of_the_kubeconfig(
    strict: OctetServer, kubeconfig: Kubeconfig, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = "client-certificate: crt, client-key: ./key"
    kubeconfig(server=strict.url, cluster="certificate-authority: ca", user=user)
    monkeypatch.chdir(files.parent)
    path = f"{files.name}/kubeconfig"
    headers = await served(ApiSettings(kubeconfig=KubeconfigFile(path=path)), strict)
    assert "Authorization" not in headers


async def test_a_client_certificate_in_the_kubeconfig(
    strict: OctetServer, authority: trustme.CA, me: trustme.LeafCert, kubeconfig: Kubeconfig
) -> None:
    user = (
        f"client-certificate-data: {encoded(me.cert_chain_pems[0].bytes())}, "
        f"client-key-data: {encoded(me.private_key_pem.bytes())}"
    )
    await served(kubeconfig(server=strict.url, cluster=trusting(authority), user=user), strict)
    assert len(strict.exchanges) == 1


async def test_tls_and_endpoint_of_the_corefile(strict: OctetServer, files: Path) -> None:
    tls = TlsFiles(certificate=str(files / "crt"), key=str(files / "key"), authority=str(files / "ca"))
    await served(ApiSettings(endpoints=(f"127.0.0.1:{strict.port}",), tls=tls), strict)
    assert len(strict.exchanges) == 1


async def test_insecure_skip_tls_verify(safe: OctetServer, kubeconfig: Kubeconfig) -> None:
    await served(kubeconfig(server=safe.url, cluster="insecure-skip-tls-verify: true"), safe)
    assert len(safe.exchanges) == 1


async def test_tls_server_name(serve: Serve, authority: trustme.CA, kubeconfig: Kubeconfig) -> None:
    server = await serve(empty, certificate=authority.issue_cert("api.example.org"))
    cluster = f"{trusting(authority)}, tls-server-name: api.example.org"
    await served(kubeconfig(server=server.url, cluster=cluster), server)
    assert len(server.exchanges) == 1


async def test_proxy_url(serve: Serve, kubeconfig: Kubeconfig) -> None:
    proxy = await serve(empty)
    settings = kubeconfig(server="http://api.invalid:6443", cluster=f"proxy-url: '{proxy.url}'")
    await served(settings, proxy)
    assert proxy.exchanges[0].target == "http://api.invalid:6443/readyz"


async def test_impersonation(serve: Serve, kubeconfig: Kubeconfig) -> None:
    server = await serve(empty)
    user = "token: abc, as: jane, as-uid: '7', as-groups: [a], as-user-extra: {k/y: [v]}"
    headers = await served(kubeconfig(server=server.url, user=user), server)
    assert (headers["Impersonate-User"], headers["Impersonate-Uid"]) == ("jane", "7")
    assert (headers["Impersonate-Group"], headers["Impersonate-Extra-k%2Fy"]) == ("a", "v")


def test_a_plugin_is_used_where_there_is_nothing_else(kubeconfig: Kubeconfig) -> None:
    plugin = "exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/sh, env: null, args: null}"
    assert isinstance(resolve(kubeconfig(user=plugin)).credentials, ExecPlugin)
    assert not isinstance(resolve(kubeconfig(user=f"token: abc, {plugin}")).credentials, ExecPlugin)


def test_another_context_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(
        "current-context: a\n"
        "contexts: [{name: a, context: {cluster: a}}, {name: b, context: {cluster: b}}]\n"
        "clusters: [{name: a, cluster: {server: 'https://a'}}, {name: b, cluster: {server: 'b:6443'}}]\n"
        "users: null\n"
    )
    found = [
        resolve(ApiSettings(kubeconfig=KubeconfigFile(path=str(path), context=context))).endpoints
        for context in ("", "a", "b")
    ]
    assert found == [("https://a",), ("https://a",), ("https://b:6443",)]


def test_authorities_may_be_several_with_comments_in_any_encoding(authority: trustme.CA) -> None:
    bundle = b"# \xe9\n" + authority.cert_pem.bytes() + b"# \xff\n" + trustme.CA().cert_pem.bytes()
    context = make_context(resolve(ApiSettings(endpoints=("https://a",))).trust, bundle, None)
    assert len(context.get_ca_certs()) == 2


def test_authorities_without_a_key_identifier_are_accepted(authority: trustme.CA) -> None:
    """Python 3.13 refuses them by default, and many clusters have such."""
    trust = resolve(ApiSettings(endpoints=("https://a",))).trust
    context = make_context(trust, authority.cert_pem.bytes(), None)
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize(
    ("text", "url"),
    [
        pytest.param("http://10.0.0.1:8080", "http://10.0.0.1:8080", id="http"),
        pytest.param("https://[fd00::1]:6443/", "https://[fd00::1]:6443", id="v6"),
        pytest.param("10.0.0.1:8080", "http://10.0.0.1:8080", id="no-scheme"),
        pytest.param("https://h/a/b/", "https://h/a/b", id="path"),
    ],
)
def test_endpoints_are_urls(text: str, url: str) -> None:
    assert resolve(ApiSettings(endpoints=(text,))).endpoints == (url,)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("ftp://a", 'URL "ftp://a" has the scheme "ftp"', id="scheme"),
        pytest.param("http://", 'URL "http://" names no host', id="no-host"),
        pytest.param("http://a:x", '"http://a:x" is no URL: expected', id="port"),
        pytest.param("http://me:secret@a", 'URL "http://a": expected no user', id="user"),
        pytest.param("http://a?x=1", 'URL "http://a": expected no user, no query', id="query"),
        pytest.param("a b", 'URL "http://a b" names no host', id="space"),
        pytest.param("http://[::1", '"http://[::1" is no URL', id="bracket"),
    ],
)
def test_what_is_no_url(text: str, sentence: str) -> None:
    with pytest.raises(ApiConfigError) as caught:
        resolve(ApiSettings(endpoints=(text,)))
    assert str(caught.value).startswith(f"endpoint: {sentence}")
    assert "secret" not in str(caught.value)


def test_too_many_endpoints_are_refused() -> None:
    with pytest.raises(ValueError, match="17 endpoints: expected at most 16"):
        ApiSettings(endpoints=tuple(f"http://a{number}" for number in range(17)))
