"""Certificates, servers with and without TLS, kubeconfig files."""

import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import trustme

from clusterdns.cluster.api import ApiSettings, KubeconfigFile
from testbed.canaries import Written
from testbed.octets import Answer, Clock, OctetServer


@pytest.fixture
async def serve() -> AsyncGenerator[Callable[..., Awaitable[OctetServer]], None]:
    """Start a server: `await serve(answer)`; TLS with `certificate`, asks clients with `clients`."""
    async with AsyncExitStack() as stack:

        async def start(
            answer: Answer, *, certificate: trustme.LeafCert | None = None, clients: trustme.CA | None = None
        ) -> OctetServer:
            context = None if certificate is None else ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            if context is not None and certificate is not None:
                certificate.configure_cert(context)
            if context is not None and clients is not None:
                clients.configure_trust(context)
                context.verify_mode = ssl.CERT_REQUIRED
            return await stack.enter_async_context(OctetServer(answer, context))

        yield start


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def certificate(authority: trustme.CA) -> trustme.LeafCert:
    """The server's, as it should be."""
    return authority.issue_cert("127.0.0.1", "localhost")


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Callable[..., ApiSettings]:
    """Write a kubeconfig of one cluster and one user, their fields given as YAML; the settings for it."""

    def write(*, server: str = "https://127.0.0.1:6443", cluster: str = "", user: str = "") -> ApiSettings:
        path = tmp_path / "kubeconfig"
        path.write_text(
            "current-context: here\n"
            "contexts: [{name: here, context: {cluster: home, user: me}}]\n"
            f'clusters: [{{name: home, cluster: {{server: "{server}", {cluster}}}}}]\n'
            f"users: [{{name: me, user: {{{user}}}}}]\n"
        )
        return ApiSettings(kubeconfig=KubeconfigFile(path=str(path)))

    return write


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A folder with a kubeconfig that may hold secrets."""
    return Written(tmp_path)
