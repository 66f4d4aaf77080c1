"""What the tests of the cluster share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clusterdns.cluster.manifests.pipeline import Pipeline
from clusterdns.cluster.manifests.settings import ManifestSettings
from clusterdns.cluster.selector import LabelSelector
from clusterdns.cluster.table import Table


class Cluster:
    """Manifests that are edited, and the table that follows them."""

    def __init__(self, folder: Path, *, labels: str = "", namespace_labels: str = "") -> None:
        self._folder = folder
        self.table = Table(clock=lambda: 1.0)
        self._pipeline = Pipeline(
            ManifestSettings(
                paths=(str(folder),),
                labels=LabelSelector.parse(labels),
                namespace_labels=LabelSelector.parse(namespace_labels),
            )
        )

    def declare(self, name: str, text: str) -> tuple[str, ...]:
        """Write a manifest and read all; the warnings."""
        (self._folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return self._read()

    def withdraw(self, name: str) -> tuple[str, ...]:
        """Delete a manifest and read all; the warnings."""
        (self._folder / f"{name}.yaml").unlink()
        return self._read()

    def _read(self) -> tuple[str, ...]:
        reading = self._pipeline.read()
        assert reading.errors == ()
        self.table.apply(reading.changes)
        return reading.warnings


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    return Cluster(tmp_path)


@pytest.fixture
def cluster_with(tmp_path: Path) -> Callable[..., Cluster]:
    def make(*, labels: str = "", namespace_labels: str = "") -> Cluster:
        return Cluster(tmp_path, labels=labels, namespace_labels=namespace_labels)

    return make
