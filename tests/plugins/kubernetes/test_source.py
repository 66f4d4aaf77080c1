"""The table behind the plugin: filled from manifests, shared, offered, checked."""

from pathlib import Path

import pytest

from clusterdns.cluster import Table
from clusterdns.cluster.manifests import ManifestSettings
from clusterdns.corefile import CorefileErrors, Position
from clusterdns.testing.chain import outcome, running
from clusterdns.testing.cluster import Cluster
from clusterdns.testing.contexts import FakeContext
from clusterdns_plugins.kubernetes import plugin
from clusterdns_plugins.kubernetes.config import Settings
from clusterdns_plugins.kubernetes.pods import PodMode
from clusterdns_plugins.kubernetes.source import ClusterSource, manifest_settings, shared_source

WEB = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.20, ports: [{name: http, port: 80}]}
"""

HERE = Position("Corefile", 2, 1)


def corefile(path: Path, options: str = "") -> str:
    return f". {{\nkubernetes cluster.local {{\nmanifests {path}\n{options}\n}}\n}}"


async def test_manifests_are_answered_from(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(WEB)
    async with running(corefile(tmp_path), plugin) as chain:
        assert outcome(await chain.ask("web.shop.svc.cluster.local")) == ["A 10.96.0.20"]
        assert outcome(await chain.ask("nothing.shop.svc.cluster.local")) == ["NXDOMAIN"]


async def test_a_broken_manifest_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(WEB.replace("10.96.0.20", "10.96.0"))
    with pytest.raises(CorefileErrors) as caught:
        async with running(corefile(tmp_path), plugin):
            pass
    assert str(caught.value).startswith("Corefile:2:1: ")
    assert "web.yaml:8" in str(caught.value)


async def test_a_missing_folder_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(CorefileErrors) as caught:
        async with running(corefile(tmp_path / "missing"), plugin):
            pass
    assert "missing" in str(caught.value)


def test_checking_reads_and_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(WEB)
    source = ClusterSource(ManifestSettings(paths=(str(tmp_path),)), HERE)
    source.check()
    assert not source.table.synced
    (tmp_path / "web.yaml").write_text("kind: [")
    with pytest.raises(CorefileErrors, match=r"Corefile:2:1: .*web\.yaml:"):
        source.check()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({}, {"pods": False}, id="no-pods-unless-verified"),
        pytest.param({"pods": PodMode.INSECURE}, {"pods": False}, id="insecure-needs-none"),
        pytest.param({"pods": PodMode.VERIFIED}, {"pods": True}, id="verified"),
        pytest.param({"endpoints": False}, {"pods": False, "endpoints": False}, id="noendpoints"),
    ],
)
def test_only_what_is_needed_is_read(settings: dict[str, object], expected: dict[str, object]) -> None:
    found = manifest_settings(Settings(position=HERE, manifests=("m",), **settings))  # type: ignore[arg-type]
    assert found == ManifestSettings(paths=("m",), **expected)  # type: ignore[arg-type]


def test_blocks_with_equal_sources_share_a_table() -> None:
    context = FakeContext()
    one = shared_source(Settings(position=HERE, manifests=("m",)), context).table
    same = shared_source(
        Settings(position=Position("Corefile", 9, 1), manifests=("m",), ttl=60), context
    ).table
    other = shared_source(Settings(position=HERE, manifests=("n",)), context).table
    assert one is same
    assert one is not other


async def test_the_table_is_offered_to_other_plugins(tmp_path: Path) -> None:
    cluster = Cluster()
    context = FakeContext(backends={ManifestSettings: cluster})
    async with running(corefile(tmp_path), plugin, context=context) as chain:
        assert chain.context.require(Table) is cluster.table


async def test_several_blocks_answer_each_for_itself(tmp_path: Path) -> None:
    cluster = Cluster()
    cluster.service("a/s", "10.96.0.1")
    cluster.service("b/s", "10.96.0.2")
    context = FakeContext(backends={ManifestSettings: cluster})
    async with (
        running(corefile(tmp_path, "namespaces a"), plugin, context=context) as one,
        running(corefile(tmp_path, "namespaces b"), plugin, context=context) as other,
    ):
        assert outcome(await one.ask("s.a.svc.cluster.local")) == ["A 10.96.0.1"]
        assert outcome(await other.ask("s.a.svc.cluster.local")) == ["NXDOMAIN"]
