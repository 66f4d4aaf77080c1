"""The metrics of following an API server."""

from collections.abc import Callable
from typing import Final

from clusterdns.cluster.cluster_follower import ClusterFollower
from clusterdns.cluster.reflector.health.freshness import ResourceFreshness
from clusterdns.telemetry.families import Counter, Gauge
from clusterdns.telemetry.metrics import Metrics
from clusterdns_plugins.kubernetes.keeping_metrics import KeepingMetrics

REQUEST_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Those of the Kubernetes client that CoreDNS uses."""

PROGRAMMING_BOUNDS: Final = tuple(0.001 * 2**power for power in range(20))

Figure = Callable[[ResourceFreshness], float]

FIGURES: Final[dict[str, tuple[str, Figure]]] = {
    "lists": ("Lists begun.", lambda one: one.lists),
    "watches": ("Watches begun.", lambda one: one.watches),
    "relists": ("Lists begun after the first one.", lambda one: one.relists),
    "restarts": ("Watches begun again since one failed.", lambda one: one.restarts),
    "repairs": ("Objects that an audit put right.", lambda one: one.repairs),
}


class RequestMetrics:
    """Observes requests, under CoreDNS's names."""

    def __init__(self, metrics: Metrics) -> None:
        self._seconds = metrics.histogram(
            "coredns_kubernetes_rest_client_request_duration_seconds",
            "Time from a request to the API server to the headers of its answer.",
            ("verb", "host"),
            bounds=REQUEST_BOUNDS,
        )
        self._waited = metrics.histogram(
            "coredns_kubernetes_rest_client_rate_limiter_duration_seconds",
            "Time for which limits of our own held a request back.",
            ("verb", "host"),
            bounds=REQUEST_BOUNDS,
        )
        self._requests = metrics.counter(
            "coredns_kubernetes_rest_client_requests_total",
            "Requests to the API server.",
            ("code", "method", "host"),
        )
        self._octets = metrics.counter(
            "clusterdns_kubernetes_received_bytes_total", "Octets of answers, as they travelled.", ("host",)
        )

    def waited(self, verb: str, host: str, *, seconds: float) -> None:
        self._waited.of(verb, host).observe(seconds)

    def answered(self, verb: str, host: str, *, code: str, seconds: float) -> None:
        self._seconds.of(verb, host).observe(seconds)
        self._requests.of(code, verb, host).add()

    def received(self, host: str, *, octets: int) -> None:
        self._octets.of(host).add(octets)


class ApiMetrics:
    """Declares the metrics, and keeps them in step with a source from `follow` to `leave`."""

    def __init__(self, metrics: Metrics) -> None:
        self.requests = RequestMetrics(metrics)
        self._metrics = metrics
        self._programmed = metrics.histogram(
            "coredns_kubernetes_dns_programming_duration_seconds",
            "Time from the change that triggered it to an endpoint that is answered.",
            ("service_kind",),
            bounds=PROGRAMMING_BOUNDS,
        )
        self._applied = metrics.histogram(
            "clusterdns_kubernetes_event_to_answer_seconds",
            "Time from the receipt of an event to the first answer that may follow it.",
            ("resource", "service_kind"),
            bounds=PROGRAMMING_BOUNDS,
        )
        self._age = metrics.gauge(
            "clusterdns_kubernetes_last_event_age_seconds",
            "Seconds since the last list, event or bookmark.",
            ("resource", "namespace"),
        )
        self._connected = metrics.gauge(
            "clusterdns_kubernetes_watch_connected", "1 while a watch is open.", ("resource", "namespace")
        )
        self._figures = {
            name: metrics.counter(f"clusterdns_kubernetes_{name}_total", text, ("resource", "namespace"))
            for name, (text, _) in FIGURES.items()
        }
        self._keeping = KeepingMetrics(metrics)
        self._synced = metrics.gauge("clusterdns_kubernetes_synced", "1 once everything was listed.")
        self._snapshot = metrics.gauge(
            "clusterdns_kubernetes_from_snapshot", "1 while a snapshot is served that is not confirmed yet."
        )
        self._bad_files = metrics.gauge(
            "clusterdns_kubernetes_bad_files",
            "Tokens, certificates and authorities whose newest content cannot be used.",
        )
        self._left_out = metrics.gauge(
            "clusterdns_kubernetes_left_out_objects",
            "Objects that are not served, or not in full, since they cannot be read.",
            ("kind",),
        )
        self._unreadable = metrics.counter(
            "clusterdns_kubernetes_unreadable_documents_total",
            "Documents of objects that could not be read in full.",
            ("kind",),
        )
        self._leave: Callable[[], None] = lambda: None

    def applied(self, resource: str, *, service_kind: str, seconds: float) -> None:
        """See `clusterdns.cluster.reflector.Observer`."""
        self._applied.of(resource, service_kind).observe(seconds)

    def programmed(self, service_kind: str, *, seconds: float) -> None:
        """See `clusterdns.cluster.reflector.Observer`."""
        self._programmed.of(service_kind).observe(seconds)

    def follow(self, source: ClusterFollower) -> None:
        """Export how fresh `source` is."""
        self._leave = self._metrics.on_export(lambda: self._prepare(source))

    def leave(self) -> None:
        """Export it no more."""
        self._leave()

    def _prepare(self, source: ClusterFollower) -> None:
        for one in source.freshness.resources:
            _set(self._age, one, one.age)
            _set(self._connected, one, float(one.connected))
            for name, (_, figure) in FIGURES.items():
                _count(self._figures[name], one, figure(one))
        self._synced.of().set(float(source.table.synced))
        self._snapshot.of().set(float(source.freshness.from_snapshot))
        self._bad_files.of().set(len(source.bad_files()))
        for kind, count in source.left_out.counts().items():
            self._left_out.of(kind).set(count)
        for kind, count in source.left_out.documents.items():
            self._unreadable.of(kind).value = count
        self._keeping.read(source)


def _set(gauge: Gauge, resource: ResourceFreshness, value: float) -> None:
    gauge.of(resource.name, resource.namespace).set(value)


def _count(counter: Counter, resource: ResourceFreshness, value: float) -> None:
    counter.of(resource.name, resource.namespace).value = value
