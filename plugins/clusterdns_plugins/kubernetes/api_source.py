"""The table that follows an API server, shared by all blocks whose settings are equal."""

from types import TracebackType
from typing import Self

from clusterdns.cluster import Table
from clusterdns.cluster.api import ApiConfigError, ProcessEnvironment, resolve
from clusterdns.cluster.cluster_follower import ClusterFollower, FollowerSettings
from clusterdns.cluster.reflector import Freshness, Selection, SourceSettings
from clusterdns.cluster.selector import LabelSelector
from clusterdns.corefile import CorefileError, Position
from clusterdns.telemetry.metrics import Metrics
from clusterdns_plugins.kubernetes.api_metrics import ApiMetrics
from clusterdns_plugins.kubernetes.config import Settings
from clusterdns_plugins.kubernetes.pods import PodMode


class ApiBackend:
    """A table that an API server fills while it is entered. `position` is where the Corefile asks for it."""

    def __init__(self, settings: FollowerSettings, position: Position, metrics: Metrics) -> None:
        self._settings = settings
        self._position = position
        self._metrics = ApiMetrics(metrics)
        self._kept = ClusterFollower(settings, observer=self._metrics, api_observer=self._metrics.requests)

    @property
    def table(self) -> Table:
        """The table, not synced before every resource was listed once."""
        return self._kept.table

    @property
    def freshness(self) -> Freshness:
        """How fresh it is."""
        return self._kept.freshness

    def complaints(self) -> tuple[str, ...]:
        """A line for each resource that is not followed, object that is not served as it is, and bad file."""
        return self._kept.complaints()

    def check(self) -> None:
        """Read the files that the settings point to; ask no server.

        What a Pod has is looked for in a Pod only, so that a Corefile can be checked elsewhere.

        Raises:
            CorefileError: one is missing or wrong.
        """
        api, process = self._settings.source.api, ProcessEnvironment()
        if api.kubeconfig is None and not api.endpoints and not process.in_cluster:
            return
        try:
            resolve(api, process)
        except ApiConfigError as error:
            raise CorefileError(self._position, str(error)) from error

    async def __aenter__(self) -> Self:
        """Begin to follow; waits for no answer.

        Raises:
            CorefileError: a file that the settings point to is missing or wrong, or we are in no cluster.
        """
        try:
            await self._kept.__aenter__()
        except ApiConfigError as error:
            raise CorefileError(self._position, str(error)) from error
        self._metrics.follow(self._kept)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop following."""
        self._metrics.leave()
        await self._kept.__aexit__(kind, error, trace)


def kept_settings(settings: Settings) -> FollowerSettings:
    """The settings of the source, from those of the directive."""
    snapshot = settings.snapshot
    source = SourceSettings(
        api=settings.api, selection=selection_of(settings), startup_seconds=settings.startup_seconds
    )
    if snapshot is None:
        return FollowerSettings(source=source, audit_seconds=settings.audit)
    return FollowerSettings(
        source=source,
        audit_seconds=settings.audit,
        snapshot=snapshot.path,
        snapshot_max_age=snapshot.max_age,
    )


def selection_of(settings: Settings) -> Selection:
    """The objects that are asked for."""
    return Selection(
        namespaces=settings.namespaces,
        labels=_text(settings.labels),
        namespace_labels=_text(settings.namespace_labels),
        endpoints=settings.endpoints,
        headless_only=settings.headless_only,
        pods=settings.pods is PodMode.VERIFIED,
        imports=bool(settings.multicluster),
    )


def _text(selector: LabelSelector | None) -> str:
    return "" if selector is None else str(selector)
