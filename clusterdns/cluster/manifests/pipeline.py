"""From files to a change set: everything that is too slow for the event loop, called in a thread."""

import time
from dataclasses import dataclass

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.endpoints.controller import Controller, Selection
from clusterdns.cluster.manifests.errors import ManifestError, ManifestErrors
from clusterdns.cluster.manifests.folder import Folder
from clusterdns.cluster.manifests.lint import ManifestLint
from clusterdns.cluster.manifests.memory import give_back, rarely_collected
from clusterdns.cluster.manifests.merge import Merge
from clusterdns.cluster.manifests.settings import ManifestSettings
from clusterdns.cluster.manifests.yielding import YieldToLoop, no_yield
from clusterdns.cluster.selector import LabelSelector

SETTLE_SECONDS = 0.05
"""How long a file that turned empty or bad may go on being written before that is believed."""

EVERYTHING = LabelSelector()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Changes of the table since the reading before; all present errors; new warnings."""

    changes: ChangeSet
    errors: tuple[ManifestError, ...] = ()
    warnings: tuple[str, ...] = ()


class Pipeline:
    """Files, merged and completed as a cluster would. One reading at a time."""

    def __init__(self, settings: ManifestSettings, yield_to_loop: YieldToLoop = no_yield) -> None:
        self._yield_to_loop = yield_to_loop
        self._folder = Folder(
            settings.paths, yield_to_loop=yield_to_loop, settle=lambda: time.sleep(SETTLE_SECONDS)
        )
        self._merge = Merge(yield_to_loop)
        self._lint = ManifestLint(yield_to_loop)
        selection = Selection(
            labels=settings.labels or EVERYTHING,
            namespace_labels=settings.namespace_labels or EVERYTHING,
            endpoints=settings.endpoints,
            pods=settings.pods,
        )
        self._controller = Controller(selection, yield_to_loop)

    def read(self) -> Reading:
        """Look at the files; the changes since the reading before."""
        with rarely_collected():
            return self._read()

    def _read(self) -> Reading:
        refreshed = self._folder.refresh()
        replaced, warnings = self._merge.update(refreshed.declared)
        changes = self._controller.update(replaced)
        give_back(replaced, self._yield_to_loop)
        hints = self._lint.of(changes, self._controller.declared_namespaces)
        return Reading(changes=changes, errors=refreshed.errors, warnings=(*warnings, *hints))


def check_manifests(settings: ManifestSettings) -> tuple[str, ...]:
    """Read all manifests once, without side effects; the warnings. Raises ManifestErrors."""
    reading = Pipeline(settings).read()
    if reading.errors:
        raise ManifestErrors(reading.errors)
    return reading.warnings
