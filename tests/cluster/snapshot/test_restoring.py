"""Into the table at the start, and what the log says if not."""

import logging
from pathlib import Path

import pytest

from clusterdns.cluster import Table
from clusterdns.cluster.manifests.breath import no_naps
from clusterdns.cluster.objects import ClusterObject, Service
from clusterdns.cluster.relist import Relist
from clusterdns.cluster.snapshot import Header, SnapshotSettings, restore, write_snapshot
from clusterdns.rows import Row, RowSource

NOW = 1_700_000_000.0


@pytest.fixture
def settings(tmp_path: Path) -> SnapshotSettings:
    return SnapshotSettings(path=str(tmp_path / "table"), fingerprint="ours")


def keep(settings: SnapshotSettings, *objects: ClusterObject, age: float = 60.0) -> None:
    header = Header(fingerprint="ours", as_of=NOW - age)
    write_snapshot(settings.path, header, objects, breathe=no_naps)


async def test_the_table_is_filled_and_counts_as_synced(
    settings: SnapshotSettings, objects: tuple[ClusterObject, ...]
) -> None:
    keep(settings, *objects)
    table = Table()
    assert await restore(table, settings, clock=lambda: NOW) == NOW - 60
    assert table.synced
    assert {item for kind in {type(one) for one in objects} for item in table.objects(kind).values()} == set(
        objects
    )


async def test_the_real_list_is_then_only_a_difference(settings: SnapshotSettings) -> None:
    stays, goes = (Service(namespace="a", name=name, version="1") for name in ("stays", "goes"))
    comes = Service(namespace="a", name="comes", version="2")
    keep(settings, stays, goes)
    table = Table()
    await restore(table, settings, clock=lambda: NOW)
    touched: list[frozenset[Row] | None] = []

    def note(_source: RowSource, rows: frozenset[Row] | None) -> None:
        touched.append(rows)

    table.rows.subscribe(note)
    relist = Relist(table, Service)
    for item in (stays, comes):
        relist.take(item)
    table.apply(relist.changes())
    assert touched == [frozenset({("service", "a", "goes"), ("service", "a", "comes")})]


async def test_a_refused_one_leaves_the_table_as_it_was(
    settings: SnapshotSettings, caplog: pytest.LogCaptureFixture
) -> None:
    keep(settings, Service(namespace="a", name="b"), age=3601)
    table = Table()
    assert await restore(table, settings, clock=lambda: NOW) is None
    assert not table.synced
    assert not table.objects(Service)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert f"{settings.path} is refused, old: what it says is 3601 s old" in record.getMessage()


async def test_none_is_not_worth_a_warning(
    settings: SnapshotSettings, caplog: pytest.LogCaptureFixture
) -> None:
    assert await restore(Table(), settings, clock=lambda: NOW) is None
    assert not [record for record in caplog.records if record.levelno > logging.INFO]
