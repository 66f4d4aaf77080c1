"""What a real cluster can do to us at its worst: its state is lost, or our credentials are."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clusterdns.cluster import EndpointSlice, Service
from testbed.asking import Answer
from testbed.real.cluster import RealCluster, real_cluster
from testbed.real.following import Followed, following
from testbed.wire import query

pytestmark = pytest.mark.e2e

log = logging.getLogger(__name__)

HEALED_SECONDS = 180.0
NAMES = 40

Allow = Callable[[RealCluster], None]


def put(cluster: RealCluster, name: str, *, namespace: str = "shop") -> None:
    """A headless Service and its slice."""
    metadata = {"namespace": namespace, "name": name}
    ports = [{"name": "http", "port": 80}]
    cluster.client.apply(
        {"kind": "Service", "metadata": metadata, "spec": {"clusterIP": "None", "ports": ports}}
    )
    cluster.client.apply(
        {
            "kind": "EndpointSlice",
            "metadata": {**metadata, "labels": {"kubernetes.io/service-name": name}},
            "addressType": "IPv4",
            "endpoints": [{"addresses": ["10.244.0.1"]}],
            "ports": ports,
        }
    )


def fill(cluster: RealCluster, prefix: str) -> None:
    cluster.client.apply({"kind": "Namespace", "metadata": {"name": "shop"}})
    for number in range(NAMES):
        put(cluster, f"{prefix}-{number}")


def prefixes(followed: Followed) -> set[str]:
    """Of which filling the objects are that are known at this moment."""
    held = followed.held()
    return {
        name.partition("-")[0]
        for kind in (Service, EndpointSlice)
        for namespace, name in held[kind]
        if namespace == "shop"
    }


def rcode(followed: Followed, name: str) -> str:
    return Answer(followed.server.udp(query(f"{name}.shop.svc.cluster.local"))).rcode


def test_after_etcd_was_emptied_old_names_are_gone_and_never_mixed_with_new_ones(
    own_folder: Path, allowed: Allow
) -> None:
    with real_cluster(own_folder) as cluster:
        allowed(cluster)
        # Twice as many changes, so that versions that we know are not those of other objects already.
        fill(cluster, "older")
        for number in range(NAMES):
            for kind in ("Service", "EndpointSlice"):
                cluster.client.delete(kind, "shop", f"older-{number}")
        fill(cluster, "old")
        with following(cluster) as followed:
            followed.until_right(within=15)
            cluster.empty()
            allowed(cluster)
            fill(cluster, "new")
            began = time.monotonic()
            while followed.differences():
                assert prefixes(followed) in ({"old"}, {"new"})
                assert time.monotonic() - began < HEALED_SECONDS
                time.sleep(0.2)
            log.info("etcd emptied: %.1f s", time.monotonic() - began)
            assert {rcode(followed, f"old-{number}") for number in range(NAMES)} == {"NXDOMAIN"}
            assert {rcode(followed, f"new-{number}") for number in range(NAMES)} == {"NOERROR"}
            followed.until_ready(within=HEALED_SECONDS)


def test_a_rotated_token_is_taken_up(own_folder: Path, allowed: Allow) -> None:
    with real_cluster(own_folder) as cluster:
        allowed(cluster)
        with following(cluster) as followed:
            followed.until_right(within=15)
            cluster.use_token("another")
            cluster.api.kill()
            cluster.start_api()
            fill(cluster, "new")
            time.sleep(3)
            assert any("401" in line for line in followed.ready())
            (cluster.folder / "token").write_text("another")
            log.info("token rotated: %.1f s", followed.until_right(within=HEALED_SECONDS))
            followed.until_ready(within=HEALED_SECONDS)
