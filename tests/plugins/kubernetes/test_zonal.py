"""Names of topology zones: `ZONE.pin._zone.SERVICE…` and `ZONE.prefer._zone.SERVICE…`."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.testing.chain import Chain, lines, outcome
from clusterdns.testing.cluster import Cluster

Serve = Callable[..., AbstractAsyncContextManager[Chain]]

DB = "db.shop.svc.cluster.local"
BOTH = ["A 10.0.0.1", "A 10.0.0.2", "A 10.0.0.3"]


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.headless("shop/db", "10.0.0.1@eu-1A", "10.0.0.2@eu-1b", "10.0.0.3", "10.0.0.4@eu-1a!")
    cluster.headless("shop/dotted", "10.0.0.5@corp.example.com")
    cluster.headless("shop/down", "10.0.0.6@eu-1a!")
    cluster.service("shop/web", "10.96.0.20")
    cluster.slice("shop/web", "10.0.0.7@eu-1a")
    cluster.external_name("shop/docs", "docs.example.com")
    return cluster


@pytest.mark.parametrize(
    ("name", "rtype", "expected"),
    [
        pytest.param(f"eu-1a.pin._zone.{DB}", "A", ["A 10.0.0.1"], id="pin"),
        pytest.param(f"EU-1A.Pin._Zone.{DB}", "A", ["A 10.0.0.1"], id="pin-without-case"),
        pytest.param(f"eu-1a.pin._zone.{DB}", "AAAA", ["NODATA"], id="pin-other-family"),
        pytest.param(f"eu-9.pin._zone.{DB}", "A", ["NODATA"], id="pin-empty-zone"),
        pytest.param(f"eu-9.pin._zone.{DB}", "TXT", ["NODATA"], id="pin-empty-zone-TXT"),
        pytest.param(f"eu-1b.prefer._zone.{DB}", "A", ["A 10.0.0.2"], id="prefer"),
        pytest.param(f"eu-9.prefer._zone.{DB}", "A", BOTH, id="prefer-empty-zone-is-all"),
        pytest.param(
            "corp.example.com.pin._zone.dotted.shop.svc.cluster.local", "A", ["A 10.0.0.5"], id="dots-in-zone"
        ),
        pytest.param(
            "corp\\.example\\.com.pin._zone.dotted.shop.svc.cluster.local", "A", ["NODATA"], id="escaped-dots"
        ),
        pytest.param("a.pin._zone.down.shop.svc.cluster.local", "A", ["NODATA"], id="nothing-ready"),
        pytest.param(
            "a.prefer._zone.down.shop.svc.cluster.local", "A", ["NODATA"], id="nothing-ready-prefer"
        ),
        pytest.param(f"eu-1a.only._zone.{DB}", "A", ["NXDOMAIN"], id="unknown-directive"),
        pytest.param(f"eu-1a.pin.zone.{DB}", "A", ["NXDOMAIN"], id="no-anchor"),
        pytest.param("a.pin._zone.nothing.shop.svc.cluster.local", "A", ["NXDOMAIN"], id="no-such-service"),
        pytest.param("eu-1a.pin._zone.web.shop.svc.cluster.local", "A", ["NXDOMAIN"], id="ClusterIP-service"),
        pytest.param("a.pin._zone.docs.shop.svc.cluster.local", "A", ["NXDOMAIN"], id="ExternalName"),
        pytest.param("a.pin._zone.db.nowhere.svc.cluster.local", "A", ["NXDOMAIN"], id="namespace"),
        pytest.param("a.pin._zone.db.shop.pod.cluster.local", "A", ["NXDOMAIN"], id="pod"),
        pytest.param(f"pin._zone.{DB}", "A", ["NODATA"], id="above-zones"),
        pytest.param(f"_zone.{DB}", "A", ["NODATA"], id="above-directives"),
        pytest.param("_zone.web.shop.svc.cluster.local", "A", ["NXDOMAIN"], id="above-nothing"),
        pytest.param(f"x._zone.{DB}", "A", ["NXDOMAIN"], id="port-of-protocol-zone"),
        pytest.param(DB, "A", BOTH, id="the-service-is-as-ever"),
    ],
)
async def test_with_the_option(
    serve: Serve, cluster: Cluster, name: str, rtype: str, expected: list[str]
) -> None:
    async with serve(cluster, "zonal") as chain:
        assert outcome(await chain.ask(name, rtype)) == expected


async def test_srv_is_of_the_zone_too(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster, "zonal") as chain:
        reply = await chain.ask(f"eu-1a.pin._zone.{DB}", "SRV")
    assert outcome(reply) == [f"SRV 0 100 80 10-0-0-1.{DB}."]
    assert lines(reply.additional) == [f"10-0-0-1.{DB}. 5 IN A 10.0.0.1"]


@pytest.mark.parametrize("name", [f"eu-1a.pin._zone.{DB}", f"pin._zone.{DB}", f"_zone.{DB}"])
async def test_without_the_option_the_names_do_not_exist(serve: Serve, cluster: Cluster, name: str) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask(name)) == ["NXDOMAIN"]


async def test_in_multicluster_zones_they_do_not_exist(serve: Serve, cluster: Cluster) -> None:
    cluster.service_import("shop/db")
    cluster.imported_slice("shop/db", "east", "10.0.0.1@eu-1a")
    async with serve(cluster, "zonal", "multicluster set.local", zones="cluster.local set.local") as chain:
        assert outcome(await chain.ask("eu-1a.pin._zone.db.shop.svc.set.local")) == ["NXDOMAIN"]
