"""The snapshot at the start, and what the log says if it does not count."""

import logging
from pathlib import Path

import pytest

from clusterdns.cluster.manifests.yielding import no_yield
from clusterdns.cluster.objects import ClusterObject
from clusterdns.cluster.serials import Serials
from clusterdns.cluster.snapshot import Snapshot, SnapshotHeader, SnapshotSettings, recall, write_snapshot

NOW = 1_700_000_000.0


@pytest.fixture
def settings(tmp_path: Path) -> SnapshotSettings:
    return SnapshotSettings(path=str(tmp_path / "table"), fingerprint="ours")


SERIALS = Serials(cluster=1_699_999_000)


def keep(settings: SnapshotSettings, *objects: ClusterObject, age: float = 60.0, mark: str = "ours") -> None:
    header = SnapshotHeader(fingerprint=mark, as_of=NOW - age, serials=SERIALS)
    write_snapshot(settings.path, header, objects, yield_to_loop=no_yield)


async def test_it_is_read_and_said(
    settings: SnapshotSettings, objects: tuple[ClusterObject, ...], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    keep(settings, *objects)
    assert await recall(settings, clock=lambda: NOW) == Snapshot(objects, NOW - 60, SERIALS)
    assert f"{len(objects)} objects from the snapshot {settings.path}, which is 60 s old" in caplog.text


async def test_a_refused_one_is_named_with_the_reason(
    settings: SnapshotSettings, caplog: pytest.LogCaptureFixture
) -> None:
    keep(settings, age=3601)
    assert await recall(settings, clock=lambda: NOW) is None
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert f"{settings.path} is refused, old: what it says is 3601 s old" in record.getMessage()


async def test_none_is_not_worth_a_warning(
    settings: SnapshotSettings, caplog: pytest.LogCaptureFixture
) -> None:
    assert await recall(settings, clock=lambda: NOW) is None
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


@pytest.mark.parametrize(
    ("age", "mark", "serials"),
    [
        pytest.param(60, "ours", SERIALS, id="young"),
        pytest.param(10_000, "ours", SERIALS, id="old"),
        pytest.param(-10_000, "ours", SERIALS, id="from-before-the-clock-was-set-back"),
        pytest.param(60, "theirs", Serials(), id="foreign"),
    ],
)
async def test_serials_hold_however_old_it_is(
    settings: SnapshotSettings, age: float, mark: str, serials: Serials
) -> None:
    keep(settings, age=age, mark=mark)
    told: list[Serials] = []
    await recall(settings, clock=lambda: NOW, on_serials=told.append)
    assert told == [serials]
