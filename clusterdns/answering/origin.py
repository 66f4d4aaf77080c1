"""Which plugin something is said of, and where the Corefile names it: it stands in front of what went wrong.

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
from typing import Final, NamedTuple

from clusterdns.corefile import CorefileError, CorefileErrors, Position
from clusterdns.threads import NoThreadError, start_thread

__all__ = ["Origin", "failing_as", "reminding"]

PATIENCE: Final = 5.0
"""Seconds that a start may take before the log says for whom it waits, and again as many times longer."""

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


@contextmanager
def reminding(origin: Origin, what: str) -> Generator[None]:
    """Log for whom the body waits, after some seconds and then now and again: `what` is `to start`.

    A thread of its own does that, since a plugin may well hold the event loop up.
    """
    done = threading.Event()
    thread = threading.Thread(target=_remind, args=(done, origin, what), name="start", daemon=True)
    with suppress(NoThreadError):  # no room for one: the start goes on without a word
        start_thread(thread)
    try:
        yield
    finally:
        done.set()


def _remind(done: threading.Event, origin: Origin, what: str) -> None:
    pause = PATIENCE
    while not done.wait(pause):
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
