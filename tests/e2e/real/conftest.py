"""A real API server with etcd, where both are on the PATH."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clusterdns.cli.roles import roles_of
from clusterdns.testing.serving import configured
from testbed.real.cluster import RealCluster, missing_programs, real_cluster
from testbed.real.following import corefile_of


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCluster]:
    """One for all tests of a file."""
    if missing := missing_programs():
        pytest.skip(missing)
    with real_cluster(tmp_path_factory.mktemp("real")) as started:
        yield started


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """For a test that starts its own."""
    if missing := missing_programs():
        pytest.skip(missing)
    return tmp_path


@pytest.fixture(scope="session")
def allowed() -> Callable[[RealCluster], None]:
    """Let the DNS server read what these tests serve."""

    def allow(cluster: RealCluster) -> None:
        corefile = corefile_of("endpoint https://127.0.0.1:6443")
        cluster.apply_text(roles_of(configured(corefile)))

    return allow
