"""Which names exist, and how they are spelled."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.plugin import Query, Reply
from clusterdns.testing.chain import Chain, lines, outcome
from clusterdns.testing.cluster import Cluster

Serve = Callable[..., AbstractAsyncContextManager[Chain]]

EVERY_TYPE = [
    "A",
    "AAAA",
    "SRV",
    "TXT",
    "CNAME",
    "PTR",
    "MX",
    "NS",
    "SOA",
    "CAA",
    "HTTPS",
    "ANY",
    "TYPE65280",
]


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.namespace("empty")
    cluster.service("shop/web", "10.96.0.20", ports=["http:80"])
    cluster.headless("shop/db", "10.244.1.5=db-0", ports=["pg:5432"])
    return cluster


@pytest.mark.parametrize("rtype", [rtype for rtype in EVERY_TYPE if rtype not in {"NS", "SOA", "ANY"}])
async def test_the_apex_exists_and_has_only_soa_and_ns(serve: Serve, cluster: Cluster, rtype: str) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask("cluster.local", rtype)) == ["NODATA"]


@pytest.mark.parametrize("rtype", EVERY_TYPE)
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("svc.cluster.local", id="svc"),
        pytest.param("pod.cluster.local", id="pod"),
        pytest.param("empty.svc.cluster.local", id="namespace-without-services"),
        pytest.param("shop.svc.cluster.local", id="namespace"),
        pytest.param("dns.cluster.local", id="above-ns-dns"),
        pytest.param("_tcp.web.shop.svc.cluster.local", id="above-ports"),
        pytest.param("_tcp.db.shop.svc.cluster.local", id="above-ports-of-endpoints"),
    ],
)
async def test_a_name_with_others_below_it_exists_and_has_no_data(
    serve: Serve, cluster: Cluster, name: str, rtype: str
) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask(name, rtype)) == ["NODATA"]


@pytest.mark.parametrize("rtype", EVERY_TYPE)
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("web.cluster.local", id="directly-below-the-zone"),
        pytest.param("x.dns.cluster.local", id="beside-ns-dns"),
        pytest.param("x.ns.dns.cluster.local", id="below-ns-dns"),
        pytest.param("x.dns-version.cluster.local", id="below-dns-version"),
        pytest.param("nowhere.svc.cluster.local", id="namespace"),
        pytest.param("web.nowhere.svc.cluster.local", id="service-in-missing-namespace"),
        pytest.param("nothing.shop.svc.cluster.local", id="service"),
        pytest.param("_udp.web.shop.svc.cluster.local", id="protocol-without-ports"),
        pytest.param("_http._udp.web.shop.svc.cluster.local", id="port-of-another-protocol"),
        pytest.param("_https._tcp.web.shop.svc.cluster.local", id="port"),
        pytest.param("db-1.db.shop.svc.cluster.local", id="endpoint"),
        pytest.param("db-0.web.shop.svc.cluster.local", id="endpoint-of-another-service"),
        pytest.param("x._http._tcp.web.shop.svc.cluster.local", id="three-labels-in-front"),
        pytest.param("*.shop.svc.cluster.local", id="asterisk-is-an-ordinary-label"),
        pytest.param("any.shop.svc.cluster.local", id="any-is-an-ordinary-label"),
        pytest.param("web.*.svc.cluster.local", id="asterisk-as-namespace"),
        pytest.param("shop.pod.cluster.local", id="pods-disabled"),
        pytest.param("1-2-3-4.shop.pod.cluster.local", id="pod-with-pods-disabled"),
        pytest.param("w\\233b.shop.svc.cluster.local", id="beyond-ascii"),
    ],
)
async def test_a_name_that_nothing_gives_does_not_exist(
    serve: Serve, cluster: Cluster, name: str, rtype: str
) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask(name, rtype)) == ["NXDOMAIN"]


@pytest.mark.parametrize("rtype", ["TXT", "CNAME", "PTR", "MX", "NS", "SOA", "CAA", "HTTPS", "TYPE65280"])
@pytest.mark.parametrize(
    "name",
    [
        "web.shop.svc.cluster.local",
        "_http._tcp.web.shop.svc.cluster.local",
        "db.shop.svc.cluster.local",
        "db-0.db.shop.svc.cluster.local",
    ],
)
async def test_a_type_without_data_at_a_name_with_data_is_nodata(
    serve: Serve, cluster: Cluster, name: str, rtype: str
) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask(name, rtype)) == ["NODATA"]


@pytest.mark.parametrize(
    "name",
    [
        "cluster.local",
        "web.shop.svc.cluster.local",
        "db.shop.svc.cluster.local",
        "dns-version.cluster.local",
    ],
)
async def test_any_at_a_name_with_data_is_hinfo(serve: Serve, cluster: Cluster, name: str) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask(name, "ANY")) == ["HINFO \\# 9 075246433834383200"]


async def test_the_owner_keeps_the_spelling_of_the_query(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster) as chain:
        reply = await chain.ask("wEb.Shop.SVC.Cluster.LOCAL", "A")
    assert lines(reply.answer) == ["wEb.Shop.SVC.Cluster.LOCAL. 5 IN A 10.96.0.20"]


async def test_srv_targets_have_the_zone_as_spelled_and_the_rest_as_stored(
    serve: Serve, cluster: Cluster
) -> None:
    async with serve(cluster) as chain:
        reply = await chain.ask("DB.Shop.SVC.Cluster.Local", "SRV")
    assert lines(reply.answer) == [
        "DB.Shop.SVC.Cluster.Local. 5 IN SRV 0 100 5432 db-0.db.shop.svc.Cluster.Local."
    ]
    assert lines(reply.additional) == ["db-0.db.shop.svc.Cluster.Local. 5 IN A 10.244.1.5"]


async def test_soa_has_the_zone_as_spelled(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster) as chain:
        reply = await chain.ask("nothing.Cluster.Local", "A")
    (soa,) = lines(reply.authority)
    assert soa.startswith("Cluster.Local. 5 IN SOA ns.dns.Cluster.Local. hostmaster.Cluster.Local. ")


async def test_a_name_outside_the_zones_goes_to_the_next_plugin(serve: Serve, cluster: Cluster) -> None:
    async def end(query: Query) -> Reply:
        return following

    following = Reply()
    async with serve(cluster, end=end) as chain:
        assert await chain.ask("example.org", "A") is following
        assert await chain.ask("xcluster.local", "A") is following


@pytest.mark.parametrize("rtype", ["AXFR", "IXFR"])
async def test_a_transfer_that_reaches_the_plugin_is_refused(
    serve: Serve, cluster: Cluster, rtype: str
) -> None:
    async with serve(cluster) as chain:
        reply = await chain.ask("cluster.local", rtype)
    assert outcome(reply) == ["REFUSED"]
    assert not reply.authoritative
    assert not reply.authority


@pytest.mark.parametrize("zone", ["a.b.c.example", ".", "local", "k8s"])
async def test_any_zone_will_do(serve: Serve, cluster: Cluster, zone: str) -> None:
    below = "" if zone == "." else f".{zone}"
    async with serve(cluster, zones=zone) as chain:
        assert outcome(await chain.ask(f"web.shop.svc{below}", "A")) == ["A 10.96.0.20"]
        assert outcome(await chain.ask(f"nothing{below}", "A")) == ["NXDOMAIN"]


async def test_the_longest_of_several_zones_counts(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster, zones="local svc.cluster.local cluster.local") as chain:
        assert outcome(await chain.ask("web.shop.svc.cluster.local", "A")) == ["NXDOMAIN"]
        assert outcome(await chain.ask("web.shop.svc.svc.cluster.local", "A")) == ["A 10.96.0.20"]
        assert outcome(await chain.ask("web.shop.svc.local", "A")) == ["A 10.96.0.20"]


async def test_without_zones_those_of_the_server_block_count(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster, zones="") as chain:
        assert outcome(await chain.ask("web.shop.svc", "A")) == ["A 10.96.0.20"]
