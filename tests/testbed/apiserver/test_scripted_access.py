"""Credentials and rights at the scripted API server, and what it remembers of requests."""

import ssl

import aiohttp
import pytest
import trustme

from clusterdns.testing.contexts import Clock
from testbed.apiserver import ApiServer
from testbed.apiserver.client import RawClient


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server_side(authority: trustme.CA) -> ssl.SSLContext:
    """HTTPS that takes client certificates."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


@pytest.fixture
def client_side(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        pytest.param("Bearer good", 200, id="good"),
        pytest.param("bearer good", 200, id="scheme-has-no-case"),
        pytest.param("Bearer stale", 401, id="unknown"),
        pytest.param("Basic good", 401, id="scheme"),
        pytest.param("", 403, id="none"),
    ],
)
async def test_bearer_tokens(server: ApiServer, client: RawClient, authorization: str, code: int) -> None:
    server.tokens = {"good"}
    answer = await client.list("pods", headers={"Authorization": authorization} if authorization else None)
    assert answer.code == code
    assert server.requests[0].authorization == authorization
    if code == 403:
        assert 'User "system:anonymous" cannot list resource "pods"' in answer.document["message"]


async def test_a_token_that_is_replaced(server: ApiServer, client: RawClient) -> None:
    old, new = {"Authorization": "Bearer old"}, {"Authorization": "Bearer new"}
    server.tokens = {"old"}
    assert (await client.list("pods", headers=old)).code == 200
    server.tokens = {"new"}
    assert (await client.list("pods", headers=old)).document["reason"] == "Unauthorized"
    assert (await client.list("pods", headers=new)).code == 200
    server.tokens = None
    assert (await client.list("pods")).code == 200


async def test_tls_and_client_certificates(
    authority: trustme.CA, server_side: ssl.SSLContext, client_side: ssl.SSLContext
) -> None:
    async with ApiServer(ssl_context=server_side, certificates=True) as server:
        assert server.url.startswith("https://")
        async with RawClient(server.url, ssl_context=client_side) as client:
            assert (await client.list("pods")).code == 403
        authority.issue_cert("me@example.org").configure_cert(client_side)
        async with RawClient(server.url, ssl_context=client_side) as client:
            assert (await client.list("pods")).code == 200


async def test_an_unknown_authority_is_not_trusted(server_side: ssl.SSLContext) -> None:
    async with ApiServer(ssl_context=server_side) as server, RawClient(server.url) as client:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await client.list("pods")


async def test_a_forbidden_verb_in_the_words_of_rbac(server: ApiServer, client: RawClient) -> None:
    server.forbid("list", "endpointslices")
    answer = await client.list("endpointslices", "shop")
    assert answer.code == 403
    assert answer.document["reason"] == "Forbidden"
    assert answer.document["message"] == (
        'endpointslices.discovery.k8s.io is forbidden: User "system:serviceaccount:kube-system:coredns" '
        'cannot list resource "endpointslices" in API group "discovery.k8s.io" in the namespace "shop"'
    )
    assert answer.document["details"] == {"group": "discovery.k8s.io", "kind": "endpointslices"}
    assert (await client.watch("endpointslices")).code == 200
    server.allow("list", "endpointslices")
    assert (await client.list("endpointslices")).code == 200


async def test_a_role_in_a_namespace_is_no_cluster_role(server: ApiServer, client: RawClient) -> None:
    server.forbid(resource="services", namespace="")
    answer = await client.list("services")
    assert answer.document["message"].endswith('in API group "" at the cluster scope')
    assert (await client.list("services", "shop")).code == 200
    assert (await client.watch("services")).code == 403


async def test_a_forbidden_object_is_named(server: ApiServer, client: RawClient) -> None:
    server.forbid("get", "namespaces")
    answer = await client.ask("/api/v1/namespaces/shop")
    assert answer.document["message"].startswith('namespaces "shop" is forbidden')
    server.allow()
    assert (await client.ask("/api/v1/namespaces/shop")).code == 404


async def test_only_reading_is_served(server: ApiServer) -> None:
    async with aiohttp.ClientSession() as session, session.post(server.url + "/api/v1/pods") as response:
        assert response.status == 405
    assert server.requests[0].verb == "post"


async def test_requests_are_remembered() -> None:
    clock = Clock(now=5.0)
    async with ApiServer(clock=lambda: clock.now) as server, RawClient(server.url) as client:
        await client.list("pods", "shop", headers={"User-Agent": "probe/1"}, limit=5)
        clock.advance(2.5)
        await client.watch("pods", resourceVersion=1000)
        first, second = server.asked(resource="pods")
    assert (first.time, first.verb, first.namespace, first.params) == (5.0, "list", "shop", {"limit": "5"})
    assert first.user_agent == "probe/1"
    assert (second.time, second.verb, second.namespace) == (7.5, "watch", "")
    assert server.count(namespace="shop") == 1
