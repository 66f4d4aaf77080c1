"""Authorities and client certificates that are replaced while we run."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import trustme

from clusterdns.cluster.api import ApiClient, ApiSettings, ApiUnreachable, ProcessEnvironment, Unreachable
from clusterdns.cluster.api.authentication.tls import Contexts, Trust, authority_data
from clusterdns.cluster.api.authentication.watched_file import LOOK_EVERY
from testbed.octets import Clock, OctetServer, empty

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]
Kubeconfig: TypeAlias = Callable[..., ApiSettings]


async def test_a_replaced_authority_is_believed_within_seconds(
    serve: Serve, kubeconfig: Kubeconfig, tmp_path: Path, clock: Clock
) -> None:
    before, after = trustme.CA(), trustme.CA()
    before.cert_pem.write_to_path(str(tmp_path / "ca"))
    server = await serve(empty, certificate=after.issue_cert("127.0.0.1"))
    settings = kubeconfig(server=server.url, cluster="certificate-authority: ca")
    async with ApiClient(settings, process=ProcessEnvironment(environment={}, clock=clock)) as client:
        with pytest.raises(ApiUnreachable) as caught:
            await client.get("/readyz")
        assert caught.value.reason is Unreachable.WRONG_AUTHORITY
        after.cert_pem.write_to_path(str(tmp_path / "ca"))
        clock.seconds += LOOK_EVERY
        await client.get("/readyz")


async def test_a_replaced_client_certificate_is_shown_within_seconds(
    serve: Serve, authority: trustme.CA, certificate: trustme.LeafCert, kubeconfig: Kubeconfig, tmp_path: Path
) -> None:
    def show(leaf: trustme.LeafCert) -> None:
        leaf.cert_chain_pems[0].write_to_path(str(tmp_path / "crt"))
        leaf.private_key_pem.write_to_path(str(tmp_path / "key"))

    clock = Clock()
    show(trustme.CA().issue_cert("me@example.org"))
    server = await serve(empty, certificate=certificate, clients=authority)
    user = "client-certificate: crt, client-key: key"
    settings = kubeconfig(server=server.url, cluster="insecure-skip-tls-verify: true", user=user)
    async with ApiClient(settings, process=ProcessEnvironment(environment={}, clock=clock)) as client:
        with pytest.raises(ApiUnreachable):
            await client.get("/readyz")
        show(authority.issue_cert("me@example.org"))
        clock.seconds += LOOK_EVERY
        await client.get("/readyz")


async def test_while_nothing_changes_the_context_stays(authority: trustme.CA) -> None:
    """Connections are kept apart by context: a new one each time would use none of them again."""
    contexts = Contexts(Trust(authority=authority_data(authority.cert_pem.bytes(), "x")))
    assert await contexts.context(None) is await contexts.context(None)


async def test_an_intermediate_authority_may_be_trusted_alone(
    serve: Serve, authority: trustme.CA, kubeconfig: Kubeconfig, tmp_path: Path
) -> None:
    child = authority.create_child_ca()
    child.cert_pem.write_to_path(str(tmp_path / "ca"))
    server = await serve(empty, certificate=child.issue_cert("127.0.0.1"))
    async with ApiClient(kubeconfig(server=server.url, cluster="certificate-authority: ca")) as client:
        await client.get("/readyz")
