"""From the server's metrics to Prometheus' text format. prometheus_client is imported when this starts."""

from __future__ import annotations

import asyncio
import gzip
import platform
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Self

from clusterdns import __version__
from clusterdns.telemetry.families import Counter, Distribution, Family, Histogram
from clusterdns.telemetry.metrics import Metrics
from clusterdns.web import Page, WebRequest

if TYPE_CHECKING:
    from types import TracebackType

    from prometheus_client.core import Metric
    from prometheus_client.registry import CollectorRegistry

__all__ = ["PATH", "Exporter"]

PATH: Final = "/metrics"


class _Snapshot:
    """Metrics as they were, in the way that the library wants to have them."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = tuple(metrics)

    def collect(self) -> Iterator[Metric]:
        return iter(self._metrics)


class Exporter:
    """Answers with all metrics of a server, beside those of the process. One for all blocks.

    `runtime` adds those of the Python runtime, as soon as one block wants them (CoreDNS: the same).
    """

    def __init__(self, metrics: Metrics) -> None:
        self.runtime = False
        self._metrics = metrics
        self._process: CollectorRegistry
        self._one_at_a_time = asyncio.Lock()
        self._build_info = metrics.gauge(
            "coredns_build_info", "1, and what answers here.", ("version", "revision", "goversion")
        )
        self._tasks = metrics.gauge("clusterdns_tasks", "Tasks of the event loop that have not ended.")

    async def __aenter__(self) -> Self:
        from prometheus_client import (  # noqa: PLC0415 - see above
            CollectorRegistry,
            GCCollector,
            PlatformCollector,
            ProcessCollector,
        )

        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)
        PlatformCollector(registry=self._process)
        if self.runtime:
            GCCollector(registry=self._process)
        self._build_info.of(__version__, "", f"python{platform.python_version()}").set(1)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to end."""

    async def answer(self, request: WebRequest) -> Page:
        """All metrics in the text format, compressed if the client accepts that. Queries are answered
        between any two metrics, and while a thread writes them out. One page is made at a time, so that
        frequent requests take one thread and not all of them."""
        async with self._one_at_a_time:
            return await self._made(compress="gzip" in request.headers.get("Accept-Encoding", ""))

    async def _made(self, *, compress: bool) -> Page:
        self._tasks.of().set(len(asyncio.all_tasks()))
        converted: list[Metric] = []
        for family in self._metrics.families():
            converted.append(_converted(family))
            await asyncio.sleep(0)
        snapshot = _Snapshot(converted)
        return await asyncio.to_thread(self._page, snapshot, compress=compress)

    def _page(self, snapshot: _Snapshot, *, compress: bool) -> Page:
        from prometheus_client.exposition import (  # noqa: PLC0415 - see above
            CONTENT_TYPE_PLAIN_0_0_4,
            generate_latest,
        )

        body = generate_latest(snapshot) + generate_latest(self._process)
        headers = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
        if compress:
            body, headers["Content-Encoding"] = gzip.compress(body, compresslevel=1), "gzip"
        return Page(body=body, headers=headers)


def _converted(family: Family[Any]) -> Metric:
    from prometheus_client.core import (  # noqa: PLC0415 - see above
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
    )

    name, text, labels, _ = family.description
    if isinstance(family, Histogram):
        histogram = HistogramMetricFamily(name, text, labels=labels)
        for values, series in family.series():
            histogram.add_metric(values, list(_buckets(series)), series.sum)
        return histogram
    numbers = (CounterMetricFamily if isinstance(family, Counter) else GaugeMetricFamily)(
        name, text, labels=labels
    )
    for values, series in family.series():
        numbers.add_metric(values, series.value)
    return numbers


def _buckets(series: Distribution) -> Iterator[tuple[str, float]]:
    """Each bucket with the number of values up to its bound."""
    total = 0
    for bound, count in zip((*series.bounds, None), series.counts, strict=True):
        total += count
        yield ("+Inf" if bound is None else _bound(bound)), total


def _bound(bound: float) -> str:
    """A bound as Go writes it: `100`, `0.00025`."""
    return repr(float(bound)).removesuffix(".0")
