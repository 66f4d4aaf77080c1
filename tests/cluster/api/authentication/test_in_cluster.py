"""In a Pod: the service account is found."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import trustme

from clusterdns.cluster.api import ApiClient, ApiConfigError, ApiSettings, ProcessEnvironment, resolve
from testbed.octets import OctetServer, empty

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]

POD = {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}


@pytest.fixture
def account(tmp_path: Path, authority: trustme.CA) -> Path:
    folder = tmp_path / "serviceaccount"
    folder.mkdir()
    (folder / "token").write_text("abc")
    authority.cert_pem.write_to_path(str(folder / "ca.crt"))
    return folder


def sentence(folder: Path, environment: dict[str, str]) -> str:
    with pytest.raises(ApiConfigError) as caught:
        resolve(ApiSettings(), ProcessEnvironment(environment=environment, service_account=folder))
    return str(caught.value)


async def test_a_pod_needs_no_settings(serve: Serve, account: Path, certificate: trustme.LeafCert) -> None:
    server = await serve(empty, certificate=certificate)
    pod = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(server.port)}
    around = ProcessEnvironment(environment=pod, service_account=account)
    async with ApiClient(ApiSettings(), process=around) as client:
        assert (await client.get("/api/v1/services")).body == b"{}"
    assert server.exchanges[0].headers["Authorization"] == "Bearer abc"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        pytest.param("10.96.0.1", "https://10.96.0.1:443", id="v4"),
        pytest.param("fd00::1", "https://[fd00::1]:443", id="v6"),
        pytest.param("api.example.org", "https://api.example.org:443", id="name"),
    ],
)
def test_the_address_is_in_the_environment(account: Path, host: str, url: str) -> None:
    environment = {**POD, "KUBERNETES_SERVICE_HOST": host}
    access = resolve(ApiSettings(), ProcessEnvironment(environment=environment, service_account=account))
    assert access.endpoints == (url,)
    assert access.trust.origin == str(account / "ca.crt")


@pytest.mark.parametrize("missing", POD)
def test_outside_of_a_pod_something_must_be_named(account: Path, missing: str) -> None:
    rest = {name: value for name, value in POD.items() if name != missing}
    assert sentence(account, rest) == (
        "no API server is named and this is no Pod (KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are "
        'not set): expected "kubeconfig FILE [CONTEXT]" or "endpoint URL"'
    )


def test_a_pod_without_a_service_account(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    assert sentence(folder, POD) == (
        f"there is no service account at {folder}: "
        "expected automountServiceAccountToken not to be false for this Pod"
    )


def test_a_service_account_without_a_token(account: Path) -> None:
    (account / "token").unlink()
    assert sentence(account, POD) == (
        f"the service account's token {account}/token cannot be read: No such file or directory"
    )


def test_a_service_account_without_an_authority(account: Path) -> None:
    (account / "ca.crt").unlink()
    assert sentence(account, POD) == (
        f"the certificate authority file {account}/ca.crt cannot be read: No such file or directory"
    )


def test_an_authority_that_is_no_certificate(account: Path) -> None:
    (account / "ca.crt").write_text("hello")
    assert sentence(account, POD) == (
        f"{account}/ca.crt holds no certificate: expected PEM, -----BEGIN CERTIFICATE-----"
    )


def test_a_damaged_authority(account: Path) -> None:
    (account / "ca.crt").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert sentence(account, POD).startswith(
        f"{account}/ca.crt holds no certificate authority that can be read: "
    )
