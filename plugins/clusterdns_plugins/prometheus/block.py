"""The metrics of one server block: its traffic, and its plugins."""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, Self

from clusterdns.plugin import Context
from clusterdns.telemetry.families import Gauge
from clusterdns.telemetry.metrics import Metrics
from clusterdns_plugins.prometheus.families import SCOPE, QueryFamilies
from clusterdns_plugins.prometheus.tallies import VIEW, BlockObserver, Tallies

__all__ = ["NAME", "PrometheusBlock"]

NAME: Final = "prometheus"


class PrometheusBlock(BlockObserver):
    """Counts the replies of a block, and exports its plugins while it is entered."""

    def __init__(self, context: Context, metrics: Metrics) -> None:
        self._tallies = Tallies(QueryFamilies(metrics))
        super().__init__(self._tallies)
        self._context = context
        self._names: list[str] = []
        self._end_export: Callable[[], None] = lambda: None
        self._metrics = metrics
        self._enabled: Gauge = metrics.gauge(
            "coredns_plugin_enabled", "The plugins that answer in a server block.", (*SCOPE, "name")
        )

    async def __aenter__(self) -> Self:
        names = [part.plugin for part in self._context.parts() if callable(part.built) or part.built is self]
        self._names = names
        self._end_export = self._metrics.on_export(self._show)
        self._tallies.plugin = _following(names)
        self._tallies.begin_export(self._metrics)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tallies.end_export()
        self._end_export()
        for series in self._series():
            self._enabled.remove(*series)

    def _show(self) -> None:
        """Set the series of the plugins, at each export: another configuration of the block may have ended
        since the last one, and removed them."""
        for series in self._series():
            self._enabled.of(*series).set(1)

    def _series(self) -> Iterator[tuple[str, ...]]:
        """The labels of each plugin on each listener for each zone of the block."""
        for server in self._context.servers:
            for zone in self._context.zones:
                yield from ((server, zone.to_text(), VIEW, name) for name in self._names)


def _following(names: list[str]) -> str:
    """The plugin behind this one, which CoreDNS 1.14.7 takes for the writer of every reply."""
    return next(iter(names[names.index(NAME) + 1 :]), "")
