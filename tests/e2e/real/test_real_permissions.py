"""What a real API server lets us do: the roles that we hand out are enough, and each rule is needed."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from clusterdns.cli.roles import roles_of
from clusterdns.testing.serving import configured
from testbed.real.cluster import RealCluster
from testbed.real.commands import DNS_USER
from testbed.real.following import KINDS, Followed, corefile_of, following, until

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[3]
RESOURCES = ("namespaces", "services", "endpointslices", "pods")
START_SECONDS = 15.0


def printed_roles() -> list[dict[str, Any]]:
    """What `clusterdns check -rbac` prints for the Corefile of these tests."""
    corefile = corefile_of("endpoint https://127.0.0.1:6443")
    return list(yaml.safe_load_all(roles_of(configured(corefile))))


def apply(cluster: RealCluster, roles: list[dict[str, Any]]) -> None:
    for role in roles:
        cluster.client.apply(role)


def complaints(followed: Followed, word: str) -> list[str]:
    return [line for line in followed.ready() if word in line]


def test_the_roles_in_deploy_are_enough_to_follow_a_cluster(cluster: RealCluster) -> None:
    cluster.apply_file(ROOT / "deploy/rbac.yaml")
    with following(cluster, options=()) as followed:
        followed.until_ready(within=START_SECONDS)
        held = followed.held()
    assert {kind.__name__ for kind in KINDS if not held[kind]} == {"EndpointSlice", "Pod"}


def test_the_printed_roles_are_enough_for_verified_pods(cluster: RealCluster) -> None:
    apply(cluster, printed_roles())
    with following(cluster) as followed:
        followed.until_ready(within=START_SECONDS)
        followed.until_right(within=START_SECONDS)


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_right_that_is_missing_is_named(resource: str, cluster: RealCluster) -> None:
    roles = printed_roles()
    for role in roles:
        if role["kind"] == "ClusterRole":
            role["rules"] = [rule for rule in role["rules"] if resource not in rule["resources"]]
    apply(cluster, roles)
    with following(cluster) as followed:
        until(
            lambda: bool(complaints(followed, resource)) and not complaints(followed, "nothing was heard"),
            within=START_SECONDS,
            tell=followed.ready,
        )
        state, *lines = followed.ready()
        assert state == "kubernetes"
        named = [line for line in lines if line.startswith(resource)]
        assert len(lines) == len(named) == 1
        assert re.search(f'no ClusterRole of ours has the verb "(list|watch)" on "{resource}"', named[0])
        assert re.search(f'User "{DNS_USER}" cannot (list|watch) resource "{resource}"', named[0])
        apply(cluster, printed_roles())
        followed.until_ready(within=60)
