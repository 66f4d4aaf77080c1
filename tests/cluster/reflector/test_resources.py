"""What is asked for, and with which selectors: no more than the settings need."""

from typing import Any

import pytest

from clusterdns.cluster.reflector import Selection
from clusterdns.cluster.reflector.resources import resources_of
from testbed.following import Scene, until


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        pytest.param({}, ["namespaces", "services", "endpointslices"], id="by default"),
        pytest.param({"endpoints": False}, ["namespaces", "services"], id="noendpoints"),
        pytest.param({"labels": "a=b"}, ["namespaces", "services ?a=b", "endpointslices ?a=b"], id="labels"),
        pytest.param({"namespace_labels": "a=b"}, ["namespaces ?a=b", "services", "endpointslices"],
                     id="namespace_labels"),
        pytest.param({"headless_only": True, "labels": "a in (b,c)"},
                     ["namespaces", "services ?a in (b,c)",
                      "endpointslices ?a in (b,c),service.kubernetes.io/headless"], id="endpoints headless"),
        pytest.param({"pods": True},
                     ["namespaces", "services", "endpointslices",
                      "pods !status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown"], id="pods"),
        pytest.param({"imports": True, "headless_only": True},
                     ["namespaces", "services", "endpointslices", "serviceimports"], id="imports"),
        pytest.param({"imports": True, "endpoints": False},
                     ["namespaces", "services", "endpointslices ?multicluster.kubernetes.io/service-name",
                      "serviceimports"], id="imports without endpoints"),
        pytest.param({"namespaces": frozenset({"b", "a"})},
                     ["services a", "endpointslices a", "services b", "endpointslices b"], id="namespaces"),
    ],
)  # fmt: skip
def test_what_is_watched(selection: dict[str, Any], expected: list[str]) -> None:
    found = []
    for one in resources_of(Selection(**selection)):
        parts = [one.name, one.namespace, one.labels and f"?{one.labels}", one.fields and f"!{one.fields}"]
        found.append(" ".join(filter(None, parts)))
    assert found == expected


def test_paths_are_those_of_the_api() -> None:
    everything = resources_of(Selection(pods=True, imports=True))
    assert [one.path for one in everything] == [
        "/api/v1/namespaces",
        "/api/v1/services",
        "/apis/discovery.k8s.io/v1/endpointslices",
        "/api/v1/pods",
        "/apis/multicluster.x-k8s.io/v1alpha1/serviceimports",
    ]
    (services, _) = resources_of(Selection(namespaces=frozenset({"shop"})))
    assert services.path == "/api/v1/namespaces/shop/services"


async def test_the_server_selects(scene: Scene) -> None:
    scene.service("labelled", "10.96.0.5", app="x")
    async with scene.following(labels="app=x", endpoints=False) as source:
        service = source.resources[1].kind
        assert set(source.table.objects(service)) == {("shop", "labelled")}
        scene.service("labelled", "10.96.0.5", app="y")
        await until(lambda: not source.table.objects(service), 0.1)
