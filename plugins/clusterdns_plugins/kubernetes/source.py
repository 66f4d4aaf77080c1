"""The table that manifests fill, shared by all blocks that name the same ones."""

from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple, Self

from clusterdns.cluster import Table
from clusterdns.cluster.manifests import ManifestErrors, ManifestSettings, ManifestSource
from clusterdns.cluster.manifests.pipeline import check_manifests
from clusterdns.corefile import CorefileError, CorefileErrors, Position
from clusterdns.plugin import Context
from clusterdns.telemetry.metrics import metrics_of
from clusterdns_plugins.kubernetes.config import Settings
from clusterdns_plugins.kubernetes.extended_errors import ALWAYS_FRESH, Freshness
from clusterdns_plugins.kubernetes.pods import PodMode


class ClusterSource:
    """A table that manifests fill while it is entered. `position` is where the Corefile names them."""

    def __init__(self, settings: ManifestSettings, position: Position) -> None:
        self.table = Table()
        self._settings = settings
        self._position = position
        self._source = ManifestSource(self.table, settings)

    def complaints(self) -> tuple[str, ...]:
        """A line for each fault of the manifests now; bounded in number."""
        return self._source.complaints()

    def check(self) -> None:
        """Read the manifests and start nothing.

        Raises:
            CorefileErrors: what is wrong with them.
        """
        try:
            check_manifests(self._settings)
        except ManifestErrors as errors:
            raise self._at_corefile(errors) from errors

    async def __aenter__(self) -> Self:
        """Fill the table and follow the files from now on.

        Raises:
            CorefileErrors: a manifest is missing or wrong: at the start there is no last good state.
        """
        try:
            await self._source.__aenter__()
        except ManifestErrors as errors:
            raise self._at_corefile(errors) from errors
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop following the files."""
        await self._source.__aexit__(kind, error, trace)

    def _at_corefile(self, errors: ManifestErrors) -> CorefileErrors:
        return CorefileErrors(CorefileError(self._position, str(error)) for error in errors.errors)


class Source(NamedTuple):
    """The data that a block answers from: a table, its freshness, and complaints about it."""

    table: Table
    freshness: Freshness = ALWAYS_FRESH
    complaints: Callable[[], tuple[str, ...]] = tuple
    silent_for: Callable[[], float] = float


def shared_source(settings: Settings, context: Context) -> Source:
    """The source for `settings`: one for all blocks of the server that select the same objects."""
    if settings.manifests:
        wanted = manifest_settings(settings)
        source = context.shared(wanted, lambda: ClusterSource(wanted, settings.position))
        return Source(source.table, complaints=source.complaints)
    return _of_api_server(settings, context)


def _of_api_server(settings: Settings, context: Context) -> Source:
    # Who reads manifests needs nothing of what follows an API server.
    from clusterdns_plugins.kubernetes.api_source import ApiBackend, kept_settings  # noqa: PLC0415

    wanted, metrics = kept_settings(settings), metrics_of(context)
    backend = context.shared(wanted, lambda: ApiBackend(wanted, settings.position, metrics))
    freshness = backend.freshness
    return Source(backend.table, freshness, backend.complaints, lambda: freshness.age)


def manifest_settings(settings: Settings) -> ManifestSettings:
    """The settings of the manifests' table. Pods are read only where names of them are verified."""
    return ManifestSettings(
        paths=settings.manifests,
        labels=settings.labels,
        namespace_labels=settings.namespace_labels,
        endpoints=settings.endpoints,
        pods=settings.pods is PodMode.VERIFIED,
    )
