"""Lists that belong together go into the table together."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from clusterdns.cluster import ChangeSet, EndpointSlice, Namespace, ObjectKey, Service, Table
from clusterdns.cluster.reflector.listing.gathering import Gathering
from testbed.following import now, until

WEB = Service(namespace="shop", name="web", version="1")
WEB_SLICE = EndpointSlice(namespace="shop", name="web-1", service="web", version="1")
LATER = Service(namespace="shop", name="web", external_name="x", version="2")


class Gathered:
    """`services` and `slices` are to be listed."""

    def __init__(self) -> None:
        self.table = Table(clock=lambda: 1.0)
        self.synced = 0
        self.gathering = Gathering(self.table, on_synced=self._count)
        self.gathering.need(("services", "slices"))

    def _count(self) -> None:
        self.synced += 1
        self.table.synced = True

    @property
    def names(self) -> set[str]:
        return {
            item.name
            for kind in (Namespace, Service, EndpointSlice)
            for item in self.table.objects(kind).values()
        }

    async def sync(self) -> None:
        self.gathering.listed("services", ChangeSet(put=(WEB,)))
        self.gathering.listed("slices", ChangeSet(put=(WEB_SLICE,)))
        await until(lambda: self.synced == 1, 0.1)


@pytest.fixture
async def gathered() -> AsyncIterator[Gathered]:
    found = Gathered()
    task = asyncio.create_task(found.gathering.run())
    yield found
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_first_lists_wait_for_each_other_however_long(gathered: Gathered) -> None:
    gathered.gathering.listed("services", ChangeSet(put=(WEB,)))
    gathered.gathering.failed("slices")
    await asyncio.sleep(3600)
    assert gathered.names == set()
    gathered.gathering.listed("slices", ChangeSet(put=(WEB_SLICE,)))
    await asyncio.sleep(0.1)
    assert gathered.names == {"web", "web-1"}
    assert gathered.synced == 1


async def test_what_a_watch_brings_meanwhile_comes_after_its_list(gathered: Gathered) -> None:
    gathered.gathering.listed("services", ChangeSet(put=(WEB, Service(namespace="shop", name="gone"))))
    assert not await gathered.gathering.changed(
        "services", ChangeSet(removed=(ObjectKey(Service, "shop", "gone"),))
    )
    await gathered.gathering.changed("services", ChangeSet(put=(LATER,)))
    assert gathered.names == set()
    gathered.gathering.listed("slices", ChangeSet())
    await asyncio.sleep(0.1)
    assert dict(gathered.table.objects(Service)) == {("shop", "web"): LATER}


async def test_a_list_takes_the_place_of_one_that_waits(gathered: Gathered) -> None:
    gathered.gathering.listed("services", ChangeSet(put=(WEB,)))
    await gathered.gathering.begin("services")
    gathered.gathering.listed("services", ChangeSet(put=(LATER,)))
    gathered.gathering.listed("slices", ChangeSet())
    await asyncio.sleep(0.1)
    assert dict(gathered.table.objects(Service)) == {("shop", "web"): LATER}


async def test_a_change_is_in_the_table_when_the_call_returns(gathered: Gathered) -> None:
    await gathered.sync()
    assert await gathered.gathering.changed("services", ChangeSet(put=(LATER,)))
    assert gathered.table.objects(Service)["shop", "web"] == LATER


async def test_a_later_list_alone_is_applied_at_once(gathered: Gathered) -> None:
    await gathered.sync()
    await gathered.gathering.begin("services")
    gathered.gathering.listed("services", ChangeSet(put=(LATER,)))
    await until(lambda: LATER in gathered.table.objects(Service).values(), 0.05)


@pytest.mark.parametrize("unsettled", [True, False])
async def test_a_later_list_waits_two_seconds_for_one_under_way(gathered: Gathered, unsettled: bool) -> None:
    await gathered.sync()
    if unsettled:
        gathered.gathering.unsettled("slices")
    else:
        await gathered.gathering.begin("slices")
    await gathered.gathering.begin("services")
    began = now()
    gathered.gathering.listed("services", ChangeSet(put=(LATER,)))
    await until(lambda: LATER in gathered.table.objects(Service).values(), 3)
    assert now() - began == pytest.approx(2, abs=0.1)


async def test_nobody_waits_for_a_list_that_failed_or_a_watch_that_works(gathered: Gathered) -> None:
    await gathered.sync()
    gathered.gathering.unsettled("slices")
    await gathered.gathering.begin("slices")
    await gathered.gathering.begin("services")
    gathered.gathering.listed("services", ChangeSet(put=(LATER,)))
    gathered.gathering.failed("slices")
    gathered.gathering.settled("slices")
    await until(lambda: LATER in gathered.table.objects(Service).values(), 0.05)


async def test_lists_that_are_needed_together_wait_half_a_minute(gathered: Gathered) -> None:
    await gathered.sync()
    gathered.gathering.need(("services", "slices"))
    gathered.gathering.listed("services", ChangeSet(put=(LATER,)))
    gathered.gathering.failed("slices")
    await asyncio.sleep(29)
    assert gathered.table.objects(Service)["shop", "web"] == WEB
    await asyncio.sleep(2)
    assert gathered.table.objects(Service)["shop", "web"] == LATER


async def test_synced_is_told_once(gathered: Gathered) -> None:
    await gathered.sync()
    gathered.gathering.listed("services", ChangeSet())
    await asyncio.sleep(5)
    assert gathered.synced == 1
