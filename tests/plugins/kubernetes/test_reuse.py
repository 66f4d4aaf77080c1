"""What a reply depends on: every row that was read, also where nothing was found."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.cluster import EndpointSlice, Namespace, Service
from clusterdns.plugin import Query, Reply, Reuse
from clusterdns.testing.chain import Chain, outcome
from clusterdns.testing.cluster import Cluster

Serve = Callable[..., AbstractAsyncContextManager[Chain]]
Change = Callable[[Cluster], None]

OPTIONS = ("pods verified", "zonal", "multicluster set.local")
ZONES = "cluster.local set.local in-addr.arpa"


def built() -> Cluster:
    cluster = Cluster()
    cluster.service("shop/web", "10.96.0.20")
    cluster.headless("shop/db", "10.244.1.5=db-0@eu")
    cluster.external_name("shop/alias", "next.shop.svc.cluster.local")
    cluster.service_import("shop/far", "10.112.0.1")
    cluster.service_import("shop/farther")
    return cluster


@pytest.mark.parametrize(
    ("name", "rtype", "change"),
    [
        pytest.param(
            "web.shop.svc.cluster.local", "A", lambda c: c.service("shop/web", "10.96.0.21"), id="changed"
        ),
        pytest.param(
            "web.shop.svc.cluster.local", "A", lambda c: c.remove(Service, "shop/web"), id="removed"
        ),
        pytest.param(
            "new.shop.svc.cluster.local", "A", lambda c: c.service("shop/new", "10.96.0.1"), id="added"
        ),
        pytest.param("new.svc.cluster.local", "A", lambda c: c.namespace("new"), id="namespace-added"),
        pytest.param(
            "web.shop.svc.cluster.local", "A", lambda c: c.remove(Namespace, "shop"), id="namespace-removed"
        ),
        pytest.param(
            "db.shop.svc.cluster.local", "A", lambda c: c.slice("shop/db", "10.0.0.1"), id="endpoints"
        ),
        pytest.param(
            "db.shop.svc.cluster.local",
            "A",
            lambda c: c.remove(EndpointSlice, "shop/db-1"),
            id="endpoints-gone",
        ),
        pytest.param(
            "db-1.db.shop.svc.cluster.local",
            "A",
            lambda c: c.slice("shop/db", "10.0.0.1=db-1"),
            id="endpoint-name",
        ),
        pytest.param(
            "us.pin._zone.db.shop.svc.cluster.local",
            "A",
            lambda c: c.slice("shop/db", "10.0.0.1@us"),
            id="zone",
        ),
        pytest.param(
            "_udp.web.shop.svc.cluster.local",
            "A",
            lambda c: c.service("shop/web", "10.96.0.20", ports=["x:1/UDP"]),
            id="above-ports",
        ),
        pytest.param(
            "alias.shop.svc.cluster.local",
            "A",
            lambda c: c.service("shop/next", "10.96.0.30"),
            id="end-of-aliases",
        ),
        pytest.param(
            "1.0.96.10.in-addr.arpa",
            "PTR",
            lambda c: c.service("shop/x", "10.96.0.1"),
            id="pointer-to-service",
        ),
        pytest.param(
            "1.0.0.10.in-addr.arpa", "PTR", lambda c: c.slice("shop/db", "10.0.0.1"), id="pointer-to-endpoint"
        ),
        pytest.param("1.0.0.10.in-addr.arpa", "A", lambda c: c.slice("shop/db", "10.0.0.1"), id="no-pointer"),
        pytest.param("10-0-0-1.shop.pod.cluster.local", "A", lambda c: c.pod("shop/p", "10.0.0.1"), id="pod"),
        pytest.param(
            "far.shop.svc.set.local", "A", lambda c: c.service_import("shop/far", "10.112.0.2"), id="import"
        ),
        pytest.param(
            "farther.shop.svc.set.local",
            "A",
            lambda c: c.imported_slice("shop/farther", "e", "10.0.0.1"),
            id="imported",
        ),
        pytest.param("cluster.local", "NS", lambda c: c.slice("shop/web", "192.0.2.53"), id="name-server"),
        pytest.param("ns.dns.cluster.local", "A", lambda c: c.slice("shop/web", "192.0.2.53"), id="ns-dns"),
    ],
)
async def test_a_change_that_alters_the_answer_touches_its_rows(
    serve: Serve, name: str, rtype: str, change: Change
) -> None:
    cluster = built()
    async with serve(cluster, *OPTIONS, zones=ZONES, addresses=("192.0.2.53",)) as chain:
        before = await chain.ask(name, rtype)
        noted = chain.noted
        assert before.reuse == Reuse()
        assert noted.is_current()
        change(cluster)
        assert outcome(await chain.ask(name, rtype)) != outcome(before)
        assert not noted.is_current()


async def test_a_change_elsewhere_touches_nothing(serve: Serve) -> None:
    cluster = built()
    async with serve(cluster) as chain:
        await chain.ask("web.shop.svc.cluster.local")
        cluster.service("shop/other", "10.96.0.99")
        cluster.slice("shop/db", "10.0.0.9")
        assert chain.noted.is_current()


async def test_rows_are_noted_before_falling_through(serve: Serve) -> None:
    seen: list[bool] = []

    async def end(query: Query) -> Reply:
        cluster.service("shop/new", "10.96.0.1")
        seen.append(query.noted.is_current())
        return Reply(reuse=Reuse())

    cluster = built()
    async with serve(cluster, "fallthrough", end=end) as chain:
        await chain.ask("new.shop.svc.cluster.local")
    assert seen == [False]


async def test_a_first_sync_touches_what_was_unknown(serve: Serve) -> None:
    cluster = Cluster(synced=False)
    async with serve(cluster) as chain:
        await chain.ask("x.shop.svc.cluster.local")
        cluster.table.synced = True
        assert not chain.noted.is_current()
