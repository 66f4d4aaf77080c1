"""How long a watch may be silent before it counts as dead.

An API server sends a bookmark about every minute, however quiet the cluster is. Silence for more than two
of its periods is no quiet: the connection is dead though its octets are acknowledged, or our version is from
a future that the server no longer has, as after a backup was restored. Then a plain watch stays open and
empty for ever.
"""

from collections import deque
from typing import Final

LEAST_SECONDS: Final = 75.0
MOST_SECONDS: Final = 140.0
"""Less than the 150 s that are promised: a list has to follow, and the API server may be busy."""

PERIODS: Final = 2.0
GRACE_SECONDS: Final = 5.0
REMEMBERED_GAPS: Final = 4
SUSPECT_SHARE: Final = 0.4


class Silence:
    """Decides after how many seconds without events a watch counts as dead, by the intervals of bookmarks in
    all watches of one reflector. Times are seconds of the loop's clock.
    """

    def __init__(self) -> None:
        self._gaps: deque[float] = deque(maxlen=REMEMBERED_GAPS)
        self._last_bookmark: float | None = None
        self._heard = 0.0

    def opened(self, now: float) -> None:
        """A watch was opened: its first bookmark says nothing of the period."""
        self._last_bookmark = None
        self._heard = now

    def heard(self, now: float) -> None:
        """Note that an event or a bookmark arrived."""
        self._heard = now

    def bookmark(self, now: float) -> None:
        """Note that a bookmark arrived, from which the period of bookmarks is measured."""
        if self._last_bookmark is not None:
            self._gaps.append(now - self._last_bookmark)
        self._last_bookmark = now

    @property
    def limit(self) -> float:
        """Seconds of silence after which the watch counts as dead."""
        if not self._gaps:
            return MOST_SECONDS
        return min(MOST_SECONDS, max(LEAST_SECONDS, PERIODS * max(self._gaps) + GRACE_SECONDS))

    def seconds(self, now: float) -> float:
        """Seconds since anything arrived."""
        return now - self._heard

    def is_suspect(self, now: float) -> bool:
        """Whether it has been silent long enough to be doubted, when another watch is known to be dead."""
        return self.seconds(now) >= SUSPECT_SHARE * self.limit
