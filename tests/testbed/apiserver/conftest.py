"""A server with a little cluster, and a client that asks it."""

from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

import pytest

from testbed.apiserver import ApiServer
from testbed.apiserver.client import RawClient


@pytest.fixture
async def server() -> AsyncGenerator[ApiServer, None]:
    async with ApiServer(bookmark_seconds=None) as server:
        yield server


@pytest.fixture
async def client(server: ApiServer) -> AsyncGenerator[RawClient, None]:
    async with RawClient(server.url) as client:
        yield client


@pytest.fixture
def service() -> Callable[..., dict[str, Any]]:
    """A Service by `namespace/name`, with labels."""

    def make(
        path: str, labels: Mapping[str, str] | None = None, *, address: str = "10.96.0.1"
    ) -> dict[str, Any]:
        namespace, _, name = path.partition("/")
        metadata: dict[str, Any] = {"namespace": namespace, "name": name}
        if labels:
            metadata["labels"] = dict(labels)
        return {"kind": "Service", "metadata": metadata, "spec": {"clusterIP": address}}

    return make


@pytest.fixture
def shops(server: ApiServer, service: Callable[..., dict[str, Any]]) -> ApiServer:
    """Five Services in two namespaces, at the versions 1001 to 1005."""
    server.put(
        service("shop/web", {"app": "web", "tier": "front"}),
        service("shop/db", {"app": "db"}),
        service("shop/cache"),
        service("bank/web", {"app": "web"}),
        service("bank/ledger", {"app": "ledger", "tier": "back"}),
    )
    return server
