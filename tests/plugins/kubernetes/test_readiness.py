"""When the plugin says that it is ready."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.testing.chain import Chain
from clusterdns.testing.cluster import Cluster
from clusterdns_plugins.kubernetes.handler import Kubernetes
from clusterdns_plugins.kubernetes.readiness import ClusterReadiness
from clusterdns_plugins.kubernetes.source import Source

Serve = Callable[..., AbstractAsyncContextManager[Chain]]


async def test_it_is_ready_once_all_is_known(serve: Serve) -> None:
    cluster = Cluster(synced=False)
    async with serve(cluster) as chain:
        (part,) = chain.context.parts()
        assert isinstance(part.built, Kubernetes)
        assert not part.built.ready()
        cluster.table.synced = True
        assert part.built.ready()


@pytest.mark.parametrize(
    ("stale_after", "silent_for", "ready"),
    [
        pytest.param(None, 1e6, True, id="an-outage-does-not-end-it"),
        pytest.param(60.0, 59.0, True, id="not-long-enough"),
        pytest.param(60.0, 60.0, False, id="where-it-is-wanted-it-does"),
    ],
)
def test_readiness_ends_only_where_that_is_wanted(
    stale_after: float | None, silent_for: float, ready: bool
) -> None:
    source = Source(Cluster().table, silent_for=lambda: silent_for)
    readiness = ClusterReadiness(source, stale_after=stale_after)
    assert readiness.ready() == ready
    assert readiness.may_end == (stale_after is not None)


def test_what_is_not_followed_is_said() -> None:
    source = Source(Cluster().table, complaints=lambda: ("services: not fresh since …",))
    assert ClusterReadiness(source, stale_after=None).complaints() == ("services: not fresh since …",)
