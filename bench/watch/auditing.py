"""What an audit costs the API server and the network."""

import re
import time
import urllib.request

from bench.watch.figure import Figure, Part
from bench.watch.lab import Lab, Place
from bench.watch.process import free_port
from bench.watch.subject import subject

PERIOD_SECONDS = 5
DEFAULT_PERIOD_SECONDS = 1800
GIVEN_SECONDS = 60.0
AIM_MEGABYTES = 60.0
METRIC = re.compile(r"^clusterdns_kubernetes_audit_bytes_per_hour\S* (\S+)$", re.MULTILINE)


def octets(place: Place) -> Figure:
    """What the server says of itself, as if audits were as far apart as they are by default."""
    port = free_port()
    with place.api() as (api, folder):
        options = f"endpoint {api.url}\n        audit {PERIOD_SECONDS}s"
        with subject(place.kind, folder, options=options, plugins=f"prometheus 127.0.0.1:{port}") as server:
            Lab(api=api, subject=server, size=place.size).wait_synced()
            found = _published(f"http://127.0.0.1:{port}/metrics") * PERIOD_SECONDS / DEFAULT_PERIOD_SECONDS
    return Figure(text=f"{found / 1e6:.1f} MB", within=0 < found <= AIM_MEGABYTES * 1e6)


def _published(url: str) -> float:
    """The metric, once it is above 0; 0 where it never is."""
    end = time.monotonic() + GIVEN_SECONDS
    while time.monotonic() < end:
        with urllib.request.urlopen(url, timeout=5) as page:
            found = METRIC.search(page.read().decode())
        if found and float(found[1]) > 0:
            return float(found[1])
        time.sleep(0.5)
    return 0.0


PARTS = (
    Part(name="audit", what="audits: octets per replica and hour", aim="≤ 60 MB", measure=octets, peer=False),
)
