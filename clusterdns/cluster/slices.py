"""The slices of a Service, as look-ups give them: nothing is done for those that are not wanted."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from clusterdns.cluster.blocks import Column, ready_families
from clusterdns.cluster.objects import EndpointSlice, Names, Port

SLICE_UNITS: Final = 6
"""What looking at a slice takes, in units of about a tenth of a microsecond."""


class Wanted(NamedTuple):
    """What is looked for in slices: endpoints that are ready, of these families (see blocks), with any of
    `texts` in its column or the packed `address`; all of them if neither is given. `has_ports` says whether
    the ports of a slice will do.
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
        """Those at the places from `first` until `end`."""

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
    """Those with endpoints of a family and ports that are wanted, as long as they may be looked at."""
    for place, item in found:
        if not may(SLICE_UNITS):
            return
        if ready_families(item.packed) & wanted.families and wanted.has_ports(item.ports):
            yield place, item
