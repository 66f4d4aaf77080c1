"""Services of type ExternalName, and following them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.dns.constants import Rcode
from clusterdns.dns.edns import ExtendedErrorCode
from clusterdns.dns.name import Name
from clusterdns.dns.text import parse_section
from clusterdns.plugin import BackendFailure, Query, Reply, Reuse, Varies
from clusterdns.testing.chain import Chain, lines, outcome
from clusterdns.testing.cluster import Cluster

Serve = Callable[..., AbstractAsyncContextManager[Chain]]

WEB = "web.shop.svc.cluster.local"


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.service("shop/web", "10.96.0.20", "fd00:96::20")
    cluster.headless("shop/db", "10.244.1.5=db-0")
    cluster.external_name("shop/docs", "Docs.Example.COM")
    return cluster


def answering(text: str, **reply: object) -> Callable[[Query, Name, int], object]:
    """A nested look-up that always finds `text`."""

    async def lookup(query: Query, name: Name, rtype: int) -> Reply:
        return Reply(answer=parse_section(text), **reply)  # type: ignore[arg-type]

    return lookup


@pytest.mark.parametrize("rtype", ["TXT", "SRV", "MX", "NS", "SOA", "HTTPS", "PTR"])
async def test_other_types_are_nodata(serve: Serve, cluster: Cluster, rtype: str) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask("docs.shop.svc.cluster.local", rtype)) == ["NODATA"]


async def test_type_cname_gives_the_target_as_stored(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster) as chain:
        reply = await chain.ask("docs.Shop.svc.cluster.local", "CNAME")
    assert lines(reply.answer) == ["docs.Shop.svc.cluster.local. 5 IN CNAME Docs.Example.COM."]


async def test_any_is_hinfo(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster) as chain:
        assert outcome(await chain.ask("docs.shop.svc.cluster.local", "ANY"))[0].startswith("HINFO ")


@pytest.mark.parametrize("front", ["x", "_http._tcp", "_._", "10-0-0-1"])
@pytest.mark.parametrize("rtype", ["A", "SRV", "CNAME"])
async def test_a_label_in_front_does_not_exist(
    serve: Serve, cluster: Cluster, front: str, rtype: str
) -> None:
    cluster.slice("shop/docs", "10.0.0.1")
    async with serve(cluster) as chain:
        assert outcome(await chain.ask(f"{front}.docs.shop.svc.cluster.local", rtype)) == ["NXDOMAIN"]


@pytest.mark.parametrize("value", ["192.0.2.1", "2001:db8::1", "", "a..b", "x" * 64])
async def test_a_value_that_is_an_address_or_no_name_is_as_if_not_there(
    serve: Serve, cluster: Cluster, value: str
) -> None:
    cluster.external_name("shop/bad", value)
    async with serve(cluster) as chain:
        assert outcome(await chain.ask("bad.shop.svc.cluster.local", "A")) == ["NXDOMAIN"]
        assert outcome(await chain.ask("bad.shop.svc.cluster.local", "CNAME")) == ["NXDOMAIN"]


@pytest.mark.parametrize(
    ("target", "rtype", "expected"),
    [
        pytest.param(WEB, "A", [f"CNAME {WEB}.", "A 10.96.0.20"], id="service"),
        pytest.param(f"{WEB}.", "AAAA", [f"CNAME {WEB}.", "AAAA fd00:96::20"], id="with-final-dot"),
        pytest.param(
            "db-0.db.shop.svc.cluster.local",
            "A",
            ["CNAME db-0.db.shop.svc.cluster.local.", "A 10.244.1.5"],
            id="endpoint",
        ),
        pytest.param(
            f"_http._tcp.{WEB}", "A", [f"CNAME _http._tcp.{WEB}.", "A 10.96.0.20"], id="name-of-a-port"
        ),
        pytest.param(
            "WEB.shop.svc.CLUSTER.local",
            "A",
            ["CNAME WEB.shop.svc.CLUSTER.local.", "A 10.96.0.20"],
            id="case",
        ),
        pytest.param("db.shop.svc.cluster.local", "AAAA", ["NODATA"], id="other-family"),
        pytest.param("nothing.shop.svc.cluster.local", "A", ["NODATA"], id="missing"),
        pytest.param("cluster.local", "A", ["NODATA"], id="apex"),
        pytest.param("dns-version.cluster.local", "A", ["NODATA"], id="dns-version"),
        pytest.param("shop.svc.cluster.local", "A", ["NODATA"], id="namespace"),
        pytest.param("alias.shop.svc.cluster.local", "A", ["NODATA"], id="itself"),
        pytest.param("a.child.alias.shop.svc.cluster.local", "A", ["NODATA"], id="below-itself"),
    ],
)
async def test_a_target_inside_the_zone_is_followed_inside_the_plugin(
    serve: Serve, cluster: Cluster, target: str, rtype: str, expected: list[str]
) -> None:
    cluster.external_name("shop/alias", target)
    async with serve(cluster) as chain:
        reply = await chain.ask("alias.shop.svc.cluster.local", rtype)
        assert outcome(reply) == expected
        assert not chain.asked
        assert reply.reuse == Reuse()
        expected_cname = f"CNAME {target.removesuffix('.')}."
        assert outcome(await chain.ask("alias.shop.svc.cluster.local", "CNAME")) == [expected_cname]


def chained(cluster: Cluster, links: int, target: str) -> None:
    """Services c1 → c2 → … → target, so many links."""
    for number in range(1, links + 1):
        following = target if number == links else f"c{number + 1}.shop.svc.cluster.local"
        cluster.external_name(f"shop/c{number}", following)


async def test_11_links_are_followed(serve: Serve, cluster: Cluster) -> None:
    chained(cluster, 11, WEB)
    async with serve(cluster) as chain:
        found = outcome(await chain.ask("c1.shop.svc.cluster.local"))
    assert [record.split()[0] for record in found] == ["CNAME"] * 11 + ["A"]


async def test_12_links_lead_nowhere(serve: Serve, cluster: Cluster) -> None:
    chained(cluster, 12, WEB)
    async with serve(cluster) as chain:
        assert outcome(await chain.ask("c1.shop.svc.cluster.local")) == ["NODATA"]


async def test_a_loop_leads_nowhere(serve: Serve, cluster: Cluster) -> None:
    chained(cluster, 3, "c1.shop.svc.cluster.local")
    async with serve(cluster) as chain:
        assert outcome(await chain.ask("c1.shop.svc.cluster.local")) == ["NODATA"]
        assert outcome(await chain.ask("c2.shop.svc.cluster.local", "AAAA")) == ["NODATA"]


async def test_a_chain_that_leaves_the_zone_keeps_its_aliases(serve: Serve, cluster: Cluster) -> None:
    chained(cluster, 3, "out.example")
    async with serve(cluster, lookup=answering("out.example. 77 IN A 192.0.2.7")) as chain:
        reply = await chain.ask("c1.shop.svc.cluster.local")
    assert lines(reply.answer) == [
        "c1.shop.svc.cluster.local. 5 IN CNAME c2.shop.svc.cluster.local.",
        "c2.shop.svc.cluster.local. 5 IN CNAME c3.shop.svc.cluster.local.",
        "c3.shop.svc.cluster.local. 5 IN CNAME out.example.",
        "out.example. 77 IN A 192.0.2.7",
    ]


class TestOutside:
    async def test_the_whole_server_is_asked_for_the_target_and_type(
        self, serve: Serve, cluster: Cluster
    ) -> None:
        asked: list[tuple[str, int]] = []

        async def lookup(query: Query, name: Name, rtype: int) -> Reply:
            asked.append((str(name), rtype))
            return Reply()

        async with serve(cluster, lookup=lookup) as chain:
            await chain.ask("docs.shop.svc.cluster.local", "AAAA")
        assert asked == [("Docs.Example.COM.", 28)]

    @pytest.mark.parametrize("rcode", [Rcode.NOERROR, Rcode.NXDOMAIN, Rcode.SERVFAIL, Rcode.REFUSED])
    async def test_the_alias_is_kept_whatever_comes(
        self, serve: Serve, cluster: Cluster, rcode: Rcode
    ) -> None:
        async with serve(cluster, lookup=answering("", rcode=rcode)) as chain:
            reply = await chain.ask("docs.shop.svc.cluster.local")
        assert (reply.rcode, outcome(reply)) == (Rcode.NOERROR, ["CNAME Docs.Example.COM."])
        assert reply.authoritative
        assert not reply.authority

    async def test_the_alias_is_kept_if_the_look_up_fails_and_never_remembered(
        self, serve: Serve, cluster: Cluster
    ) -> None:
        async def lookup(query: Query, name: Name, rtype: int) -> Reply:
            raise BackendFailure("no upstream", extended_error=ExtendedErrorCode.NETWORK_ERROR)

        async with serve(cluster, lookup=lookup) as chain:
            reply = await chain.ask("docs.shop.svc.cluster.local")
        assert outcome(reply) == ["CNAME Docs.Example.COM."]
        assert reply.reuse is None
        assert [error.code for error in reply.extended_errors] == [ExtendedErrorCode.NETWORK_ERROR]

    async def test_truncation_is_passed_on(self, serve: Serve, cluster: Cluster) -> None:
        async with serve(cluster, lookup=answering("", truncated=True)) as chain:
            assert (await chain.ask("docs.shop.svc.cluster.local")).truncated

    @pytest.mark.parametrize("reuse", [None, Reuse(), Reuse(until=5.0, varies=Varies.CLIENT_CLASS)])
    async def test_the_reply_is_remembered_as_the_nested_one(
        self, serve: Serve, cluster: Cluster, reuse: Reuse | None
    ) -> None:
        async with serve(cluster, lookup=answering("", reuse=reuse)) as chain:
            assert (await chain.ask("docs.shop.svc.cluster.local")).reuse == reuse

    async def test_a_target_in_another_zone_of_the_plugin_goes_through_the_server(
        self, serve: Serve, cluster: Cluster
    ) -> None:
        cluster.external_name("shop/back", "web.shop.svc.other.zone")
        async with serve(cluster, zones="cluster.local other.zone") as chain:
            assert outcome(await chain.ask("back.shop.svc.cluster.local")) == [
                "CNAME web.shop.svc.other.zone.",
                "A 10.96.0.20",
            ]

    async def test_a_loop_through_the_server_ends(self, serve: Serve, cluster: Cluster) -> None:
        cluster.external_name("shop/ping", "pong.shop.svc.other.zone")
        cluster.external_name("shop/pong", "ping.shop.svc.cluster.local")
        async with serve(cluster, zones="cluster.local other.zone") as chain:
            found = outcome(await chain.ask("ping.shop.svc.cluster.local"))
        assert 2 <= len(found) < 30
