"""The zone itself: SOA, NS, `ns.dns`, `dns-version`."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.cluster import Namespace, Service
from clusterdns.plugin import Reuse
from clusterdns.testing.chain import Chain, lines, outcome
from clusterdns.testing.cluster import Cluster

Serve = Callable[..., AbstractAsyncContextManager[Chain]]

MINE = ("10.244.0.53", "fd00:244::53", "fe80::1%eth0")


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster(now=1_700_000_123)
    cluster.service("kube-system/kube-dns", "10.96.0.10", "fd00:96::10", ports=["dns:53/UDP"])
    return cluster


async def test_soa(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster) as chain:
        reply = await chain.ask("Cluster.local", "SOA")
    assert lines(reply.answer) == [
        "Cluster.local. 5 IN SOA ns.dns.Cluster.local. hostmaster.Cluster.local. 1700000123 7200 1800 86400 5"
    ]
    assert reply.authoritative
    assert not reply.authority


async def test_soa_is_never_remembered(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster) as chain:
        assert (await chain.ask("cluster.local", "SOA")).reuse is None
        assert (await chain.ask("cluster.local", "A")).reuse == Reuse()


@pytest.mark.parametrize(
    ("option", "ttl", "minimum"), [("ttl 0", 0, 0), ("ttl 300", 300, 300), ("ttl 3600", 300, 3600)]
)
async def test_the_ttl_of_soa_is_at_most_300(
    serve: Serve, cluster: Cluster, option: str, ttl: int, minimum: int
) -> None:
    async with serve(cluster, option) as chain:
        positive = lines((await chain.ask("cluster.local", "SOA")).answer)
        negative = lines((await chain.ask("nothing.cluster.local", "A")).authority)
    (soa,) = positive
    assert soa.split()[1] == str(ttl)
    assert soa.split()[-1] == str(minimum)
    assert negative == positive


async def test_the_serial_is_0_before_the_first_change(serve: Serve) -> None:
    async with serve(Cluster()) as chain:
        assert " 0 7200 1800 86400 5" in lines((await chain.ask("cluster.local", "SOA")).answer)[0]


async def test_dns_version_has_a_ttl_of_its_own(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster, "ttl 60") as chain:
        reply = await chain.ask("DNS-version.cluster.local", "TXT")
    assert lines(reply.answer) == ['DNS-version.cluster.local. 28800 IN TXT "1.1.0"']


@pytest.mark.parametrize("rtype", ["A", "AAAA", "SRV", "SOA", "NS", "CNAME"])
async def test_dns_version_has_no_other_type(serve: Serve, cluster: Cluster, rtype: str) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask("dns-version.cluster.local", rtype)) == ["NODATA"]


class TestNameServers:
    async def test_without_a_service_in_front_they_are_this_machine(
        self, serve: Serve, cluster: Cluster
    ) -> None:
        async with serve(cluster, addresses=MINE) as chain:
            reply = await chain.ask("Cluster.local", "NS")
        assert lines(reply.answer) == ["Cluster.local. 5 IN NS ns.dns.Cluster.local."]
        assert lines(reply.additional) == [
            "ns.dns.Cluster.local. 5 IN A 10.244.0.53",
            "ns.dns.Cluster.local. 5 IN AAAA fd00:244::53",
            "ns.dns.Cluster.local. 5 IN AAAA fe80::1",
        ]

    async def test_a_service_in_front_is_named_with_its_addresses(
        self, serve: Serve, cluster: Cluster
    ) -> None:
        cluster.slice("kube-system/kube-dns", "10.244.0.53", "10.244.0.54")
        cluster.slice("kube-system/kube-dns", "fd00:244::53", suffix="v6")
        async with serve(cluster, addresses=MINE) as chain:
            reply = await chain.ask("cluster.local", "NS")
        assert lines(reply.answer) == ["cluster.local. 5 IN NS kube-dns.kube-system.svc.cluster.local."]
        assert lines(reply.additional) == [
            "kube-dns.kube-system.svc.cluster.local. 5 IN A 10.96.0.10",
            "kube-dns.kube-system.svc.cluster.local. 5 IN AAAA fd00:96::10",
        ]

    async def test_a_headless_service_is_named_by_the_endpoints_of_its_slice(
        self, serve: Serve, cluster: Cluster
    ) -> None:
        cluster.headless("dns/peers", "10.244.0.53=one", "10.244.0.54", "10.244.0.55!")
        cluster.slice("dns/peers", "10.244.0.60", suffix="elsewhere")
        async with serve(cluster, addresses=MINE) as chain:
            reply = await chain.ask("cluster.local", "NS")
        assert outcome(reply) == [
            "NS one.peers.dns.svc.cluster.local.",
            "NS 10-244-0-54.peers.dns.svc.cluster.local.",
        ]
        assert lines(reply.additional) == [
            "one.peers.dns.svc.cluster.local. 5 IN A 10.244.0.53",
            "10-244-0-54.peers.dns.svc.cluster.local. 5 IN A 10.244.0.54",
        ]

    async def test_an_endpoint_that_is_not_ready_is_none(self, serve: Serve, cluster: Cluster) -> None:
        cluster.slice("kube-system/kube-dns", "10.244.0.53!")
        async with serve(cluster, addresses=MINE) as chain:
            assert outcome(await chain.ask("cluster.local", "NS")) == ["NS ns.dns.cluster.local."]

    async def test_a_slice_of_a_missing_service_leaves_no_name(self, serve: Serve, cluster: Cluster) -> None:
        cluster.slice("kube-system/kube-dns", "10.244.0.53")
        cluster.remove(Service, "kube-system/kube-dns")
        async with serve(cluster, addresses=MINE) as chain:
            assert outcome(await chain.ask("cluster.local", "NS")) == ["NODATA"]
            assert outcome(await chain.ask("ns.dns.cluster.local", "A")) == ["NODATA"]

    @pytest.mark.parametrize("option", ["namespaces shop", "noendpoints"])
    async def test_namespaces_need_not_be_shown_but_endpoints_must_be_served(
        self, serve: Serve, cluster: Cluster, option: str
    ) -> None:
        cluster.slice("kube-system/kube-dns", "10.244.0.53")
        cluster.remove(Namespace, "kube-system")
        expected = "ns.dns" if option == "noendpoints" else "kube-dns.kube-system.svc"
        async with serve(cluster, option, addresses=MINE) as chain:
            assert outcome(await chain.ask("cluster.local", "NS")) == [f"NS {expected}.cluster.local."]

    async def test_bound_to_addresses_there_are_none(self, serve: Serve, cluster: Cluster) -> None:
        async with serve(cluster, addresses=MINE, bound=("10.244.0.53",)) as chain:
            assert outcome(await chain.ask("cluster.local", "NS")) == ["NODATA"]
            assert outcome(await chain.ask("ns.dns.cluster.local", "A")) == ["NODATA"]
            assert outcome(await chain.ask("ns.dns.cluster.local", "ANY")) == ["NODATA"]

    async def test_below_the_apex_there_are_none(self, serve: Serve, cluster: Cluster) -> None:
        async with serve(cluster, addresses=MINE) as chain:
            assert outcome(await chain.ask("kube-dns.kube-system.svc.cluster.local", "NS")) == ["NODATA"]

    async def test_every_zone_has_them_reverse_ones_too(self, serve: Serve, cluster: Cluster) -> None:
        async with serve(cluster, zones="cluster.local 10.96.0.0/16", addresses=MINE[:1]) as chain:
            assert outcome(await chain.ask("96.10.in-addr.arpa", "NS")) == ["NS ns.dns.96.10.in-addr.arpa."]
            assert outcome(await chain.ask("ns.dns.96.10.in-addr.arpa", "A")) == ["A 10.244.0.53"]


class TestNsDns:
    @pytest.mark.parametrize(
        ("rtype", "expected"),
        [
            ("A", ["A 10.244.0.53"]),
            ("AAAA", ["AAAA fd00:244::53", "AAAA fe80::1"]),
            ("TXT", ["NODATA"]),
            ("SRV", ["NODATA"]),
            ("NS", ["NODATA"]),
            ("ANY", ["HINFO \\# 9 075246433834383200"]),
        ],
    )
    @pytest.mark.parametrize("name", ["ns.dns.cluster.local", "NS.dns.Cluster.LOCAL"])
    async def test_it_has_the_addresses_however_it_is_spelled(
        self, serve: Serve, cluster: Cluster, *, name: str, rtype: str, expected: list[str]
    ) -> None:
        async with serve(cluster, addresses=MINE) as chain:
            assert outcome(await chain.ask(name, rtype)) == expected

    async def test_it_has_those_of_the_service_in_front(self, serve: Serve, cluster: Cluster) -> None:
        cluster.slice("kube-system/kube-dns", "10.244.0.53")
        async with serve(cluster, addresses=MINE) as chain:
            reply = await chain.ask("ns.dns.Cluster.local", "A")
        assert lines(reply.answer) == ["ns.dns.Cluster.local. 5 IN A 10.96.0.10"]
