"""The rights that the settings need, and who says so."""

import pytest

from clusterdns.capabilities import NeedsPermissions
from clusterdns.corefile import Position
from clusterdns.dns.name import Name
from clusterdns.testing.cluster import Cluster
from clusterdns.testing.contexts import FakeContext
from clusterdns_plugins.kubernetes.build import handler_of
from clusterdns_plugins.kubernetes.config import Settings
from clusterdns_plugins.kubernetes.permissions import permissions_of
from clusterdns_plugins.kubernetes.pods import PodMode
from clusterdns_plugins.kubernetes.source import Source

HERE = Position("Corefile", 2, 1)
ZONE = Name.from_text("cluster.local")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({}, ["namespaces", "services", "endpointslices"], id="default"),
        pytest.param({"manifests": ("m",)}, [], id="manifests"),
        pytest.param({"endpoints": False}, ["namespaces", "services"], id="noendpoints"),
        pytest.param(
            {"pods": PodMode.INSECURE}, ["namespaces", "services", "endpointslices"], id="pods-insecure"
        ),
        pytest.param(
            {"pods": PodMode.VERIFIED},
            ["namespaces", "pods", "services", "endpointslices"],
            id="pods-verified",
        ),
        pytest.param(
            {"multicluster": (ZONE,)},
            ["namespaces", "services", "endpointslices", "serviceimports"],
            id="multicluster",
        ),
    ],
)
def test_the_settings_decide(settings: dict[str, object], expected: list[str]) -> None:
    rules = permissions_of(Settings(position=HERE, **settings))  # type: ignore[arg-type]
    assert [rule.resource for rule in rules] == expected
    assert {rule.namespace for rule in rules} <= {""}


def test_namespaces_that_are_named_need_nothing_of_the_whole_cluster() -> None:
    rules = permissions_of(Settings(position=HERE, namespaces=frozenset({"shop"})))
    assert {rule.namespace for rule in rules} == {"shop"}


def test_the_handler_says_which() -> None:
    settings = Settings(position=HERE, zones=(ZONE,))
    handler = handler_of(settings, FakeContext(), Source(Cluster().table))
    assert isinstance(handler, NeedsPermissions)
    assert handler.permissions() == permissions_of(settings)
