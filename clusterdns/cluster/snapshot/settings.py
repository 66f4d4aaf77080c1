"""Where a snapshot is kept, and what tells ours from others."""

from dataclasses import dataclass
from hashlib import sha256

MAX_AGE = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotSettings:
    """The file; how old, in seconds, what it says may be to be served; whose objects it must hold."""

    path: str
    max_age: float = MAX_AGE
    fingerprint: str = ""


def fingerprint(*parts: object) -> str:
    """A digest of all that decides which objects are in a table: the cluster, selectors, kinds.

    Each part's `repr` counts, so frozen dataclasses will do. Nothing of them can be read from it.
    """
    return sha256(repr(parts).encode()).hexdigest()
