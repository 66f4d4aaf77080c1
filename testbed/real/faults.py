"""Faults of a real cluster, or of the connections that lead there."""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from testbed.real.cluster import RealCluster
from testbed.relay import Relay

__all__ = ["FAULTS", "Fault"]

HELD_SECONDS: Final = 3.0

Fault = Callable[[RealCluster, Relay], AbstractContextManager[None]]


@contextmanager
def _killed(cluster: RealCluster, _way: Relay) -> Generator[None]:
    """The API server is killed."""
    cluster.api.kill()
    yield
    cluster.start_api()


@contextmanager
def _stopped(cluster: RealCluster, _way: Relay) -> Generator[None]:
    """It is asked to end, as for a new version of it."""
    cluster.api.stop()
    yield
    cluster.start_api()


@contextmanager
def _forgetful(cluster: RealCluster, way: Relay) -> Generator[None]:
    """It goes on after changes that we did not see, and remembers none of them: 410."""
    way.stall()
    yield
    cluster.compact()
    cluster.api.kill()
    cluster.start_api()
    way.flow()


@contextmanager
def _compacted(cluster: RealCluster, _way: Relay) -> Generator[None]:
    """Etcd forgets."""
    cluster.compact()
    yield


@contextmanager
def _held(cluster: RealCluster, _way: Relay) -> Generator[None]:
    """The API server does nothing for a while."""
    with cluster.api.held():
        time.sleep(HELD_SECONDS)
    yield


@contextmanager
def _etcd_held(cluster: RealCluster, _way: Relay) -> Generator[None]:
    """Etcd does nothing for a while."""
    with cluster.etcd.held():
        time.sleep(HELD_SECONDS)
    yield


@contextmanager
def _etcd_restarted(cluster: RealCluster, _way: Relay) -> Generator[None]:
    """Etcd is ended in good order."""
    cluster.etcd.stop()
    yield
    cluster.etcd.start()


@contextmanager
def _etcd_killed(cluster: RealCluster, _way: Relay) -> Generator[None]:
    """Etcd is ended in no order at all."""
    cluster.etcd.kill()
    yield
    cluster.etcd.start()


@contextmanager
def _cut(_cluster: RealCluster, way: Relay) -> Generator[None]:
    """Our connections are reset."""
    way.cut()
    yield


@contextmanager
def _stalled(_cluster: RealCluster, way: Relay) -> Generator[None]:
    """Nothing gets through for a while, and all of it later."""
    way.stall()
    yield
    way.flow()


FAULTS: Final[Mapping[str, Fault]] = {
    "API server killed": _killed,
    "API server stopped": _stopped,
    "API server restarted without history": _forgetful,
    "API server held": _held,
    "etcd compacted": _compacted,
    "etcd held": _etcd_held,
    "etcd restarted": _etcd_restarted,
    "etcd killed": _etcd_killed,
    "connections cut": _cut,
    "connections stalled": _stalled,
}
"""What happens while the context is entered; a test makes changes meanwhile."""
