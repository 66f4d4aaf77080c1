"""Audits of a table against a real API server, whose metadata-only lists they read."""

import asyncio
from collections.abc import Callable

import pytest

from clusterdns.cluster import ChangeSet, ObjectKey, Service
from clusterdns.cluster.api import ApiSettings, KubeconfigFile
from clusterdns.cluster.cluster_follower import ClusterFollower, FollowerSettings
from clusterdns.cluster.reflector import Selection, SourceSettings
from testbed.following import until
from testbed.real.cluster import RealCluster

pytestmark = pytest.mark.e2e

KUBERNETES = ("default", "kubernetes")
"""The Service that every API server makes for itself."""


async def test_an_audit_repairs_what_is_missing_and_nothing_else(
    cluster: RealCluster, allowed: Callable[[RealCluster], None]
) -> None:
    await asyncio.to_thread(allowed, cluster)
    api = ApiSettings(kubeconfig=KubeconfigFile(path=str(cluster.kubeconfig())))
    source = SourceSettings(api=api, selection=Selection(pods=True))
    async with ClusterFollower(FollowerSettings(source=source, audit_seconds=1)) as kept, asyncio.timeout(60):
        await kept.source.wait_synced()
        kept.table.apply(ChangeSet(removed=(ObjectKey(Service, *KUBERNETES),)))
        await until(lambda: KUBERNETES in kept.table.objects(Service), 30)
        assert {one.name: one.repairs for one in kept.freshness.resources if one.repairs} == {"services": 1}
        assert kept.freshness.lines() == ()
        assert kept.auditor is not None
        assert kept.auditor.figures["services"].octets > 0
