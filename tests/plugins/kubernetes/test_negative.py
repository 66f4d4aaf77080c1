"""Names that do not exist: NXDOMAIN, falling through, and waiting for the first sync."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.dns.constants import Rcode
from clusterdns.dns.edns import ExtendedErrorCode
from clusterdns.plugin import Query, Reply, Reuse
from clusterdns.testing.chain import Chain, lines, outcome
from clusterdns.testing.cluster import Cluster

Serve = Callable[..., AbstractAsyncContextManager[Chain]]

MISSING = "nothing.shop.svc.cluster.local"
NEXT = Reply(rcode=Rcode.YXDOMAIN)


async def end(query: Query) -> Reply:
    return NEXT


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.service("shop/web", "10.96.0.20")
    return cluster


@pytest.mark.parametrize("name", [MISSING, "shop.svc.cluster.local"], ids=["NXDOMAIN", "NODATA"])
async def test_negative_replies_carry_the_soa(serve: Serve, cluster: Cluster, name: str) -> None:
    async with serve(cluster) as chain:
        reply = await chain.ask(name)
    assert reply.authoritative
    assert lines(reply.authority) == [
        "cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1700000000 7200 1800 86400 5"
    ]
    assert reply.reuse == Reuse()


class TestFallthrough:
    @pytest.mark.parametrize(
        ("option", "name", "falls"),
        [
            pytest.param("ttl 5", MISSING, False, id="off"),
            pytest.param("fallthrough", MISSING, True, id="everywhere"),
            pytest.param("fallthrough", "0.0.0.10.in-addr.arpa", True, id="reverse"),
            pytest.param("fallthrough .", MISSING, True, id="root"),
            pytest.param("fallthrough shop.svc.cluster.local", MISSING, True, id="below-the-zone-given"),
            pytest.param("fallthrough Shop.SVC.cluster.local", "X.Shop.svc.Cluster.LOCAL", True, id="case"),
            pytest.param("fallthrough other.svc.cluster.local", MISSING, False, id="not-below-it"),
            pytest.param("fallthrough op.svc.cluster.local", MISSING, False, id="label-by-label"),
            pytest.param("fallthrough a in-addr.arpa", "0.0.0.10.in-addr.arpa", True, id="one-of-several"),
            pytest.param("fallthrough 10.0.0.0/8", "0.0.0.10.in-addr.arpa", True, id="prefix"),
            pytest.param("fallthrough\nfallthrough other", MISSING, False, id="the-last-counts"),
            pytest.param("fallthrough", "web.shop.svc.cluster.local", False, id="exists"),
            pytest.param("fallthrough", "shop.svc.cluster.local", False, id="exists-without-data"),
            pytest.param("fallthrough", "cluster.local", False, id="apex"),
        ],
    )
    async def test_only_missing_names_in_its_zones_do(
        self, serve: Serve, cluster: Cluster, *, option: str, name: str, falls: bool
    ) -> None:
        async with serve(cluster, option, zones="cluster.local in-addr.arpa", end=end) as chain:
            assert (await chain.ask(name) is NEXT) is falls

    async def test_a_type_without_data_does_not(self, serve: Serve, cluster: Cluster) -> None:
        async with serve(cluster, "fallthrough", end=end) as chain:
            assert outcome(await chain.ask("web.shop.svc.cluster.local", "MX")) == ["NODATA"]


class TestBeforeTheFirstSync:
    @pytest.mark.parametrize("option", ["ttl 5", "fallthrough"])
    @pytest.mark.parametrize(
        "name", [MISSING, "nowhere.svc.cluster.local", "nothing.cluster.local", "20.0.96.10.in-addr.arpa"]
    )
    @pytest.mark.parametrize("rtype", ["A", "PTR", "SOA", "TXT"])
    async def test_a_missing_name_is_servfail_and_never_falls_through(
        self, serve: Serve, *, option: str, name: str, rtype: str
    ) -> None:
        async with serve(Cluster(synced=False), option, zones="cluster.local in-addr.arpa", end=end) as chain:
            reply = await chain.ask(name, rtype)
        assert outcome(reply) == ["SERVFAIL"]
        assert reply.authoritative
        assert [rrset.rtype for rrset in reply.authority] == [6]
        assert [error.code for error in reply.extended_errors] == [ExtendedErrorCode.NOT_READY]

    @pytest.mark.parametrize(
        ("name", "rtype", "expected"),
        [
            ("dns-version.cluster.local", "TXT", ['TXT "1.1.0"']),
            ("svc.cluster.local", "A", ["NODATA"]),
            ("cluster.local", "A", ["NODATA"]),
            ("web.shop.svc.cluster.local", "A", ["SERVFAIL"]),
            ("shop.svc.cluster.local", "A", ["SERVFAIL"]),
        ],
    )
    async def test_only_what_every_cluster_has_is_answered(
        self, serve: Serve, name: str, rtype: str, expected: list[str]
    ) -> None:
        cluster = Cluster(synced=False)
        cluster.service("shop/web", "10.96.0.20")
        async with serve(cluster) as chain:
            assert outcome(await chain.ask(name, rtype)) == expected

    async def test_an_alias_whose_target_is_not_known_yet_is_servfail(self, serve: Serve) -> None:
        cluster = Cluster(synced=False)
        cluster.external_name("shop/front", "web.shop.svc.cluster.local")
        async with serve(cluster) as chain:
            assert outcome(await chain.ask("front.shop.svc.cluster.local")) == ["SERVFAIL"]
            cluster.table.synced = True
            assert outcome(await chain.ask("front.shop.svc.cluster.local")) == ["NODATA"]

    async def test_afterwards_it_does_not_exist(self, serve: Serve) -> None:
        cluster = Cluster(synced=False)
        async with serve(cluster) as chain:
            unsynced = await chain.ask(MISSING)
            noted = chain.noted
            cluster.table.synced = True
            assert unsynced.reuse == Reuse()
            assert not noted.is_current()
            assert outcome(await chain.ask(MISSING)) == ["NXDOMAIN"]

    async def test_names_outside_the_zones_go_on(self, serve: Serve) -> None:
        async with serve(Cluster(synced=False), end=end) as chain:
            assert await chain.ask("example.org") is NEXT


class TestNamespaces:
    async def test_only_those_listed_are_shown_and_lists_add_up(self, serve: Serve) -> None:
        cluster = Cluster()
        for namespace in ("a", "b", "c", "d"):
            cluster.service(f"{namespace}/s", "10.96.0.1")
        async with serve(cluster, "namespaces a b", "namespaces c") as chain:
            shown = [
                n for n in "abcd" if outcome(await chain.ask(f"s.{n}.svc.cluster.local")) == ["A 10.96.0.1"]
            ]
            hidden = await chain.ask("d.svc.cluster.local")
            missing = await chain.ask("e.svc.cluster.local")
        assert shown == ["a", "b", "c"]
        assert outcome(hidden) == ["NXDOMAIN"]
        assert hidden == missing

    async def test_a_listed_one_must_exist_too(self, serve: Serve) -> None:
        async with serve(Cluster(), "namespaces a") as chain:
            assert outcome(await chain.ask("a.svc.cluster.local")) == ["NXDOMAIN"]

    async def test_pods_of_others_are_hidden(self, serve: Serve) -> None:
        cluster = Cluster()
        cluster.pod("a/x", "10.0.0.1")
        async with serve(cluster, "namespaces b", "pods verified") as chain:
            assert outcome(await chain.ask("10-0-0-1.a.pod.cluster.local")) == ["NXDOMAIN"]
