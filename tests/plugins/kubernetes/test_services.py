"""Services with a ClusterIP (Kubernetes DNS specification 2.3)."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.testing.chain import Chain, lines, outcome
from clusterdns.testing.cluster import Cluster

Serve = Callable[..., AbstractAsyncContextManager[Chain]]


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.service("shop/web", "10.96.0.20", "fd00:96::20", ports=["http:80", "metrics:9090"])
    cluster.slice("shop/web", "10.244.0.11", "10.244.0.12=blue", "10.244.0.13!", ports=["http:8080"])
    cluster.service("shop/v4", "10.96.0.21")
    cluster.service("kube-system/dns", "10.96.0.10", ports=["dns:53/UDP", "dns-tcp:53/TCP", "metrics:9153"])
    cluster.service("shop/portless", "10.96.0.22", ports=[])
    cluster.service("shop/pending")
    return cluster


@pytest.mark.parametrize(
    ("name", "rtype", "expected"),
    [
        pytest.param("web.shop", "A", ["A 10.96.0.20"], id="A"),
        pytest.param("web.shop", "AAAA", ["AAAA fd00:96::20"], id="AAAA"),
        pytest.param("v4.shop", "AAAA", ["NODATA"], id="AAAA-of-an-IPv4-service"),
        pytest.param("_http._tcp.web.shop", "A", ["A 10.96.0.20"], id="A-at-a-port"),
        pytest.param("http.tcp.web.shop", "A", ["A 10.96.0.20"], id="underscores-are-optional"),
        pytest.param("_HTTP._Tcp.web.shop", "A", ["A 10.96.0.20"], id="ports-without-case"),
        pytest.param("_._.web.shop", "A", ["A 10.96.0.20"], id="lone-underscores-match-all"),
        pytest.param("__http._tcp.web.shop", "A", ["NXDOMAIN"], id="only-one-underscore-is-stripped"),
        pytest.param("_._udp.web.shop", "A", ["NXDOMAIN"], id="lone-underscore-and-a-missing-protocol"),
        pytest.param("10-244-0-11.web.shop", "A", ["A 10.244.0.11"], id="endpoint-by-address"),
        pytest.param("blue.web.shop", "A", ["A 10.244.0.12"], id="endpoint-by-host-name"),
        pytest.param("10-244-0-12.web.shop", "A", ["NXDOMAIN"], id="endpoint-has-one-name-only"),
        pytest.param("10-244-0-13.web.shop", "A", ["NXDOMAIN"], id="endpoint-not-ready"),
        pytest.param("portless.shop", "A", ["A 10.96.0.22"], id="portless-A"),
        pytest.param("portless.shop", "SRV", ["NODATA"], id="portless-SRV"),
        pytest.param("_._.portless.shop", "A", ["A 10.96.0.22"], id="portless-lone-underscores"),
        pytest.param("_http._tcp.portless.shop", "A", ["NXDOMAIN"], id="portless-named-port"),
        pytest.param("pending.shop", "A", ["NODATA"], id="no-address-yet"),
        pytest.param("pending.shop", "ANY", ["NODATA"], id="no-address-yet-ANY"),
    ],
)
async def test_addresses(serve: Serve, cluster: Cluster, name: str, rtype: str, expected: list[str]) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask(f"{name}.svc.cluster.local", rtype)) == expected


WEB = "web.shop.svc.cluster.local."


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("_http._tcp.web.shop", [f"SRV 0 50 80 {WEB}"], id="named-port-n-counts-both-families"),
        pytest.param(
            "web.shop", [f"SRV 0 25 80 {WEB}", f"SRV 0 25 9090 {WEB}"], id="bare-name-lists-all-ports"
        ),
        pytest.param(
            "dns.kube-system",
            [
                "SRV 0 33 53 dns.kube-system.svc.cluster.local.",
                "SRV 0 33 9153 dns.kube-system.svc.cluster.local.",
            ],
            id="equal-target-and-port-once-but-counted",
        ),
        pytest.param(
            "blue.web.shop",
            ["SRV 0 100 8080 blue.web.shop.svc.cluster.local."],
            id="endpoint-with-slice-port",
        ),
    ],
)
async def test_srv(serve: Serve, cluster: Cluster, name: str, expected: list[str]) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask(f"{name}.svc.cluster.local", "SRV")) == expected


async def test_srv_brings_both_families_of_its_target_along(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster) as chain:
        reply = await chain.ask("_http._tcp.web.shop.svc.cluster.local", "SRV")
    assert lines(reply.additional) == [f"{WEB} 5 IN A 10.96.0.20", f"{WEB} 5 IN AAAA fd00:96::20"]


async def test_an_unnamed_port_is_listed_at_the_bare_name_only(serve: Serve) -> None:
    cluster = Cluster()
    cluster.service("a/one", "10.96.0.30", ports=["8443"])
    async with serve(cluster) as chain:
        assert outcome(await chain.ask("one.a.svc.cluster.local", "SRV")) == [
            "SRV 0 100 8443 one.a.svc.cluster.local."
        ]
        assert outcome(await chain.ask("_x._tcp.one.a.svc.cluster.local", "SRV")) == ["NXDOMAIN"]


async def test_a_service_answers_whatever_its_endpoints(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask("v4.shop.svc.cluster.local")) == ["A 10.96.0.21"]


async def test_ttl_is_that_of_the_option(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster, "ttl 60") as chain:
        reply = await chain.ask("_http._tcp.web.shop.svc.cluster.local", "SRV")
    assert {rrset.ttl for rrset in (*reply.answer, *reply.additional)} == {60}


class TestIgnoreEmptyService:
    @pytest.mark.parametrize("name", ["v4.shop", "_http._tcp.v4.shop", "10-244-0-11.v4.shop"])
    async def test_without_ready_endpoints_it_does_not_exist(
        self, serve: Serve, cluster: Cluster, name: str
    ) -> None:
        cluster.slice("shop/v4", "10.244.0.40!")
        async with serve(cluster, "ignore empty_service") as chain:
            assert outcome(await chain.ask(f"{name}.svc.cluster.local")) == ["NXDOMAIN"]

    async def test_with_a_ready_endpoint_it_does(self, serve: Serve, cluster: Cluster) -> None:
        async with serve(cluster, "ignore empty_service") as chain:
            assert outcome(await chain.ask("web.shop.svc.cluster.local")) == ["A 10.96.0.20"]

    async def test_its_pointer_stays(self, serve: Serve, cluster: Cluster) -> None:
        async with serve(cluster, "ignore empty_service", zones="cluster.local 10.96.0.0/16") as chain:
            assert outcome(await chain.ask("21.0.96.10.in-addr.arpa", "PTR")) == [
                "PTR v4.shop.svc.cluster.local."
            ]

    async def test_external_names_are_left_alone(self, serve: Serve, cluster: Cluster) -> None:
        cluster.external_name("shop/docs", "docs.example.com")
        async with serve(cluster, "ignore empty_service") as chain:
            assert outcome(await chain.ask("docs.shop.svc.cluster.local", "CNAME")) == [
                "CNAME docs.example.com."
            ]
