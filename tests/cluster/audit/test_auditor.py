"""Audits: what they find, what they leave alone, when they are."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from clusterdns.cluster import ChangeSet, EndpointSlice, ObjectKey, Service
from clusterdns.cluster.api import ApiProtocolError, ApiStatusError, Target
from clusterdns.cluster.audit import AuditFigures
from clusterdns.cluster.reflector.resources import Resource

WEB = Service(namespace="shop", name="web", version="1")
API = Service(namespace="shop", name="api", version="2")
DB = Service(namespace="data", name="db", version="3")
WEB_KEY = ObjectKey(Service, "shop", "web")

SLICES = Resource(kind=EndpointSlice, name="endpointslices", root="/apis/discovery.k8s.io/v1")
SERVICES = Resource(kind=Service, name="services", root="/api/v1")


def status(code: int, *, retry_after: float | None = None) -> ApiStatusError:
    return ApiStatusError(
        code=code,
        reason="",
        message="",
        retry_after=retry_after,
        causes=frozenset(),
        target=Target(verb="list", resource="services"),
        endpoint="http://api",
    )


def figures(world: Any) -> AuditFigures:
    found: AuditFigures = world.auditor.figures["services"]
    return found


async def test_equal_versions_cost_a_list_and_nothing_else(world: Any) -> None:
    world.known(WEB, API, DB)
    await world.auditor.audit()
    assert world.pauses == []
    assert world.source.repairs == []
    assert (figures(world).done, figures(world).missed) == (1, 0)


async def test_names_and_versions_are_asked_for_in_pages(world: Any) -> None:
    world.known(WEB, API, DB)
    await world.auditor.audit()
    assert world.server.asked == [
        ("/api/v1/services", {"limit": "500"}),
        ("/api/v1/services", {"limit": "500", "continue": "2"}),
    ]
    assert world.server.accepts == {
        ("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", True)
    }


class TestMissed:
    async def test_a_change(self, world: Any) -> None:
        world.known(WEB, API)
        newer = world.change(WEB)
        await world.auditor.audit()
        assert world.source.repairs == [(WEB_KEY,)]
        assert world.source.table.objects(Service)["shop", "web"] == newer
        assert figures(world).missed == 1

    async def test_an_addition(self, world: Any) -> None:
        world.known(API)
        world.server.put(WEB)
        await world.auditor.audit()
        assert world.source.repairs == [(WEB_KEY,)]

    async def test_a_deletion(self, world: Any) -> None:
        world.known(WEB, API)
        world.server.remove(Service, "shop", "web")
        await world.auditor.audit()
        assert world.source.repairs == [(WEB_KEY,)]
        assert ("shop", "web") not in world.source.table.objects(Service)

    async def test_it_is_said_with_some_names(self, world: Any, caplog: pytest.LogCaptureFixture) -> None:
        world.server.put(*(Service(namespace="shop", name=f"s{n}", version="1") for n in range(7)))
        await world.auditor.audit()
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert record.getMessage() == (
            "the watch of services has missed changes of shop/s0, shop/s1, shop/s2, shop/s3, shop/s4 "
            "and 2 more"
        )

    @pytest.mark.parametrize(("count", "relists"), [(100, 0), (101, 1)])
    async def test_of_many_the_resource_is_listed_anew(self, world: Any, count: int, relists: int) -> None:
        world.server.put(*(Service(namespace="shop", name=f"s{n}", version="1") for n in range(count)))
        world.server.page = 500
        await world.auditor.audit()
        assert len(world.source.relists) == relists
        assert len(world.source.repairs) == 1 - relists
        assert figures(world).missed == count
        repaired = sum(map(len, world.source.repairs)) + sum(
            one.repairs for one in world.source.freshness.resources
        )
        assert repaired == count

    async def test_only_its_own_namespace_is_compared(self, world_of: Callable[..., Any]) -> None:
        world = world_of(Resource(kind=Service, name="services", root="/api/v1", namespace="shop"))
        world.known(WEB)
        world.source.table.apply(_put(DB))
        await world.auditor.audit()
        assert world.source.repairs == []
        assert world.server.asked[0][0] == "/api/v1/namespaces/shop/services"


class TestInFlight:
    """What the watch tells of a little later was not missed."""

    async def test_an_event_within_ten_seconds_explains_a_change(self, world: Any) -> None:
        world.known(WEB)
        world.change(WEB)
        world.meanwhile = lambda: world.source.follow(Service, "shop", "web")
        await world.auditor.audit()
        assert world.pauses == [10.0]
        assert world.source.repairs == []
        assert figures(world).missed == 0

    async def test_an_event_within_ten_seconds_explains_an_addition(self, world: Any) -> None:
        world.server.put(WEB)
        world.meanwhile = lambda: world.source.follow(Service, "shop", "web")
        await world.auditor.audit()
        assert world.source.repairs == []

    async def test_an_event_within_ten_seconds_explains_a_deletion(self, world: Any) -> None:
        world.known(WEB, API)
        world.server.remove(Service, "shop", "web")
        world.meanwhile = lambda: world.source.follow(Service, "shop", "web")
        await world.auditor.audit()
        assert world.source.repairs == []

    async def test_a_table_that_is_ahead_of_the_list_is_right(self, world: Any) -> None:
        """The event comes between the copy and the page that is older than it."""
        world.known(WEB)
        listed = dict(world.server.objects)

        def ahead() -> None:
            world.change(WEB)
            world.source.follow(Service, "shop", "web")
            world.server.objects = listed

        world.server.before_page = ahead
        await world.auditor.audit()
        assert world.source.repairs == []

    async def test_what_comes_while_it_is_listed_is_right(self, world: Any) -> None:
        world.known(API)

        def comes() -> None:
            world.source.table.apply(_put(WEB))

        world.server.before_page = comes
        await world.auditor.audit()
        assert world.source.repairs == []


class TestNotNow:
    @pytest.mark.parametrize("state", ["synced", "connected"])
    async def test_what_is_not_followed_is_passed_by(self, world: Any, state: str) -> None:
        setattr(world.source.freshness.resources[0], state, False)
        await world.auditor.audit()
        assert world.server.asked == []

    async def test_a_watch_that_ends_meanwhile_lists_anyhow(self, world: Any) -> None:
        def end() -> None:
            world.source.freshness.resources[0].connected = False

        world.server.put(WEB)
        world.meanwhile = end
        await world.auditor.audit()
        assert world.source.repairs == []

    async def test_too_many_requests_suspends_the_whole_audit(self, world_of: Callable[..., Any]) -> None:
        world = world_of(SERVICES, SLICES)
        world.server.errors = [status(429, retry_after=7.0)]
        assert await world.auditor.audit() == 7.0
        assert len(world.server.asked) == 1
        assert (figures(world).suspended, figures(world).failed, figures(world).done) == (1, 0, 0)

    @pytest.mark.parametrize(
        "error",
        [
            pytest.param(status(500), id="status"),
            pytest.param(status(410), id="the-rest-of-the-list-is-forgotten"),
            pytest.param(ApiProtocolError("x"), id="protocol"),
        ],
    )
    async def test_a_failure_is_counted_and_the_next_resource_audited(
        self, world_of: Callable[..., Any], error: Exception, caplog: pytest.LogCaptureFixture
    ) -> None:
        world = world_of(SERVICES, SLICES)
        world.server.errors = [error]
        await world.auditor.audit()
        assert (figures(world).failed, figures(world).done) == (1, 0)
        assert world.auditor.figures["endpointslices"].done == 1
        assert "the audit of services failed: " in caplog.text

    async def test_what_is_no_list_is_a_failure(self, world: Any) -> None:
        world.server.body = b"{}"
        await world.auditor.audit()
        assert (figures(world).failed, figures(world).done) == (1, 0)


class TestSchedule:
    async def test_pauses_are_spread_around_the_period(self, world: Any) -> None:
        pauses = await _pauses(world, 200)
        assert all(900 <= pause <= 2700 for pause in pauses)
        assert min(pauses) < 1000
        assert max(pauses) > 2600
        assert 1700 < sum(pauses) / len(pauses) < 1900

    async def test_a_long_retry_after_is_kept(self, world: Any) -> None:
        world.server.errors = [status(429, retry_after=5000.0)]
        assert (await _pauses(world, 3))[1] == 5000.0


class TestCost:
    async def test_octets_are_counted_as_they_came(self, world: Any) -> None:
        world.known(WEB, API, DB)
        await world.auditor.audit()
        once = figures(world).octets
        await world.auditor.audit()
        assert figures(world).octets == 2 * once
        assert figures(world).octets_last == once
        assert world.auditor.octets_per_hour == 2 * once

    async def test_namespaces_add_up(self, world_of: Callable[..., Any]) -> None:
        one, other = (
            Resource(kind=Service, name="services", root="/api/v1", namespace=name)
            for name in ("shop", "data")
        )
        world = world_of(one, other)
        world.known(WEB, DB)
        await world.auditor.audit()
        assert figures(world).done == 2
        assert figures(world).octets_last == figures(world).octets > 0


def _put(item: Service) -> ChangeSet:
    return ChangeSet(put=(item,))


async def _pauses(world: Any, count: int) -> list[float]:
    """The first pauses between audits."""

    def enough() -> None:
        if len(world.pauses) == count:
            raise asyncio.CancelledError

    world.meanwhile = enough
    with pytest.raises(asyncio.CancelledError):
        await world.auditor.run()
    pauses: list[float] = world.pauses
    return pauses
