"""When packets were sent, and how long their replies took."""

from collections.abc import Iterator
from typing import Final, NamedTuple

BIN_SECONDS: Final = 0.1
NEVER: Final = float("inf")


class Sent(NamedTuple):
    """When, in seconds, and after how many seconds the reply was there; NEVER if it was not."""

    at: float
    took: float


class Timeline:
    """Packets to one server."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def add(self, at: float, took: float) -> None:
        self.sent.append(Sent(at, took))

    @property
    def lost(self) -> int:
        return sum(took == NEVER for _, took in self.sent)

    def answered(self) -> list[float]:
        """Seconds that replies took, sorted."""
        return sorted(took for _, took in self.sent if took < NEVER)

    def slowest(self) -> dict[int, float]:
        """The longest time in each bin."""
        found: dict[int, float] = {}
        for at, took in self.sent:
            number = int(at / BIN_SECONDS)
            found[number] = max(found.get(number, 0.0), took)
        return found

    def later_than(self, other: "Timeline") -> Iterator[Sent]:
        """By how many seconds each reply came later than the slowest of the other server about then."""
        slowest = other.slowest()
        for at, took in self.sent:
            number = int(at / BIN_SECONDS)
            near = [slowest[each] for each in (number - 1, number, number + 1) if each in slowest]
            if took < NEVER:
                yield Sent(at, took - max((one for one in near if one < NEVER), default=0.0))
