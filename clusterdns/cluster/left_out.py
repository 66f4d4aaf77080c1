"""Objects of an API server that are not in the table as it has them, since something in them cannot be read.

An object stands here from the document that could not be read in full until one that can be, or its end.
Of one that could not be read at all, the table keeps what it knew: the object is there, and what it was is
nearer to what it is than nothing.

    /ready          a line each, the first few
    metrics         how many there are of each kind, and how many such documents came
    the log         a line when an object comes, one more when other fields of it are odd; few a minute
    audits          a version that is known not to be readable was not missed
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from clusterdns.cluster.objects import Kind, Names, ObjectKey
from clusterdns.cluster.shown import shown

MOST_OBJECTS: Final = 1024
"""So many are known by name, half a megabyte at most; others are only counted, as documents."""

MOST_LINES: Final = 16
LINES_A_MINUTE: Final = 12
MINUTE: Final = 60.0
LONGEST_REASON: Final = 300

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One object that could not be read, or not in full.

    version: resourceVersion of that document, "" if there is none. kinds: the fields with faults.
    is_whole: whether nothing of it could be read.
    """

    version: str
    reason: str
    kinds: frozenset[str]
    is_whole: bool


class LeftOuts:
    """The objects that could not be read, or not in full, of every kind. `clock` gives seconds.

    documents: how many documents could not be read in full, by the name of the kind.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.documents: dict[str, int] = {}
        self._objects: dict[ObjectKey, LeftOut] = {}
        self._clock = clock
        self._minute = 0.0
        self._said = self._unsaid = 0

    def __len__(self) -> int:
        return len(self._objects)

    def note(self, kind: Kind, names: Names, found: LeftOut) -> None:
        """A document could not be read in full. Its names are empty if not even they could be."""
        self.documents[kind.__name__] = self.documents.get(kind.__name__, 0) + 1
        key = ObjectKey(kind, *names)
        before = self._objects.get(key)
        if before is None and len(self._objects) >= MOST_OBJECTS:
            return
        self._objects[key] = found
        if before is None or not found.kinds <= before.kinds:
            self._say(_line(key, found))

    def clear(self, kind: Kind, names: Names) -> None:
        """An object is gone, or could be read."""
        if self._objects:
            self._objects.pop(ObjectKey(kind, *names), None)

    def keys(self, kind: Kind, namespace: str) -> list[ObjectKey]:
        """The keys of left out objects of a kind, in one namespace, or in all for ""."""
        return [key for key in self._objects if key.kind is kind and namespace in {"", key.namespace}]

    def has(self, kind: Kind, names: Names, version: str | None) -> bool:
        """Whether this version of an object is known not to be readable."""
        found = self._objects.get(ObjectKey(kind, *names)) if self._objects else None
        return found is not None and found.is_whole and found.version == version

    def counts(self) -> dict[str, int]:
        """How many objects there are, by the name of the kind, with those of which there are no more."""
        found = dict.fromkeys(self.documents, 0)
        for key in self._objects:
            found[key.kind.__name__] += 1
        return found

    def lines(self) -> tuple[str, ...]:
        """An object each, at most 16, and one that counts the rest."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[str]:
        for _, (key, found) in zip(range(MOST_LINES), self._objects.items(), strict=False):
            yield _line(key, found)
        more = len(self._objects) - MOST_LINES
        if more > 0:
            yield f"{more} more objects are not served as the API server has them"

    def _say(self, line: str) -> None:
        now = self._clock()
        if now - self._minute >= MINUTE:
            self._minute, self._said = now, 0
        if self._said >= LINES_A_MINUTE:
            self._unsaid += 1
            return
        self._said += 1
        more = f" ({self._unsaid} others were not named here)" if self._unsaid else ""
        self._unsaid = 0
        _log.warning("%s%s", line, more)


def _line(key: ObjectKey, found: LeftOut) -> str:
    names = "/".join(shown(part) for part in (key.namespace, key.name) if part) or "without a readable name"
    what = "not readable, what was known of it is served on" if found.is_whole else "served without a part"
    return f"{key.kind.__name__} {names}: {what}: {shown(found.reason, LONGEST_REASON)}"
