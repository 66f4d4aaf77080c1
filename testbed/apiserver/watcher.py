"""A watch that is open: what is still to be sent on it, and all of them together."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from testbed.apiserver.changes import Change, EventType, bookmark_line
from testbed.apiserver.distortion import Distorted, Distortion
from testbed.apiserver.records import Request
from testbed.apiserver.resources import RESOURCES, Resource
from testbed.apiserver.selection import Selection
from testbed.apiserver.statuses import Status

MOST_LINES = 100_000
"""Events that may wait for a slow reader; one that is slower is cut off, as an API server does."""


class End(Enum):
    """How a watch ends: cleanly, reset, or closed in the middle of its body."""

    CLEAN = auto()
    RESET = auto()
    CUT = auto()


@dataclass(slots=True, kw_only=True, eq=False)
class Watcher:
    """One open watch.

    start: the version it was opened at. What is not newer is not sent: a version that this server has not
        seen makes a watch that stays silent until versions have grown past it.
    muted: nothing is sent any more, and nothing ends it.
    """

    request: Request
    selection: Selection
    partial: bool
    bookmarks: bool
    start: int
    distorted: Distorted
    lines: deque[bytes] = field(default_factory=deque)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    end: End | None = None
    muted: bool = False

    def type_of(self, change: Change) -> EventType | None:
        """The event of a change, None for none: an object that leaves the selection is deleted."""
        was, is_now = self.selection.matches(change.before), self.selection.matches(change.after)
        if is_now:
            return "MODIFIED" if was else "ADDED"
        return "DELETED" if was else None

    def notice(self, change: Change) -> None:
        """A change happens."""
        if change.version > self.start and self.type_of(change):
            for one in self.distorted.after(change):
                self.tell(one)

    def tell(self, change: Change) -> None:
        """Send the event of a change, if it is one for this watch."""
        if type_ := self.type_of(change):
            self.send(change.line(type_, partial=self.partial))
            if len(self.lines) > MOST_LINES:
                self.finish(End.RESET)

    def bookmark(self, version: int) -> None:
        """Send a bookmark, if they were asked for and this version is one that the watch can know."""
        if self.bookmarks and version >= self.start:
            self.send(bookmark_line(self.selection.resource, version, partial=self.partial))

    def fail(self, status: Status) -> None:
        """Send an ERROR event and end."""
        self.send(status.event())
        self.finish(End.CLEAN)

    def send(self, line: bytes) -> None:
        """Send a line."""
        if self.muted or self.end is not None:
            return
        self.lines.append(line)
        self.wake.set()

    def finish(self, end: End) -> None:
        """End it, after the lines that wait."""
        if not self.muted:
            self.end = self.end or end
            self.wake.set()


class Watchers:
    """The open watches."""

    def __init__(self, distortion: Distortion) -> None:
        self.distortion = distortion
        self._open: dict[Resource, set[Watcher]] = {resource: set() for resource in RESOURCES}

    def __iter__(self) -> Iterator[Watcher]:
        """All of them; some may end meanwhile."""
        return iter([watcher for group in self._open.values() for watcher in group])

    def __len__(self) -> int:
        return sum(map(len, self._open.values()))

    def select(self, resource: str = "", namespace: str | None = None) -> list[Watcher]:
        """The watches of a resource and namespace; "" and None are any."""
        return [one for one in self if one.request.matches("", resource, namespace=namespace)]

    def add(self, watcher: Watcher) -> None:
        """A watch is opened."""
        self._open[watcher.selection.resource].add(watcher)

    def remove(self, watcher: Watcher) -> None:
        """A watch has ended."""
        self._open[watcher.selection.resource].discard(watcher)

    def notice(self, change: Change) -> None:
        """Pass a change to the watches of its resource and namespace."""
        for watcher in self._open[change.resource]:
            watcher.notice(change)
