"""Kinds of metrics: a family has a name and labels, a series is one combination of their values."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, NamedTuple, TypeVar

__all__ = ["Count", "Counter", "Description", "Distribution", "Family", "Gauge", "Histogram", "Level", "Read"]

Labels = tuple[str, ...]

RESERVED: Final = frozenset({"le", "quantile"})


class Description(NamedTuple):
    """A family's name, help (`text`), labels and kind, without its values; `bounds` are the upper ones of
    a histogram's buckets."""

    name: str
    text: str
    labels: Labels
    bounds: tuple[float, ...]


class Count:
    """A series that only grows. On the path of a query, `count.value += 1` is as good as `add`."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: float = 0

    def add(self, amount: float = 1) -> None:
        """Count `amount` more, never less."""
        self.value += amount


class Level:
    """A series that goes up and down."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: float = 0

    def set(self, value: float) -> None:
        """Replace the value."""
        self.value = value


class Read:
    """A series whose value is asked for when it is exported."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[], float]) -> None:
        self._read = read

    @property
    def value(self) -> float:
        """The value now, from the function that reads it."""
        return self._read()


class Distribution:
    """How many values lie in each bucket, and their sum. The last bucket has those above all bounds."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum: float = 0

    def observe(self, value: float, times: int = 1) -> None:
        """Count `value`, `times` over. A value on a bound belongs to the bucket below it."""
        self.counts[bisect_left(self.bounds, value)] += times
        self.sum += value * times

    def add(self, bucket: int, *, times: int, total: float) -> None:
        """Count so many values that lie in one bucket, of this sum."""
        self.counts[bucket] += times
        self.sum += total

    @property
    def count(self) -> int:
        """How many values there were."""
        return sum(self.counts)


SeriesT = TypeVar("SeriesT")


class Family(Generic[SeriesT]):
    """A metric: one series for each combination of the labels' values that was ever asked for.

    A family without labels has its one series from the beginning, so it is exported as 0 at least.
    """

    def __init__(self, name: str, text: str, labels: Labels, *, bounds: tuple[float, ...] = ()) -> None:
        for word in (name, *labels):
            if not (word.isidentifier() and word.isascii() and word.islower()):
                raise ValueError(f"the name of a metric or label has lower-case letters, digits, _: {word!r}")
        if RESERVED & set(labels) or len(set(labels)) != len(labels):
            raise ValueError(f"a label of {name} is reserved or given twice: {labels}")
        if list(bounds) != sorted(set(bounds)):
            raise ValueError(f"the bounds of {name} do not grow: {bounds}")
        self.description = Description(name, text, labels, bounds)
        self._series: dict[Labels, SeriesT] = {}
        if not labels:
            self.of()

    @property
    def name(self) -> str:
        """Its name, with the prefix."""
        return self.description.name

    def of(self, *values: str) -> SeriesT:
        """The series with these values of the labels, in their order; made if it is not there yet."""
        series = self._series.get(values)
        if series is None:
            series = self._series[self._checked(values)] = self._new()
        return series

    def remove(self, *values: str) -> None:
        """Export the series no more. It need not be there."""
        self._series.pop(values, None)

    def clear(self) -> None:
        """Export none of its series any more."""
        self._series.clear()

    def series(self) -> Iterator[tuple[Labels, SeriesT]]:
        """Every series with the values of its labels."""
        return iter(tuple(self._series.items()))

    def _new(self) -> SeriesT:
        raise NotImplementedError

    def _checked(self, values: Labels) -> Labels:
        if len(values) != len(self.description.labels):
            raise ValueError(f"{self.name} has the labels {self.description.labels}, not values {values}")
        return values


class _Readable(Family[Any]):
    """A family whose series are single numbers, which may also be asked for at export."""

    def reads(self, read: Callable[[], float], *values: str) -> None:
        """Call `read` at each export for the value of the series with these values of the labels."""
        self._series[self._checked(values)] = Read(read)


class Counter(_Readable):
    """A family of counts."""

    def of(self, *values: str) -> Count:
        """As every family's."""
        series: Count = super().of(*values)
        return series

    def _new(self) -> Count:
        return Count()


class Gauge(_Readable):
    """A family of levels."""

    def of(self, *values: str) -> Level:
        """As every family's."""
        series: Level = super().of(*values)
        return series

    def _new(self) -> Level:
        return Level()


class Histogram(Family[Distribution]):
    """A family of distributions, which share their bounds."""

    def _new(self) -> Distribution:
        return Distribution(self.description.bounds)
