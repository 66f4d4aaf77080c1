"""PTR records."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.dns.reverse import reverse_name
from clusterdns.testing.chain import Chain, lines, outcome
from clusterdns.testing.cluster import Cluster

Serve = Callable[..., AbstractAsyncContextManager[Chain]]

ZONES = "cluster.local in-addr.arpa ip6.arpa"
WEB = "PTR web.shop.svc.cluster.local."


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.service("shop/web", "10.96.0.20", "fd00:96::20")
    cluster.slice("shop/web", "10.244.0.11", "10.244.0.12!")
    cluster.headless("shop/db", "10.244.1.5=db-0", "fd00:244::", "10.244.0.11")
    cluster.slice("shop/db", "10.244.1.5=db-0", suffix="moving")
    cluster.slice("shop/odd", "10.96.0.20")
    cluster.slice("gone/old", "10.244.3.3")
    cluster.pod("shop/alone", "10.244.9.1")
    return cluster


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("10.96.0.20", [WEB], id="ClusterIP-before-endpoints"),
        pytest.param("fd00:96::20", [WEB], id="ClusterIP-IPv6"),
        pytest.param(
            "10.244.1.5", ["PTR db-0.db.shop.svc.cluster.local."], id="host-name-in-two-slices-once"
        ),
        pytest.param(
            "10.244.0.11",
            ["PTR 10-244-0-11.db.shop.svc.cluster.local.", "PTR 10-244-0-11.web.shop.svc.cluster.local."],
            id="one-per-service-also-for-ClusterIP-services",
        ),
        pytest.param("fd00:244::", ["PTR fd00-244--0.db.shop.svc.cluster.local."], id="IPv6-with-dashes"),
        pytest.param("10.244.0.12", ["NXDOMAIN"], id="not-ready"),
        pytest.param("10.244.9.1", ["NXDOMAIN"], id="plain-pod"),
        pytest.param("192.0.2.1", ["NXDOMAIN"], id="nobody"),
        pytest.param(
            "10.244.3.3", ["PTR 10-244-3-3.old.gone.svc.cluster.local."], id="namespace-need-not-exist"
        ),
    ],
)
async def test_pointers(serve: Serve, cluster: Cluster, address: str, expected: list[str]) -> None:
    async with serve(cluster, zones=ZONES) as chain:
        assert outcome(await chain.ask(str(reverse_name(address)), "PTR")) == expected


@pytest.mark.parametrize("rtype", ["A", "TXT", "SRV", "SOA", "NS"])
async def test_another_type_at_an_address_with_names_is_nodata(
    serve: Serve, cluster: Cluster, rtype: str
) -> None:
    async with serve(cluster, zones=ZONES) as chain:
        assert outcome(await chain.ask("20.0.96.10.in-addr.arpa", rtype)) == ["NODATA"]
        assert outcome(await chain.ask("1.2.0.192.in-addr.arpa", rtype)) == ["NXDOMAIN"]


@pytest.mark.parametrize(
    "name",
    [
        "0.96.10.in-addr.arpa",
        "20.0.96.010.in-addr.arpa",
        "256.0.96.10.in-addr.arpa",
        "x.20.0.96.10.in-addr.arpa",
        "a.b.c.d.in-addr.arpa",
        "0.d.f.ip6.arpa",
        "web.shop.svc.in-addr.arpa",
        "shop.svc.in-addr.arpa",
    ],
)
@pytest.mark.parametrize("rtype", ["PTR", "A"])
async def test_what_is_no_full_address_does_not_exist(
    serve: Serve, cluster: Cluster, name: str, rtype: str
) -> None:
    async with serve(cluster, zones=ZONES) as chain:
        assert outcome(await chain.ask(name, rtype)) == ["NXDOMAIN"]


@pytest.mark.parametrize("rtype", ["PTR", "A"])
async def test_a_name_that_is_no_address_has_no_pointers(serve: Serve, cluster: Cluster, rtype: str) -> None:
    async with serve(cluster, zones=ZONES) as chain:
        assert outcome(await chain.ask("svc.in-addr.arpa", rtype)) == ["NODATA"]
        assert outcome(await chain.ask("in-addr.arpa", rtype)) == ["NODATA"]


async def test_the_owner_is_as_spelled_and_the_zone_of_the_soa_too(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster, zones="cluster.local 10.96.0.0/24") as chain:
        reply = await chain.ask("20.0.96.10.IN-addr.ARPA", "PTR")
        missing = await chain.ask("21.0.96.10.IN-addr.ARPA", "PTR")
    assert lines(reply.answer) == ["20.0.96.10.IN-addr.ARPA. 5 IN PTR web.shop.svc.cluster.local."]
    assert lines(missing.authority)[0].startswith(
        "0.96.10.IN-addr.ARPA. 5 IN SOA ns.dns.0.96.10.IN-addr.ARPA. "
    )


@pytest.mark.parametrize(
    ("zones", "target"),
    [
        pytest.param(
            "Other.Zone cluster.local 10.96.0.0/24", "other.zone.", id="first-forward-in-lower-case"
        ),
        pytest.param("10.96.0.0/24 cluster.local", "cluster.local.", id="reverse-first"),
        pytest.param("in-addr.arpa cluster.local", "in-addr.arpa.", id="in-addr.arpa-counts-as-forward"),
        pytest.param("ip6.arpa 10.96.0.0/24", "ip6.arpa.", id="ip6.arpa-counts-as-forward"),
        pytest.param(".", "", id="root"),
    ],
)
async def test_targets_stand_in_the_first_forward_zone(
    serve: Serve, cluster: Cluster, zones: str, target: str
) -> None:
    async with serve(cluster, zones=zones) as chain:
        assert outcome(await chain.ask("20.0.96.10.in-addr.arpa", "PTR")) == [f"PTR web.shop.svc.{target}"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("10.96.0.20", ["NXDOMAIN"], id="ClusterIP"),
        pytest.param("10.244.0.11", ["NXDOMAIN"], id="endpoint"),
        pytest.param("10.244.3.3", ["PTR 10-244-3-3.old.gone.svc.cluster.local."], id="of-the-shown-one"),
    ],
)
async def test_the_list_of_namespaces_hides_pointers(
    serve: Serve, cluster: Cluster, address: str, expected: list[str]
) -> None:
    async with serve(cluster, "namespaces gone", zones=ZONES) as chain:
        assert outcome(await chain.ask(str(reverse_name(address)), "PTR")) == expected


async def test_an_address_hidden_as_a_service_is_looked_for_among_endpoints(
    serve: Serve, cluster: Cluster
) -> None:
    cluster.slice("gone/front", "10.96.0.20")
    async with serve(cluster, "namespaces gone", zones=ZONES) as chain:
        assert outcome(await chain.ask("20.0.96.10.in-addr.arpa", "PTR")) == [
            "PTR 10-96-0-20.front.gone.svc.cluster.local."
        ]


async def test_a_zone_may_be_an_address(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster, zones="cluster.local 10.96.0.20/32 10.96.0.21/32") as chain:
        assert outcome(await chain.ask("20.0.96.10.in-addr.arpa", "PTR")) == [WEB]
        assert outcome(await chain.ask("20.0.96.10.in-addr.arpa", "A")) == ["NODATA"]
        assert outcome(await chain.ask("20.0.96.10.in-addr.arpa", "SOA"))[0].startswith("SOA ns.dns.20.")
        assert outcome(await chain.ask("21.0.96.10.in-addr.arpa", "PTR")) == ["NODATA"]
