"""How fresh the table is, and who says so."""

from dataclasses import dataclass

from clusterdns.cluster.reflector.health.freshness import Freshness


@dataclass
class Time:
    now: float = 1000.0


class Told:
    def __init__(self) -> None:
        self.time = Time()
        self.changes = 0
        self.freshness = Freshness(
            self._count, clock=lambda: self.time.now, now=lambda: 1.7e9 + self.time.now
        )

    def _count(self) -> None:
        self.changes += 1


def test_three_minutes_without_news_of_one_resource_are_stale_and_news_end_that() -> None:
    told = Told()
    services, slices = told.freshness.add("services"), told.freshness.add("endpointslices")
    services.synced = slices.synced = True
    told.time.now += 179
    slices.heard()
    told.freshness.look()
    assert not told.freshness.stale
    told.time.now += 1
    told.freshness.look()
    assert told.freshness.stale
    assert told.changes == 1
    services.heard()
    told.freshness.look()
    assert not told.freshness.stale
    assert told.changes == 2


def test_before_the_first_list_nothing_is_stale() -> None:
    told = Told()
    told.freshness.add("services")
    told.time.now += 1000
    told.freshness.look()
    assert not told.freshness.stale


def test_a_snapshot_is_stale_until_it_is_confirmed() -> None:
    told = Told()
    told.freshness.from_snapshot = True
    assert told.freshness.stale
    assert told.freshness.lines() == ("all objects: from a snapshot, not yet confirmed by the API server",)
    told.freshness.from_snapshot = False
    assert not told.freshness.stale
    assert told.changes == 2


def test_lines_say_what_since_when_and_why() -> None:
    told = Told()
    services = told.freshness.add("services", "shop")
    slices = told.freshness.add("endpointslices", "shop")
    services.failed("connection refused")
    slices.synced = True
    assert told.freshness.lines() == (
        'services in namespace "shop": not synced since 2023-11-14T22:30:00Z: connection refused',
    )
    services.synced = True
    told.time.now += 60
    services.failed("another reason")
    assert told.freshness.lines() == (
        'services in namespace "shop": not fresh since 2023-11-14T22:30:00Z: another reason',
    )
    services.recovered()
    services.heard()
    assert told.freshness.lines() == ()
    assert str(services) == 'services in namespace "shop": followed'


def test_there_are_never_many_lines() -> None:
    told = Told()
    for number in range(400):
        told.freshness.add("services", f"n{number}")
    lines = told.freshness.lines()
    assert len(lines) == 17
    assert lines[-1] == "384 more resources are not fresh"
