"""Extended errors (RFC 8914): why an answer is negative or failed, and whether it may be stale."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

import pytest

from clusterdns.answering.chain import Link, compose
from clusterdns.corefile import parse
from clusterdns.dns.edns import Edns, ExtendedErrorCode
from clusterdns.dns.message import Message
from clusterdns.dns.name import Name
from clusterdns.dns.writer import write_message
from clusterdns.plugin import Reply
from clusterdns.testing.chain import Chain, outcome
from clusterdns.testing.cluster import Cluster
from clusterdns.testing.contexts import FakeContext
from clusterdns_plugins.kubernetes import plugin
from clusterdns_plugins.kubernetes.build import handler_of
from clusterdns_plugins.kubernetes.source import Source

Serve = Callable[..., AbstractAsyncContextManager[Chain]]

ZONES = "cluster.local in-addr.arpa"


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.service("shop/web", "10.96.0.20")
    cluster.service("shop/pending")
    cluster.headless("shop/db", "10.244.1.5=db-0@west")
    cluster.headless("shop/down", "10.244.1.6=down-0!")
    cluster.external_name("shop/out", "10.0.0.1")
    cluster.external_name("shop/lost", "nothing.shop.svc.cluster.local")
    return cluster


def told(reply: Reply) -> list[tuple[int, str]]:
    return [(error.code, error.text) for error in reply.extended_errors]


class TestNegativeAnswers:
    @pytest.mark.parametrize(
        ("name", "options", "expected"),
        [
            pytest.param("web.x.svc", [], "no such namespace", id="namespace"),
            pytest.param("x.svc", [], "no such namespace", id="namespace-itself"),
            pytest.param("10-0-0-1.x.pod", ["pods insecure"], "no such namespace", id="namespace-of-pod"),
            pytest.param("x.shop.svc", [], "no such service in this namespace", id="service"),
            pytest.param("_http._tcp.x.shop.svc", [], "no such service in this namespace", id="its-port"),
            pytest.param("a.x.shop.svc", [], "no such service in this namespace", id="its-endpoint"),
            pytest.param("_x._tcp.web.shop.svc", [], "the service has no such port", id="port"),
            pytest.param("_x._tcp.db.shop.svc", [], "the service has no such port", id="headless-port"),
            pytest.param("down.shop.svc", [], "the service has no ready endpoints", id="headless-empty"),
            pytest.param(
                "_http._tcp.down.shop.svc", [], "the service has no ready endpoints", id="its-ports"
            ),
            pytest.param(
                "web.shop.svc", ["ignore empty_service"], "the service has no ready endpoints", id="empty"
            ),
            pytest.param("db-1.db.shop.svc", [], "the service has no such endpoint", id="endpoint"),
            pytest.param("down-0.down.shop.svc", [], "the service has no such endpoint", id="not-ready"),
            pytest.param("a.out.shop.svc", [], "the service has no such endpoint", id="external-endpoint"),
            pytest.param("out.shop.svc", [], "the service's external name is no name", id="external"),
            pytest.param("db.shop.svc", ["noendpoints"], "endpoints are not served here", id="noendpoints"),
            pytest.param("db-0.db.shop.svc", ["noendpoints"], "endpoints are not served here", id="one"),
            pytest.param("10-0-0-1.shop.pod", [], "names of pods are not served here", id="pods-disabled"),
            pytest.param("shop.pod", [], "names of pods are not served here", id="pods-disabled-branch"),
            pytest.param(
                "10-0-0-1.shop.pod", ["pods verified"], "no such pod in this namespace", id="pods-verified"
            ),
            pytest.param("x", [], "no such name in the cluster's zones", id="name"),
            pytest.param("a.b.c.web.shop.svc", [], "no such name in the cluster's zones", id="too-long"),
        ],
    )
    async def test_a_missing_name_says_what_is_missing(
        self, serve: Serve, cluster: Cluster, name: str, options: list[str], expected: str
    ) -> None:
        async with serve(cluster, *options, zones=ZONES) as chain:
            reply = await chain.ask(f"{name}.cluster.local")
        assert outcome(reply) == ["NXDOMAIN"]
        assert told(reply) == [(ExtendedErrorCode.OTHER, expected)]

    async def test_a_missing_address(self, serve: Serve, cluster: Cluster) -> None:
        async with serve(cluster, zones=ZONES) as chain:
            reply = await chain.ask("1.0.0.10.in-addr.arpa", "PTR")
        assert told(reply) == [(0, "no service and no ready endpoint has this address")]

    @pytest.mark.parametrize(
        ("name", "rtype", "expected"),
        [
            pytest.param("web.shop.svc", "AAAA", "the name exists, without records of this type", id="type"),
            pytest.param("shop.svc", "A", "the name exists, without records of this type", id="branch"),
            pytest.param("pending.shop.svc", "A", "the service has no address yet", id="no-address"),
            pytest.param(
                "east.pin._zone.db.shop.svc",
                "A",
                "the service has no ready endpoints in this topology zone",
                id="zone",
            ),
            pytest.param(
                "lost.shop.svc",
                "A",
                "the service's external name leads to no address of this type",
                id="alias",
            ),
        ],
    )
    async def test_a_missing_type_says_so(
        self, serve: Serve, cluster: Cluster, name: str, rtype: str, expected: str
    ) -> None:
        async with serve(cluster, "zonal", zones=ZONES) as chain:
            reply = await chain.ask(f"{name}.cluster.local", rtype)
        assert outcome(reply) == ["NODATA"]
        assert told(reply) == [(ExtendedErrorCode.OTHER, expected)]

    @pytest.mark.parametrize("name", ["web.shop.svc", "db-0.db.shop.svc", "dns-version", "ns.dns"])
    @pytest.mark.parametrize("rtype", ["A", "TXT", "ANY"])
    async def test_none_is_on_a_plain_success(
        self, serve: Serve, cluster: Cluster, name: str, rtype: str
    ) -> None:
        async with serve(cluster, zones=ZONES) as chain:
            reply = await chain.ask(f"{name}.cluster.local", rtype)
        assert told(reply) == [] or outcome(reply) == ["NODATA"]

    async def test_a_port_of_a_service_whose_endpoints_are_down_is_still_no_port(
        self, serve: Serve, cluster: Cluster
    ) -> None:
        async with serve(cluster, "ignore empty_service") as chain:
            wrong = await chain.ask("_x._tcp.web.shop.svc.cluster.local")
            right = await chain.ask("_http._tcp.web.shop.svc.cluster.local")
        assert told(wrong) == [(0, "the service has no such port")]
        assert told(right) == [(0, "the service has no ready endpoints")]


class TestHiddenNamespaces:
    """Byte for byte the same as if they did not exist."""

    @pytest.mark.parametrize(
        "labels",
        ["", "web.", "x.", "db-0.db.", "_http._tcp.web.", "_x._tcp.web.", "a.b.c.web.", "pin._zone.db."],
    )
    @pytest.mark.parametrize("branch", ["svc", "pod"])
    @pytest.mark.parametrize("rtype", ["A", "SRV", "TXT", "ANY"])
    async def test_every_name_in_it(
        self, serve: Serve, cluster: Cluster, labels: str, branch: str, rtype: str
    ) -> None:
        async with serve(cluster, "namespaces other", "pods insecure", "zonal") as chain:
            hidden = await chain.ask(f"{labels}shop.{branch}.cluster.local", rtype)
            missing = await chain.ask(f"{labels}shxp.{branch}.cluster.local", rtype)
        assert octets(hidden) == octets(missing)

    async def test_every_address_in_it(self, serve: Serve, cluster: Cluster) -> None:
        async with serve(cluster, "namespaces other", zones=ZONES) as chain:
            hidden = await chain.ask("20.0.96.10.in-addr.arpa", "PTR")
            missing = await chain.ask("21.0.96.10.in-addr.arpa", "PTR")
        assert octets(hidden) == octets(missing)


@dataclass
class Age:
    """A freshness that a test sets."""

    stale: bool = False
    from_snapshot: bool = False


class Aged:
    """The plugin's handler alone, over a table as fresh as a test says."""

    def __init__(self, cluster: Cluster, *options: str) -> None:
        self.age = Age()
        text = "\n".join(["manifests m", *options])
        (block,) = parse(f". {{\nkubernetes cluster.local {{\n{text}\n}}\n}}", environ={}).blocks
        context = FakeContext(zones=(Name.from_text("cluster.local"),), addresses=("10.0.0.1",))
        handler = handler_of(plugin.parse(block.directives[0]), context, Source(cluster.table, self.age))
        self.chain = Chain(compose([Link(plugin, handler)]), context.zones[0], context)

    async def ask(self, name: str, rtype: str = "A") -> Reply:
        return await self.chain.ask(f"{name}cluster.local", rtype)


NAMES = [
    pytest.param("web.shop.svc.", "A", id="positive"),
    pytest.param("web.shop.svc.", "ANY", id="any"),
    pytest.param("", "SOA", id="soa"),
    pytest.param("", "NS", id="ns"),
    pytest.param("", "ANY", id="apex-any"),
    pytest.param("", "A", id="apex-no-data"),
    pytest.param("dns-version.", "TXT", id="version"),
    pytest.param("svc.", "A", id="branch"),
    pytest.param("alias.shop.svc.", "A", id="alias"),
    pytest.param("x.shop.svc.", "A", id="missing"),
]


class TestStaleAnswers:
    @pytest.fixture
    def aged(self, cluster: Cluster) -> Aged:
        cluster.external_name("shop/alias", "web.shop.svc.cluster.local")
        return Aged(cluster, "ttl 60")

    @pytest.mark.parametrize(("name", "rtype"), NAMES)
    async def test_every_answer_says_that_it_may_be_out_of_date(
        self, aged: Aged, name: str, rtype: str
    ) -> None:
        fresh = await aged.ask(name, rtype)
        aged.age.stale = True
        stale = await aged.ask(name, rtype)
        assert stale.extended_errors[1:] == fresh.extended_errors
        assert told(stale)[0] == (
            ExtendedErrorCode.STALE_ANSWER,
            "the API server is silent, this may be out of date",
        )
        assert replace(stale, extended_errors=()) == replace(fresh, extended_errors=())

    @pytest.mark.parametrize(("name", "rtype"), NAMES)
    async def test_every_answer_depends_on_the_table_so_that_a_change_of_state_drops_it(
        self, aged: Aged, cluster: Cluster, name: str, rtype: str
    ) -> None:
        await aged.ask(name, rtype)
        noted = aged.chain.noted
        assert noted.is_current()
        cluster.table.rows.touch_all()
        assert not noted.is_current()

    @pytest.mark.parametrize(("name", "rtype"), NAMES)
    async def test_what_a_snapshot_says_has_a_ttl_of_at_most_five_seconds(
        self, aged: Aged, name: str, rtype: str
    ) -> None:
        aged.age.stale = aged.age.from_snapshot = True
        reply = await aged.ask(name, rtype)
        assert told(reply)[0] == (3, "from a snapshot, the API server has not confirmed it yet")
        sections = (*reply.answer, *reply.authority, *reply.additional)
        assert {rrset.ttl for rrset in sections} == {5}

    async def test_a_lower_ttl_stays(self, cluster: Cluster) -> None:
        aged = Aged(cluster, "ttl 2")
        aged.age.stale = aged.age.from_snapshot = True
        assert (await aged.ask("web.shop.svc.")).answer[0].ttl == 2

    async def test_turned_off_nothing_is_said_but_the_ttl_is_low_all_the_same(self, cluster: Cluster) -> None:
        aged = Aged(cluster, "ttl 60", "extended_errors off")
        aged.age.stale = aged.age.from_snapshot = True
        for name in ("web.shop.svc.", "x.shop.svc.", "svc."):
            reply = await aged.ask(name)
            assert told(reply) == []
            assert {rrset.ttl for rrset in (*reply.answer, *reply.authority)} == {5}


class TestTurnedOff:
    async def test_before_the_first_sync(self, serve: Serve) -> None:
        async with serve(Cluster(synced=False), "extended_errors off") as chain:
            reply = await chain.ask("x.shop.svc.cluster.local")
        assert (outcome(reply), told(reply)) == (["SERVFAIL"], [])

    async def test_on_is_the_default(self, serve: Serve, cluster: Cluster) -> None:
        async with serve(cluster, "extended_errors on") as chain:
            on = await chain.ask("x.svc.cluster.local")
        async with serve(cluster) as chain:
            assert await chain.ask("x.svc.cluster.local") == on


def octets(reply: Reply) -> bytes:
    """All that a client gets, apart from the question."""
    return write_message(
        Message(
            id=1,
            flags=reply.flags,
            rcode=reply.rcode,
            answer=reply.answer,
            authority=reply.authority,
            additional=reply.additional,
            edns=Edns(options=tuple(error.to_option() for error in reply.extended_errors)),
        ),
        limit=1232,
    )
