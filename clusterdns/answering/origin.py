"""The plugin that an error or a log line is about, and its place in the Corefile, which stand in front of it.

with failing_as(origin, "build"):
    part = plugin.build(settings, context)

CorefileError: Corefile:2:5: plugin "mine": build raised KeyError: 'x' (/srv/mine/handler.py:12)
"""

import contextlib
import logging
import threading
import traceback
from collections.abc import Generator
from contextlib import contextmanager, suppress
from itertools import dropwhile
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from clusterdns.corefile import CorefileError, CorefileErrors, Position
from clusterdns.threads import NoThreadError, start_thread

__all__ = ["Origin", "Reminder", "failing_as"]

PATIENCE: Final = 5.0
"""Seconds between looks at whether a start still waits for the same plugin; the log then says for which."""

LATER: Final = 6
"""How many times longer the pause before each further line is."""

NOWHERE: Final = Position("", 0, 0)

PACKAGE: Final = Path(__file__).resolve().parents[1]

_log = logging.getLogger("clusterdns.server")


class Origin(NamedTuple):
    """A plugin of a server block; `position` is None for one that stands in no Corefile."""

    plugin: str
    position: Position | None = None

    def __str__(self) -> str:
        name = f'plugin "{self.plugin}"'
        return name if self.position is None else f"{self.position}: {name}"

    def at(self) -> str:
        """The same within a sentence: `plugin "mine" at Corefile:2:5`."""
        name = f'plugin "{self.plugin}"'
        return name if self.position is None else f"{name} at {self.position}"


@contextmanager
def failing_as(origin: Origin, doing: str) -> Generator[None]:
    """Turn what the body raises into an error that names the plugin and its place in the Corefile.

    `doing` names what was called, as its author does: `parse`, `build`, `__aenter__`.

    Raises:
        CorefileError: the plugin has a bug, or what it needs at the start is not there. Errors that have
            their place already pass as they are.
    """
    try:
        yield
    except (CorefileError, CorefileErrors):
        raise
    except Exception as bug:  # the code of others runs here, and raises whatever it does
        message = f'plugin "{origin.plugin}": {doing} raised {_described(bug)}'
        raise CorefileError(origin.position or NOWHERE, message) from bug


class Reminder:
    """Logs for whom a start waits, after some seconds and then now and again, while it is entered.

    A thread of its own does that, since a plugin may well hold the event loop up.
    """

    def __init__(self) -> None:
        self._awaited: tuple[Origin, str] | None = None
        self._done = threading.Event()

    def __enter__(self) -> Self:
        thread = threading.Thread(target=self._remind, name="start", daemon=True)
        with suppress(NoThreadError):  # no room for one: the start goes on without a word
            start_thread(thread)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()

    def waits_for(self, origin: Origin, what: str) -> None:
        """From now on the start waits for the plugin `origin`: `what` is `to start`."""
        self._awaited = (origin, what)

    def _remind(self) -> None:
        before, pause = self._awaited, PATIENCE
        while not self._done.wait(pause):
            awaited = self._awaited
            if awaited is None or awaited is not before:
                before, pause = awaited, PATIENCE
                continue
            origin, what = awaited
            _log.warning("waiting for %s %s", origin.at(), what)
            pause *= LATER


def _described(bug: BaseException) -> str:
    """Class, text and place of an exception: `KeyError: 'x' (/srv/mine/handler.py:12)`."""
    text = str(bug)
    place = _place(bug.__traceback__)
    return type(bug).__name__ + (f": {text}" if text else "") + (f" ({place})" if place else "")


def _place(trace: TracebackType | None) -> str:
    """The line of the plugin's own code that the exception came out of: the innermost one in the folder of
    the function that the server called. Empty if the exception came of the call itself."""
    called = list(dropwhile(_calls, traceback.extract_tb(trace)))
    if not called:
        return ""
    folder = Path(called[0].filename).parent
    own = [frame for frame in called if Path(frame.filename).parent == folder]
    return f"{own[-1].filename}:{own[-1].lineno}"


def _calls(frame: traceback.FrameSummary) -> bool:
    """Whether a frame is of the server, or of what it calls plugins through."""
    return frame.filename == contextlib.__file__ or PACKAGE in Path(frame.filename).parents
