"""Objects of every kind, and a table of them."""

import pytest

from clusterdns.cluster.objects import ClusterObject
from clusterdns.testing.cluster import Cluster


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.service("shop/web", "10.96.0.20", "fd00::20", ports=["http:80", "dns:53/UDP"])
    cluster.headless("shop/db", "10.244.1.5=db-0@west#db-0", "10.244.1.6=db-1!", ports=["pg:5432", "x:-"])
    cluster.external_name("shop/out", "example.org")
    cluster.pod("shop/web-1", "10.244.1.7", "fd00::7")
    cluster.service_import("shop/far", "10.97.0.1")
    cluster.imported_slice("shop/far", "west", "10.50.0.1")
    return cluster


@pytest.fixture
def objects(cluster: Cluster) -> tuple[ClusterObject, ...]:
    return cluster.table.snapshot().objects
