"""How a real API server is asked for all there is."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from testbed.real.cluster import RealCluster, real_cluster
from testbed.real.following import following

pytestmark = pytest.mark.e2e

SLICES = 510
"""More than fit on a page."""


def put_slices(cluster: RealCluster) -> None:
    for number in range(SLICES):
        cluster.client.apply(
            {
                "kind": "EndpointSlice",
                "metadata": {"namespace": "default", "name": f"web-{number}"},
                "addressType": "IPv4",
                "endpoints": [{"addresses": [f"10.0.{number // 250}.{number % 250 + 1}"]}],
            }
        )


def asked(cluster: RealCluster, *parameters: str) -> dict[str, int]:
    """How often each resource was asked for with all of these parameters."""
    found = [urlsplit(url) for url in cluster.asked()]
    plurals = [one.path.rpartition("/")[2] for one in found if set(parameters) <= parse_qs(one.query).keys()]
    return {plural: plurals.count(plural) for plural in plurals}


ONE_EACH = {"namespaces": 1, "services": 1, "endpointslices": 1, "pods": 1}


def test_lists_are_streamed_where_the_server_can(
    cluster: RealCluster, allowed: Callable[[RealCluster], None]
) -> None:
    allowed(cluster)
    put_slices(cluster)
    with following(cluster) as followed:
        followed.until_right(within=15)
        assert asked(cluster, "sendInitialEvents") == ONE_EACH
        assert asked(cluster) == ONE_EACH
        assert followed.figures("lists") == followed.figures("watches") == ONE_EACH


def test_a_server_that_refuses_to_stream_is_asked_for_pages(
    own_folder: Path, allowed: Callable[[RealCluster], None]
) -> None:
    with real_cluster(own_folder, flags=["--feature-gates=WatchList=false"]) as cluster:
        allowed(cluster)
        put_slices(cluster)
        with following(cluster) as followed:
            followed.until_right(within=30)
            followed.until_ready(within=30)
            assert asked(cluster, "sendInitialEvents") == ONE_EACH
            assert asked(cluster, "limit", "resourceVersion") == ONE_EACH
            cluster.client.apply({"kind": "Namespace", "metadata": {"name": "later"}})
            followed.until_right(within=5)
