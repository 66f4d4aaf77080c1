"""When the plugin says that it is ready."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from clusterdns.testing.chain import Chain
from clusterdns.testing.cluster import Cluster
from clusterdns_plugins.kubernetes.handler import Kubernetes

Serve = Callable[..., AbstractAsyncContextManager[Chain]]


async def test_it_is_ready_once_all_is_known(serve: Serve) -> None:
    cluster = Cluster(synced=False)
    async with serve(cluster) as chain:
        (part,) = chain.context.parts()
        assert isinstance(part.built, Kubernetes)
        assert not part.built.ready()
        cluster.table.synced = True
        assert part.built.ready()
