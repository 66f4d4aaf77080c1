"""The cost of an audit for the API server and the network."""

import time

from bench.watch.figure import Figure, Part
from bench.watch.lab import Place
from bench.watch.metrics import Metrics

PERIOD_SECONDS = 5
DEFAULT_PERIOD_SECONDS = 1800
GIVEN_SECONDS = 60.0
AIM_MEGABYTES = 60.0
METRIC = "clusterdns_kubernetes_audit_bytes_per_hour"


def octets(place: Place) -> Figure:
    """The octets of audits by the server's own metric, scaled to the default interval."""
    metrics = Metrics()
    with place.lab(options=f"audit {PERIOD_SECONDS}s", plugins=metrics.plugin):
        found = _published(metrics) * PERIOD_SECONDS / DEFAULT_PERIOD_SECONDS
    return Figure(text=f"{found / 1e6:.1f} MB", within=0 < found <= AIM_MEGABYTES * 1e6)


def _published(metrics: Metrics) -> float:
    """The metric, once it is above 0; 0 where it never is."""
    end = time.monotonic() + GIVEN_SECONDS
    while time.monotonic() < end:
        if found := metrics.value(METRIC):
            return found
        time.sleep(0.5)
    return 0.0


PARTS = (
    Part(name="audit", what="audits: octets per replica and hour", aim="≤ 60 MB", measure=octets, peer=False),
)
