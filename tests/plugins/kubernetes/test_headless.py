"""Headless Services and names of endpoints (Kubernetes DNS specification 2.4)."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.plugin import Transport
from clusterdns.testing.chain import Chain, lines, outcome
from clusterdns.testing.cluster import Cluster
from clusterdns.testing.contexts import fake_client

Serve = Callable[..., AbstractAsyncContextManager[Chain]]

LONG_POD = "p" * 64


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.headless(
        "shop/db", "10.244.1.5=db-0", "10.244.1.6=db-1", "10.244.1.7=db-2!", ports=["pg:5432", "stats:9187"]
    )
    cluster.slice("shop/db", "fd00:244::5=db-0", "fd00:244::8", "fd00:244::", ports=["pg:5432"], suffix="v6")
    cluster.headless("shop/down", "10.244.1.9!")
    cluster.headless("shop/none")
    cluster.headless("shop/portless", "10.244.1.10", ports=[])
    cluster.headless("shop/numberless", "10.244.1.11", ports=["x:-"])
    cluster.headless("shop/capitals", "10.244.1.12=DB-7")
    cluster.headless("shop/pods", "10.244.2.1#api-7f9-abc", f"10.244.2.2#{LONG_POD}", "10.244.2.3=own#api-x")
    return cluster


@pytest.mark.parametrize(
    ("name", "rtype", "expected"),
    [
        pytest.param("db", "A", ["A 10.244.1.5", "A 10.244.1.6"], id="only-ready-ones"),
        pytest.param("db", "AAAA", ["AAAA fd00:244::5", "AAAA fd00:244::8", "AAAA fd00:244::"], id="AAAA"),
        pytest.param("db-0.db", "A", ["A 10.244.1.5"], id="host-name"),
        pytest.param("DB-0.db", "A", ["A 10.244.1.5"], id="host-name-without-case"),
        pytest.param("db-7.capitals", "A", ["A 10.244.1.12"], id="host-name-written-in-capitals"),
        pytest.param("db-0.db", "AAAA", ["AAAA fd00:244::5"], id="host-name-in-two-slices"),
        pytest.param("db-1.db", "AAAA", ["NODATA"], id="host-name-of-the-other-family"),
        pytest.param("db-2.db", "A", ["NXDOMAIN"], id="host-name-not-ready"),
        pytest.param("fd00-244--8.db", "AAAA", ["AAAA fd00:244::8"], id="IPv6-with-dashes"),
        pytest.param("fd00-244--0.db", "AAAA", ["AAAA fd00:244::"], id="IPv6-gets-a-zero-at-its-end"),
        pytest.param("_pg._tcp.db", "A", ["A 10.244.1.5", "A 10.244.1.6"], id="A-at-a-port"),
        pytest.param("_stats._tcp.db", "AAAA", ["NODATA"], id="port-of-one-slice-only"),
        pytest.param("_none._tcp.db", "A", ["NXDOMAIN"], id="no-such-port"),
        pytest.param("down", "A", ["NXDOMAIN"], id="nothing-ready"),
        pytest.param("down", "SRV", ["NXDOMAIN"], id="nothing-ready-SRV"),
        pytest.param("down", "TXT", ["NXDOMAIN"], id="nothing-ready-TXT"),
        pytest.param("none", "A", ["NXDOMAIN"], id="no-endpoints"),
        pytest.param("portless", "A", ["A 10.244.1.10"], id="slice-without-ports"),
        pytest.param("portless", "SRV", ["NODATA"], id="slice-without-ports-SRV"),
        pytest.param("numberless", "A", ["A 10.244.1.11"], id="port-without-number"),
        pytest.param("numberless", "SRV", ["NODATA"], id="port-without-number-SRV"),
    ],
)
async def test_addresses(serve: Serve, cluster: Cluster, name: str, rtype: str, expected: list[str]) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask(f"{name}.shop.svc.cluster.local", rtype)) == expected


DB = "db.shop.svc.cluster.local."


async def test_srv_has_a_record_per_endpoint_and_port(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster) as chain:
        reply = await chain.ask(f"_pg._tcp.{DB}", "SRV")
    assert outcome(reply) == [
        f"SRV 0 20 5432 db-0.{DB}",
        f"SRV 0 20 5432 db-1.{DB}",
        f"SRV 0 20 5432 fd00-244--8.{DB}",
        f"SRV 0 20 5432 fd00-244--0.{DB}",
    ]
    assert lines(reply.additional) == [
        f"db-0.{DB} 5 IN A 10.244.1.5",
        f"db-1.{DB} 5 IN A 10.244.1.6",
        f"db-0.{DB} 5 IN AAAA fd00:244::5",
        f"fd00-244--8.{DB} 5 IN AAAA fd00:244::8",
        f"fd00-244--0.{DB} 5 IN AAAA fd00:244::",
    ]


@pytest.mark.parametrize(
    ("endpoints", "weight"),
    [(1, 100), (2, 50), (3, 33), (6, 16), (7, 14), (99, 1), (100, 1), (101, 1), (250, 1)],
)
async def test_the_weight_is_an_equal_share_of_100_and_at_least_1(
    serve: Serve, endpoints: int, weight: int
) -> None:
    cluster = Cluster()
    cluster.headless("a/s", *(f"10.1.0.{number}" for number in range(endpoints)))
    async with serve(cluster) as chain:
        client = fake_client(transport=Transport.TCP)
        reply = await chain.ask("s.a.svc.cluster.local", "SRV", client=client)
    assert {record.split()[2] for record in outcome(reply)} == {str(weight)}
    assert len(outcome(reply)) == endpoints


async def test_an_address_in_two_slices_is_one_record(serve: Serve, cluster: Cluster) -> None:
    cluster.slice("shop/db", "10.244.1.5=db-0", ports=["pg:5432"], suffix="moving")
    async with serve(cluster) as chain:
        assert outcome(await chain.ask(DB, "A")) == ["A 10.244.1.5", "A 10.244.1.6"]
        assert outcome(await chain.ask(f"db-0.{DB}", "A")) == ["A 10.244.1.5"]


async def test_slices_belong_to_a_service_by_their_label(serve: Serve, cluster: Cluster) -> None:
    cluster.slice("other/db", "10.9.9.9")
    cluster.slice("shop/db2", "10.9.9.8")
    async with serve(cluster) as chain:
        assert outcome(await chain.ask(DB, "A")) == ["A 10.244.1.5", "A 10.244.1.6"]


class TestEndpointPodNames:
    @pytest.mark.parametrize(
        ("endpoint", "expected"),
        [
            pytest.param("api-7f9-abc", ["A 10.244.2.1"], id="pod"),
            pytest.param("10-244-2-1", ["NXDOMAIN"], id="instead-of-dashes"),
            pytest.param("10-244-2-2", ["A 10.244.2.2"], id="dashes-if-the-pod-name-is-no-label"),
            pytest.param("own", ["A 10.244.2.3"], id="host-name-first"),
            pytest.param("api-x", ["NXDOMAIN"], id="one-name-only"),
        ],
    )
    async def test_with_the_option(
        self, serve: Serve, cluster: Cluster, endpoint: str, expected: list[str]
    ) -> None:
        async with serve(cluster, "endpoint_pod_names") as chain:
            assert outcome(await chain.ask(f"{endpoint}.pods.shop.svc.cluster.local")) == expected

    async def test_a_pod_name_with_dots_is_several_labels_that_nobody_can_ask_for(self, serve: Serve) -> None:
        cluster = Cluster()
        cluster.headless("a/s", "10.0.0.1#api.node-1")
        async with serve(cluster, "endpoint_pod_names", zones="cluster.local in-addr.arpa") as chain:
            assert outcome(await chain.ask("s.a.svc.cluster.local", "SRV")) == [
                "SRV 0 100 80 api.node-1.s.a.svc.cluster.local."
            ]
            assert outcome(await chain.ask("1.0.0.10.in-addr.arpa", "PTR")) == [
                "PTR api.node-1.s.a.svc.cluster.local."
            ]
            assert outcome(await chain.ask("api.node-1.s.a.svc.cluster.local")) == ["NXDOMAIN"]
            assert outcome(await chain.ask("api\\.node-1.s.a.svc.cluster.local")) == ["NXDOMAIN"]

    async def test_without_it_pods_give_no_names(self, serve: Serve, cluster: Cluster) -> None:
        async with serve(cluster) as chain:
            assert outcome(await chain.ask("api-7f9-abc.pods.shop.svc.cluster.local")) == ["NXDOMAIN"]
            assert outcome(await chain.ask("10-244-2-1.pods.shop.svc.cluster.local")) == ["A 10.244.2.1"]


class TestNoEndpoints:
    @pytest.mark.parametrize("name", ["db", "db-0.db", "_pg._tcp.db"])
    async def test_headless_services_and_endpoints_do_not_exist(
        self, serve: Serve, cluster: Cluster, name: str
    ) -> None:
        async with serve(cluster, "noendpoints") as chain:
            assert outcome(await chain.ask(f"{name}.shop.svc.cluster.local")) == ["NXDOMAIN"]

    async def test_endpoints_have_no_pointers(self, serve: Serve, cluster: Cluster) -> None:
        async with serve(cluster, "noendpoints", zones="cluster.local in-addr.arpa") as chain:
            assert outcome(await chain.ask("5.1.244.10.in-addr.arpa", "PTR")) == ["NXDOMAIN"]

    async def test_with_ignore_empty_service_every_service_is_empty(self, serve: Serve) -> None:
        cluster = Cluster()
        cluster.service("shop/web", "10.96.0.20")
        cluster.slice("shop/web", "10.244.0.1")
        async with serve(cluster, "noendpoints", "ignore empty_service") as chain:
            assert outcome(await chain.ask("web.shop.svc.cluster.local")) == ["NXDOMAIN"]


async def test_a_host_name_that_is_no_label_has_no_srv_record(serve: Serve) -> None:
    cluster = Cluster()
    cluster.headless("a/s", f"10.0.0.1={'h' * 64}", "10.0.0.2=fine")
    async with serve(cluster) as chain:
        assert outcome(await chain.ask("s.a.svc.cluster.local", "A")) == ["A 10.0.0.1", "A 10.0.0.2"]
        assert outcome(await chain.ask("s.a.svc.cluster.local", "SRV")) == [
            "SRV 0 50 80 fine.s.a.svc.cluster.local."
        ]
