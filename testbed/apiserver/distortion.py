"""Faults of the events of a watch: lost, doubled, or in another order."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from testbed.apiserver.changes import Change


@dataclass(slots=True, kw_only=True)
class Distortion:
    """The faults of every event from now on.

    share: of the events that are lost, 0 to 1. dropped: lost events a resource (plural).
    """

    share: float = 0.0
    duplicate: bool = False
    swap: bool = False
    random: Random = field(default_factory=lambda: Random(1))
    dropped: Counter[str] = field(default_factory=Counter)

    def loses(self, change: Change) -> bool:
        """Decide about an event; counts those that are lost."""
        lost = self.share > 0 and self.random.random() < self.share
        if lost:
            self.dropped[change.resource.plural] += 1
        return lost

    def reset(self) -> None:
        """Be a good server again."""
        self.share, self.duplicate, self.swap = 0.0, False, False


@dataclass(slots=True)
class Distorted:
    """The events of one watch, distorted. At most one is kept back, until the next takes its place."""

    distortion: Distortion
    kept: Change | None = None

    def after(self, change: Change) -> Iterator[Change]:
        """The events to send for an event that happens."""
        if self.distortion.loses(change):
            return
        if self.distortion.swap and self.kept is None:
            self.kept = change
            return
        yield change
        if self.kept is not None:
            yield self.kept
            self.kept = None
        if self.distortion.duplicate:
            yield change
