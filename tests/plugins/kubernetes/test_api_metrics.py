"""What is exported of following an API server."""

from collections.abc import Iterable

import pytest

from clusterdns.cluster import Service
from clusterdns.cluster.api.settings import ApiSettings
from clusterdns.cluster.cluster_follower import ClusterFollower, FollowerSettings
from clusterdns.cluster.left_out import LeftOut
from clusterdns.cluster.reflector import SourceSettings
from clusterdns.telemetry.families import Family
from clusterdns.telemetry.metrics import Metrics
from clusterdns_plugins.kubernetes.api_metrics import ApiMetrics


def source() -> ClusterFollower:
    return ClusterFollower(
        FollowerSettings(source=SourceSettings(api=ApiSettings(endpoints=("http://127.0.0.1:1",))))
    )


def values(families: Iterable[Family[object]], name: str) -> dict[tuple[str, ...], float]:
    (family,) = [family for family in families if family.name == name]
    return {labels: getattr(series, "value", 0.0) for labels, series in family.series()}


@pytest.mark.parametrize(
    ("attribute", "value", "metric"),
    [
        ("connected", True, "clusterdns_kubernetes_watch_connected"),
        ("lists", 2, "clusterdns_kubernetes_lists_total"),
        ("watches", 3, "clusterdns_kubernetes_watches_total"),
        ("relists", 4, "clusterdns_kubernetes_relists_total"),
        ("restarts", 5, "clusterdns_kubernetes_restarts_total"),
        ("repairs", 6, "clusterdns_kubernetes_repairs_total"),
    ],
)
def test_what_freshness_knows_is_exported_by_resource(attribute: str, value: float, metric: str) -> None:
    metrics, followed = Metrics(), source()
    exported = ApiMetrics(metrics)
    exported.follow(followed)
    (services,) = [one for one in followed.freshness.resources if one.name == "services"]
    setattr(services, attribute, value)
    assert values(metrics.families(), metric)["services", ""] == value


def test_the_age_is_that_at_the_export_and_nothing_is_read_after_leaving() -> None:
    metrics, followed = Metrics(), source()
    exported = ApiMetrics(metrics)
    exported.follow(followed)
    name = "clusterdns_kubernetes_last_event_age_seconds"
    (services,) = [one for one in followed.freshness.resources if one.name == "services"]
    services.heard_at -= 100
    assert values(metrics.families(), name)["services", ""] >= 100
    exported.leave()
    services.heard_at -= 1000
    assert values(metrics.families(), name)["services", ""] < 1000


def test_requests_are_counted_as_coredns_does() -> None:
    metrics = Metrics()
    requests = ApiMetrics(metrics).requests
    requests.answered("GET", "a:443", code="200", seconds=0.5)
    requests.received("a:443", octets=10)
    assert values(metrics.families(), "coredns_kubernetes_rest_client_requests_total") == {
        ("200", "GET", "a:443"): 1
    }
    assert values(metrics.families(), "clusterdns_kubernetes_received_bytes_total") == {("a:443",): 10}


def test_objects_that_are_left_out_are_counted_until_they_are_good() -> None:
    metrics, followed = Metrics(), source()
    ApiMetrics(metrics).follow(followed)
    for version in ("7", "8"):
        found = LeftOut(version=version, reason="ports", kinds=frozenset({"ports"}), is_whole=False)
        followed.left_out.note(Service, ("shop", "web"), found)
    objects, documents = (
        "clusterdns_kubernetes_left_out_objects",
        "clusterdns_kubernetes_unreadable_documents_total",
    )
    assert values(metrics.families(), objects) == {("Service",): 1}
    assert values(metrics.families(), documents) == {("Service",): 2}
    followed.left_out.clear(Service, ("shop", "web"))
    assert values(metrics.families(), objects) == {("Service",): 0}
    assert values(metrics.families(), documents) == {("Service",): 2}
