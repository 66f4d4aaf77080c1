"""A chain of the plugin alone, answering from a cluster in memory."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from clusterdns.cluster.manifests import ManifestSettings
from clusterdns.plugin import Next
from clusterdns.testing.chain import Chain, running
from clusterdns.testing.cluster import Cluster
from clusterdns.testing.contexts import FakeContext
from clusterdns_plugins.kubernetes import plugin


@pytest.fixture
def serve() -> Callable[..., AbstractAsyncContextManager[Chain]]:
    """`serve(cluster, *options, zones="cluster.local", **context)`: the chain as a context manager."""

    @asynccontextmanager
    async def serving(
        cluster: Cluster,
        *options: str,
        zones: str = "cluster.local",
        end: Next | None = None,
        **context: object,
    ) -> AsyncGenerator[Chain]:
        block = "\n".join(["manifests cluster", *options])
        fake = FakeContext(backends={ManifestSettings: cluster}, **context)  # type: ignore[arg-type]
        corefile = f". {{\nkubernetes {zones} {{\n{block}\n}}\n}}"
        async with running(corefile, plugin, context=fake, end=end) as chain:
            yield chain

    return serving
