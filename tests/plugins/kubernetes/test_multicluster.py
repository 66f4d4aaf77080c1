"""Multicluster zones: ServiceImports and endpoints of other clusters (KEP-1645)."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.testing.chain import Chain, lines, outcome
from clusterdns.testing.cluster import Cluster

Serve = Callable[..., AbstractAsyncContextManager[Chain]]

ZONES = "cluster.local set.local"
OPTION = "multicluster set.local"
DB = "db.shop.svc.set.local."


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.service("shop/local", "10.96.0.9")
    cluster.service_import("shop/web", "10.112.0.20", ports=["http:80"])
    cluster.imported_slice("shop/web", "west", "10.2.0.8=web-0")
    cluster.service_import("shop/db", ports=["pg:5432"])
    cluster.imported_slice("shop/db", "east", "10.1.0.5=db-0", "10.1.0.6=db-1!", ports=["pg:5432"])
    cluster.imported_slice("shop/db", "West", "10.2.0.5=db-0", ports=["pg:5432"])
    return cluster


@pytest.mark.parametrize(
    ("name", "rtype", "expected"),
    [
        pytest.param("web.shop", "A", ["A 10.112.0.20"], id="ClusterSetIP"),
        pytest.param("web.shop", "SRV", ["SRV 0 100 80 web.shop.svc.set.local."], id="ClusterSetIP-SRV"),
        pytest.param("_http._tcp.web.shop", "A", ["A 10.112.0.20"], id="port"),
        pytest.param("http.tcp.web.shop", "A", ["NXDOMAIN"], id="underscores-are-not-optional"),
        pytest.param("west.web.shop", "A", ["NXDOMAIN"], id="no-name-per-cluster-of-a-ClusterSetIP"),
        pytest.param("db.shop", "A", ["A 10.2.0.5", "A 10.1.0.5"], id="headless-all-clusters"),
        pytest.param("db-0.east.db.shop", "A", ["A 10.1.0.5"], id="endpoint-of-one-cluster"),
        pytest.param("DB-0.WEST.db.shop", "A", ["A 10.2.0.5"], id="endpoint-without-case"),
        pytest.param("db-1.east.db.shop", "A", ["NXDOMAIN"], id="endpoint-not-ready"),
        pytest.param("db-0.north.db.shop", "A", ["NXDOMAIN"], id="endpoint-of-an-unknown-cluster"),
        pytest.param("db-0.db.shop", "A", ["NXDOMAIN"], id="endpoint-without-cluster"),
        pytest.param("east.db.shop", "A", ["NODATA"], id="above-endpoints-of-a-cluster"),
        pytest.param("north.db.shop", "A", ["NXDOMAIN"], id="unknown-cluster"),
        pytest.param("local.shop", "A", ["NXDOMAIN"], id="services-of-this-cluster-are-not-there"),
        pytest.param("shop", "A", ["NODATA"], id="namespace"),
    ],
)
async def test_in_a_multicluster_zone(
    serve: Serve, cluster: Cluster, name: str, rtype: str, expected: list[str]
) -> None:
    async with serve(cluster, OPTION, zones=ZONES) as chain:
        assert outcome(await chain.ask(f"{name}.svc.set.local", rtype)) == expected


async def test_srv_targets_name_the_cluster(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster, OPTION, zones=ZONES) as chain:
        reply = await chain.ask(f"_pg._tcp.{DB}", "SRV")
    assert sorted(outcome(reply)) == [f"SRV 0 50 5432 db-0.West.{DB}", f"SRV 0 50 5432 db-0.east.{DB}"]
    assert sorted(lines(reply.additional)) == [
        f"db-0.West.{DB} 5 IN A 10.2.0.5",
        f"db-0.east.{DB} 5 IN A 10.1.0.5",
    ]


@pytest.mark.parametrize("name", ["web", "db", "db-0.east.db"])
async def test_other_zones_have_no_imports(serve: Serve, cluster: Cluster, name: str) -> None:
    async with serve(cluster, OPTION, zones=ZONES) as chain:
        assert outcome(await chain.ask(f"{name}.shop.svc.cluster.local")) == ["NXDOMAIN"]
        assert outcome(await chain.ask("local.shop.svc.cluster.local")) == ["A 10.96.0.9"]


async def test_a_zone_below_a_multicluster_zone_is_one(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster, OPTION, zones="cluster.local set.local eu.set.local") as chain:
        assert outcome(await chain.ask("web.shop.svc.eu.set.local")) == ["A 10.112.0.20"]


async def test_the_serial_is_that_of_the_imports(serve: Serve, cluster: Cluster) -> None:
    cluster.now += 100
    cluster.service_import("shop/late", "10.112.0.21")
    async with serve(cluster, OPTION, zones=ZONES) as chain:
        assert " 1700000100 " in lines((await chain.ask("set.local", "SOA")).answer)[0]
        assert " 1700000000 " in lines((await chain.ask("cluster.local", "SOA")).answer)[0]


async def test_namespaces_hide_imports(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster, OPTION, "namespaces other", zones=ZONES) as chain:
        assert outcome(await chain.ask("web.shop.svc.set.local")) == ["NXDOMAIN"]


async def test_an_import_without_ports_does_not_exist(serve: Serve, cluster: Cluster) -> None:
    cluster.service_import("shop/portless", "10.112.0.31", ports=[])
    async with serve(cluster, OPTION, zones=ZONES) as chain:
        assert outcome(await chain.ask("portless.shop.svc.set.local")) == ["NXDOMAIN"]


async def test_an_import_without_ready_endpoints_can_be_ignored(serve: Serve, cluster: Cluster) -> None:
    cluster.service_import("shop/idle", "10.112.0.30")
    async with serve(cluster, OPTION, "ignore empty_service", zones=ZONES) as chain:
        assert outcome(await chain.ask("idle.shop.svc.set.local")) == ["NXDOMAIN"]
        assert outcome(await chain.ask("web.shop.svc.set.local")) == ["A 10.112.0.20"]
