"""Changes and states as a table publishes them."""

import pytest

from clusterdns.cluster import ChangeSet, Namespace, Service, Table
from clusterdns.cluster.objects import key_of
from clusterdns.cluster.publishing import Published, PublishedChange, PublishedState, TableState
from clusterdns.cluster.serials import Serials
from clusterdns.rows import Row, RowSource

WEB = Service(namespace="shop", name="web", version="1")
WEB_ROW = ("service", "shop", "web")


def synced_table() -> Table:
    table = Table(clock=lambda: 100.0)
    table.synced = True
    return table


@pytest.fixture
def table() -> Table:
    return synced_table()


def heard(table: Table) -> list[Published]:
    published: list[Published] = []
    table.subscribe(published.append, name="a test")
    return published


def test_a_change_has_a_number_its_objects_its_rows_and_the_serials_after_it(table: Table) -> None:
    published = heard(table)
    put, removed = ChangeSet(put=(WEB,)), ChangeSet(removed=(key_of(WEB),))
    table.apply(put)
    table.apply(removed)
    rows = (frozenset({WEB_ROW}),)
    assert published == [
        PublishedChange(1, put, rows, Serials(cluster=100)),
        PublishedChange(2, removed, rows, Serials(cluster=100)),
    ]


def test_it_is_published_when_look_ups_see_it_and_in_the_step_in_which_its_rows_are_touched(
    table: Table,
) -> None:
    order: list[str] = []

    def told(_: Published) -> None:
        order.append(f"published, {len(table.objects(Service))} Service, serial {table.serial}")

    def touched(_: RowSource, rows: frozenset[Row] | None) -> None:
        order.append(f"touched {len(rows or ())}")

    table.rows.subscribe(touched)
    table.subscribe(told, name="a test")
    table.apply(ChangeSet(put=(WEB,)))
    assert order == ["published, 1 Service, serial 100", "touched 1"]


def test_a_new_version_that_says_nothing_new_is_published_without_rows(table: Table) -> None:
    table.apply(ChangeSet(put=(WEB,)))
    published = heard(table)
    again = ChangeSet(put=(Service(namespace="shop", name="web", version="2"),))
    table.apply(again)
    assert published == [PublishedChange(1, again, (), Serials(cluster=100))]


def test_before_the_first_sync_all_rows_count_as_touched() -> None:
    table = Table(clock=lambda: 100.0)
    published = heard(table)
    table.apply(ChangeSet(put=(WEB,)))
    assert isinstance(published[0], PublishedChange)
    assert published[0].rows is None


def test_an_empty_change_is_none(table: Table) -> None:
    published = heard(table)
    table.apply(ChangeSet())
    assert published == []


def test_serials_that_are_continued_are_published(table: Table) -> None:
    published = heard(table)
    table.continue_serials(Serials(external=7))
    table.continue_serials(Serials(external=6))
    assert published == [PublishedChange(1, ChangeSet(), (), Serials(external=7))]


def test_the_state_is_published_when_it_is_another() -> None:
    table, lines = Table(), ["the disk is full"]
    table.describe = lambda synced: TableState(synced, complaints=tuple(lines))
    published = heard(table)
    table.publish_state()
    table.synced = True
    lines.clear()
    table.publish_state()
    table.publish_state()
    assert published == [
        PublishedState(1, TableState(synced=True, complaints=("the disk is full",))),
        PublishedState(2, TableState(synced=True)),
    ]


def test_without_subscribers_nothing_is_numbered_or_described() -> None:
    table, asked = Table(), list[bool]()

    def describe(synced: bool) -> TableState:
        asked.append(synced)
        return TableState(synced)

    table.describe = describe
    table.apply(ChangeSet(put=(WEB,)))
    table.synced = True
    assert asked == []
    assert table.snapshot().number == 0


def test_who_ends_a_subscription_is_told_no_more(table: Table) -> None:
    published: list[Published] = []
    end = table.subscribe(published.append, name="a test")
    others = heard(table)
    end()
    end()
    table.apply(ChangeSet(put=(WEB,)))
    assert published == []
    assert len(others) == 1


def test_one_that_another_ends_meanwhile_is_not_told_any_more(table: Table) -> None:
    table.subscribe(lambda _: end(), name="the first")
    published: list[Published] = []
    end = table.subscribe(published.append, name="the second")
    table.apply(ChangeSet(put=(WEB,)))
    assert published == []


def test_equal_subscribers_are_two(table: Table) -> None:
    published: list[Published] = []
    tell = published.append
    end = table.subscribe(tell, name="one")
    table.subscribe(tell, name="one")
    end()
    table.apply(ChangeSet(put=(WEB,)))
    assert len(published) == 1


def test_one_that_raises_hurts_only_itself(table: Table, caplog: pytest.LogCaptureFixture) -> None:
    told: list[int] = []

    def fail(published: Published) -> None:
        told.append(published.number)
        raise ValueError("no space")

    before = heard(table)
    table.subscribe(fail, name="the replica in 10.0.0.7")
    after = heard(table)
    table.apply(ChangeSet(put=(WEB,)))
    table.apply(ChangeSet(put=(Namespace(name="shop"),)))
    assert told == [1]
    assert [one.number for one in before] == [one.number for one in after] == [1, 2]
    assert table.objects(Service)
    assert table.rows.changed_since(1, WEB_ROW)
    (record,) = caplog.records
    said = "the replica in 10.0.0.7 failed at change 1 of the table and gets no more of them"
    assert record.getMessage() == said
    assert record.exc_info is not None
