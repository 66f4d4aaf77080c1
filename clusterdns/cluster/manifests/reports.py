"""Errors of manifests: each is logged once, and stands on the page of readiness while it lasts."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from clusterdns.cluster.manifests.errors import ManifestError
from clusterdns.telemetry.lines import one_line

_log = logging.getLogger(__name__)

MOST_NAMED: Final = 20
"""Faults, and likewise warnings, that the log names at a time; of the others it tells how many there are."""

MOST_LINES: Final = 16
"""Faults that the page of readiness names."""


class Reports:
    """Remembers the present error of each file."""

    def __init__(self) -> None:
        self._known: dict[Path, str] = {}
        self._delay = ""

    def lines(self) -> tuple[str, ...]:
        """A line for each present error, MOST_LINES at most, and one with the number of the others."""
        faults = [f"manifests: {one_line(text)}" for text in list(self._known.values())[:MOST_LINES]]
        more = len(self._known) - len(faults)
        return (*filter(None, [self._delay]), *faults, *([f"manifests: {more} more faults"] if more else []))

    def errors(self, errors: Iterable[ManifestError]) -> None:
        """Take all that is wrong now. The same broken file is not named at every look."""
        now = {error.path: str(error) for error in errors}
        new = [text for path, text in now.items() if self._known.get(path) != text]
        for text in new[:MOST_NAMED]:
            _log.error("%s (its last good state is served on)", text)
        if len(new) > MOST_NAMED:
            _log.error("%d more manifests cannot be read", len(new) - MOST_NAMED)
        good = [path for path in self._known if path not in now]
        for path in good[:MOST_NAMED]:
            _log.info("%s is good again", path)
        if len(good) > MOST_NAMED:
            _log.info("%d more manifests are good again", len(good) - MOST_NAMED)
        self._known = now

    def warnings(self, warnings: tuple[str, ...]) -> None:
        """Log what is odd."""
        for warning in warnings[:MOST_NAMED]:
            _log.warning("%s", warning)
        if len(warnings) > MOST_NAMED:
            _log.warning("%d more such warnings", len(warnings) - MOST_NAMED)

    def slow(self, seconds: float) -> None:
        """A look at the files has not come back for so long, as when their file system hangs."""
        self._delay = f"manifests: looking at the files takes longer than {seconds:g} s"
        _log.warning("%s; what they said before is served on", self._delay)

    def back(self) -> None:
        """It has come back."""
        if self._delay:
            _log.info("manifests: the files have been looked at")
        self._delay = ""
