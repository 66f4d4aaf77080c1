"""The values of an object that were left out since they could not be read."""

from typing import Final, TypeAlias

from clusterdns.cluster.shown import shown

Path: TypeAlias = tuple[str | int, ...]

MOST_KINDS: Final = 4
LONGEST_PART: Final = 40


class Faults:
    """Collects what is odd in one object: the first value of each kind, and how many there are in all.

    Two faults are of one kind if they are found in the same field, in whichever element of a list.
    """

    __slots__ = ("_first", "count")

    def __init__(self) -> None:
        self.count = 0
        self._first: dict[str, str] = {}

    def note(self, path: Path, reason: str) -> None:
        """A value is left out. `reason`: "expected ...", of bounded length, without a path."""
        self.count += 1
        if len(self._first) < MOST_KINDS:
            kind = field_text(tuple("" if isinstance(part, int) else part for part in path))
            if kind not in self._first:
                self._first[kind] = f"{field_text(path)}: {reason}"

    def clear(self) -> None:
        """Begin anew."""
        self.count = 0
        self._first.clear()

    @property
    def kinds(self) -> frozenset[str]:
        """The fields in which there are some."""
        return frozenset(self._first)

    def __bool__(self) -> bool:
        return bool(self.count)

    def __str__(self) -> str:
        more = self.count - len(self._first)
        return "; ".join((*self._first.values(), *([f"{more} more like these"] if more else ())))


def field_text(path: Path) -> str:
    """A path as Kubernetes writes it: `spec.ports[0].port`."""
    parts = (f"[{part}]" if isinstance(part, int) or not part else f".{_cut(part)}" for part in path)
    return "".join(parts).removeprefix(".") or "the object"


def _cut(part: str) -> str:
    return shown(part, LONGEST_PART)
