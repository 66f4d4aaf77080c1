"""Names made of the addresses of Pods."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.testing.chain import Chain, lines, outcome
from clusterdns.testing.cluster import Cluster
from clusterdns_plugins.kubernetes.addresses import undashed

Serve = Callable[..., AbstractAsyncContextManager[Chain]]

MODES = ["insecure", "verified"]


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.namespace("empty")
    cluster.pod("shop/web-1", "10.244.0.7", "2001:db8::7")
    cluster.pod("shop/host-1", "192.0.2.1")
    cluster.pod("shop/host-2", "192.0.2.1")
    cluster.pod("other/api", "10.244.0.8")
    return cluster


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("name", "rtype", "expected"),
    [
        pytest.param("10-244-0-7.shop", "A", ["A 10.244.0.7"], id="IPv4"),
        pytest.param("10-244-0-7.shop", "AAAA", ["NODATA"], id="IPv4-AAAA"),
        pytest.param("10-244-0-7.shop", "TXT", ["NODATA"], id="IPv4-TXT"),
        pytest.param("2001-db8--7.shop", "AAAA", ["AAAA 2001:db8::7"], id="IPv6-and-second-of-podIPs"),
        pytest.param("2001-0DB8-0-0-0-0-0-7.shop", "AAAA", ["AAAA 2001:db8::7"], id="IPv6-in-any-spelling"),
        pytest.param("2001-db8--7.shop", "A", ["NODATA"], id="IPv6-A"),
        pytest.param("x.10-244-0-7.shop", "A", ["A 10.244.0.7"], id="one-label-in-front-ignored"),
        pytest.param("_a._b.10-244-0-7.shop", "A", ["A 10.244.0.7"], id="two-labels-in-front-ignored"),
        pytest.param("x.y.z.10-244-0-7.shop", "A", ["NXDOMAIN"], id="three-labels-in-front"),
        pytest.param("shop", "A", ["NODATA"], id="namespace"),
        pytest.param("empty", "A", ["NODATA"], id="namespace-without-pods"),
        pytest.param("nowhere", "A", ["NXDOMAIN"], id="missing-namespace"),
        pytest.param("10-244-0-7.nowhere", "A", ["NXDOMAIN"], id="pod-in-missing-namespace"),
        pytest.param("web-1.shop", "A", ["NXDOMAIN"], id="name-of-a-pod"),
        pytest.param("10-244-0-07.shop", "A", ["NXDOMAIN"], id="leading-zero"),
        pytest.param("10-244-0-256.shop", "A", ["NXDOMAIN"], id="octet-too-big"),
    ],
)
async def test_in_both_modes(
    serve: Serve, cluster: Cluster, *, mode: str, name: str, rtype: str, expected: list[str]
) -> None:
    async with serve(cluster, f"pods {mode}") as chain:
        assert outcome(await chain.ask(f"{name}.pod.cluster.local", rtype)) == expected


@pytest.mark.parametrize(
    ("name", "insecure", "verified"),
    [
        pytest.param("1-2-3-4.shop", ["A 1.2.3.4"], ["NXDOMAIN"], id="nobody's-address"),
        pytest.param("10-244-0-8.shop", ["A 10.244.0.8"], ["NXDOMAIN"], id="of-another-namespace"),
        pytest.param("1-2-3-4.empty", ["A 1.2.3.4"], ["NXDOMAIN"], id="in-an-empty-namespace"),
        pytest.param("10-244--7.shop", ["NODATA"], ["NXDOMAIN"], id="two-dashes-together-are-IPv6"),
        pytest.param("--ffff-10\\.244\\.0\\.7.shop", ["NXDOMAIN"], ["NXDOMAIN"], id="escaped-dots"),
        pytest.param("10-244-7.shop", ["NXDOMAIN"], ["NXDOMAIN"], id="too-few-parts"),
        pytest.param("--ffff-af4-7.shop", ["A 10.244.0.7"], ["A 10.244.0.7"], id="IPv4-mapped-is-IPv4"),
    ],
)
async def test_verified_asks_for_a_pod_and_insecure_does_not(
    serve: Serve, cluster: Cluster, name: str, insecure: list[str], verified: list[str]
) -> None:
    async with serve(cluster, "pods insecure") as chain:
        assert outcome(await chain.ask(f"{name}.pod.cluster.local")) == insecure
    async with serve(cluster, "pods verified") as chain:
        assert outcome(await chain.ask(f"{name}.pod.cluster.local")) == verified


@pytest.mark.parametrize("mode", MODES)
async def test_srv_gives_port_0(serve: Serve, cluster: Cluster, mode: str) -> None:
    async with serve(cluster, f"pods {mode}") as chain:
        reply = await chain.ask("x.10-244-0-7.Shop.pod.Cluster.local", "SRV")
    assert lines(reply.answer) == [
        "x.10-244-0-7.Shop.pod.Cluster.local. 5 IN SRV 0 100 0 10-244-0-7.shop.pod.Cluster.local."
    ]
    assert lines(reply.additional) == ["10-244-0-7.shop.pod.Cluster.local. 5 IN A 10.244.0.7"]


async def test_pods_that_share_an_address_share_the_weight(serve: Serve, cluster: Cluster) -> None:
    async with serve(cluster, "pods verified") as chain:
        reply = await chain.ask("192-0-2-1.shop.pod.cluster.local", "SRV")
    assert outcome(reply) == ["SRV 0 50 0 192-0-2-1.shop.pod.cluster.local."]
    assert lines(reply.additional) == ["192-0-2-1.shop.pod.cluster.local. 5 IN A 192.0.2.1"]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("1-2-3-4", bytes((1, 2, 3, 4))),
        ("--1", bytes(15) + b"\1"),
        ("--", bytes(16)),
        ("1-2-3", None),
        ("1-2-3-4-5", None),
        ("-1-2-3", None),
        ("fe80--1%eth0", None),
        ("1--2--3", None),
        ("", None),
        ("\0", None),
        ("1-2-3-\0", None),
        ("1-2-3-\xe9", None),
        ("\xe9", None),
    ],
)
def test_a_label_that_is_no_address_is_none(label: str, expected: bytes | None) -> None:
    assert undashed(label) == expected
