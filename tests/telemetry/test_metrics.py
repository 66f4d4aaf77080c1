"""Declaring metrics and counting; how they are exported is the business of `prometheus`."""

from collections.abc import Callable

import pytest

from clusterdns.telemetry.families import Distribution
from clusterdns.telemetry.metrics import Metrics, metrics_of
from clusterdns.testing.contexts import FakeContext


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def test_plugins_of_one_server_share_its_metrics() -> None:
    context = FakeContext()
    assert metrics_of(context) is metrics_of(context)
    assert metrics_of(context) is not metrics_of(FakeContext())


def test_a_series_counts_what_is_added(metrics: Metrics) -> None:
    requests = metrics.counter("coredns_x_total", "Requests.", ("verb", "code"))
    requests.of("GET", "200").add()
    requests.of("GET", "200").add(2)
    requests.of("GET", "404").value += 1
    values = {labels: series.value for labels, series in requests.series()}
    assert values == {("GET", "200"): 3, ("GET", "404"): 1}


def test_a_metric_without_labels_is_there_from_its_declaration(metrics: Metrics) -> None:
    counter = metrics.counter("coredns_x_total", "Without labels.")
    assert [(labels, series.value) for labels, series in counter.series()] == [((), 0)]


def test_a_metric_with_labels_has_no_series_before_one_is_asked_for(metrics: Metrics) -> None:
    assert list(metrics.gauge("coredns_x", "With a label.", ("a",)).series()) == []


def test_what_is_read_is_asked_for_at_each_export(metrics: Metrics) -> None:
    things = [1]
    gauge = metrics.gauge("coredns_things", "Things.", ("kind",))
    gauge.reads(lambda: len(things), "small")
    ((_, series),) = gauge.series()
    assert series.value == 1
    things.append(2)
    assert series.value == 2


def test_a_series_is_removed(metrics: Metrics) -> None:
    gauge = metrics.gauge("coredns_things", "Things.", ("kind",))
    gauge.of("small").set(1)
    gauge.of("large").set(2)
    gauge.remove("small")
    gauge.remove("of another kind")
    assert [labels for labels, _ in gauge.series()] == [("large",)]
    gauge.clear()
    assert list(gauge.series()) == []


@pytest.mark.parametrize(
    ("value", "bucket"),
    [
        pytest.param(-1.0, 0, id="below all"),
        pytest.param(0.25, 0, id="on the first bound"),
        pytest.param(0.3, 1, id="between"),
        pytest.param(0.5, 1, id="on the last bound"),
        pytest.param(0.6, 2, id="above all"),
    ],
)
def test_a_bucket_has_what_is_not_above_its_bound(value: float, bucket: int) -> None:
    distribution = Distribution((0.25, 0.5))
    distribution.observe(value, times=2)
    assert distribution.counts[bucket] == distribution.count == 2
    assert distribution.sum == 2 * value


def test_declared_again_it_is_the_same_metric(metrics: Metrics) -> None:
    first = metrics.histogram("coredns_x_seconds", "Time.", ("a",), bounds=(1, 2))
    assert metrics.histogram("coredns_x_seconds", "Time.", ["a"], bounds=[1, 2]) is first
    assert list(metrics.families()) == [first]


def declare_gauge(metrics: Metrics) -> object:
    return metrics.gauge("coredns_x_total", "Counted.", ("a",))


def declare_other_labels(metrics: Metrics) -> object:
    return metrics.counter("coredns_x_total", "Counted.", ("b",))


@pytest.mark.parametrize("again", [declare_gauge, declare_other_labels])
def test_declared_otherwise_it_is_an_error(metrics: Metrics, again: Callable[[Metrics], object]) -> None:
    metrics.counter("coredns_x_total", "Counted.", ("a",))
    with pytest.raises(ValueError, match="coredns_x_total is declared already"):
        again(metrics)


@pytest.mark.parametrize(
    ("name", "labels", "complaint"),
    [
        pytest.param("x_total", (), "starts with coredns_", id="prefix"),
        pytest.param("coredns_x", (), "ends in", id="a counter's suffix"),
        pytest.param("coredns_X_total", (), "lower-case", id="capitals"),
        pytest.param("coredns_x-y_total", (), "lower-case", id="hyphen"),
        pytest.param("coredns_x_total", ("a b",), "lower-case", id="label"),
        pytest.param("coredns_x_total", ("le",), "reserved", id="reserved label"),
        pytest.param("coredns_x_total", ("a", "a"), "twice", id="label twice"),
    ],
)
def test_a_bad_name_is_an_error(metrics: Metrics, name: str, labels: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        metrics.counter(name, "Text.", labels)


@pytest.mark.parametrize("bounds", [pytest.param((2, 1), id="falling"), pytest.param((1, 1), id="twice")])
def test_bounds_grow(metrics: Metrics, bounds: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="do not grow"):
        metrics.histogram("coredns_x", "Text.", bounds=bounds)


def test_a_series_has_a_value_for_each_label(metrics: Metrics) -> None:
    counter = metrics.counter("coredns_x_total", "Text.", ("a", "b"))
    with pytest.raises(ValueError, match=r"has the labels \('a', 'b'\)"):
        counter.of("1")


def test_metrics_are_prepared_before_they_are_read(metrics: Metrics) -> None:
    counter = metrics.counter("coredns_x_total", "Text.")
    end = metrics.on_export(counter.of().add)
    ((_, series),) = next(metrics.families()).series()
    assert series.value == 1
    end()
    metrics.families()
    assert series.value == 1
