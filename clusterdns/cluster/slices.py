"""The slices of a Service as look-ups return them: lazily, so that unwanted slices cost nothing."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from clusterdns.cluster.blocks import Column, ready_families
from clusterdns.cluster.objects import EndpointSlice, Names, Port

SLICE_UNITS: Final = 6
"""Cost of looking at a slice, in units of about a tenth of a microsecond."""


class Wanted(NamedTuple):
    """A search for ready endpoints in slices.

    families: bits of address families (see blocks).
    has_ports: whether the ports of a slice will do.
    texts, address: endpoints with any of these texts in its column, or with this packed address; all
        endpoints if neither is given.
    """

    families: int
    has_ports: Callable[[tuple[Port, ...]], bool]
    texts: tuple[tuple[Column, bytes], ...] = ()
    address: bytes | None = None


class Slices(ABC):
    """Slices in some order, good until the next change."""

    __slots__ = ()

    @abstractmethod
    def __len__(self) -> int:
        """How many there are."""

    @abstractmethod
    def __iter__(self) -> Iterator[EndpointSlice]:
        """All of them."""

    @abstractmethod
    def part(self, first: int, end: int) -> "Slices":
        """The slices at the places from `first` until before `end`, counted from 0."""

    @abstractmethod
    def possible(self, wanted: Wanted, may: Callable[[int], bool]) -> Iterator[tuple[int, EndpointSlice]]:
        """The slices that can have what is wanted, with their places.

        `may` is asked before each step for the units that it takes; when it says no, that is the end.
        """


class NamedSlices(Slices):
    """Slices by their names."""

    __slots__ = ("_names", "_slices")

    def __init__(self, names: Sequence[Names], slices: Mapping[Names, EndpointSlice]) -> None:
        self._names = names
        self._slices = slices

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[EndpointSlice]:
        return map(self._slices.__getitem__, self._names)

    def part(self, first: int, end: int) -> "NamedSlices":
        """By names."""
        return NamedSlices(self._names[first:end], self._slices)

    def possible(self, wanted: Wanted, may: Callable[[int], bool]) -> Iterator[tuple[int, EndpointSlice]]:
        """One after the other: they are few."""
        return taken_while(may, wanted, enumerate(self))


def taken_while(
    may: Callable[[int], bool], wanted: Wanted, found: Iterable[tuple[int, EndpointSlice]]
) -> Iterator[tuple[int, EndpointSlice]]:
    """The slices with ready endpoints of a wanted family and with wanted ports, and their places, until `may`
    refuses SLICE_UNITS.
    """
    for place, item in found:
        if not may(SLICE_UNITS):
            return
        if ready_families(item.packed) & wanted.families and wanted.has_ports(item.ports):
            yield place, item
