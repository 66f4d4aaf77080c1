"""The ready endpoints of a Service that a name stands for, enumerated as far as an answer has room for them.

If they are more than a message holds, they begin with another one each time, every one as likely as the
others, so that all of them are answered in turn.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from random import Random
from typing import Final, NamedTuple

from clusterdns.cluster import Port
from clusterdns.cluster.blocks import READY_IPV4, READY_IPV6, Block, ready_blocks, ready_families
from clusterdns.cluster.slices import Slices
from clusterdns_plugins.kubernetes.filters import Filter, Selected
from clusterdns_plugins.kubernetes.looking import ENDPOINT, NUMBER, SEARCH, Looking, TooLarge
from clusterdns_plugins.kubernetes.naming import Naming
from clusterdns_plugins.kubernetes.ports import PortFilter
from clusterdns_plugins.kubernetes.srv import SHARED_WEIGHT, Backend

ANY_FAMILY: Final = READY_IPV4 | READY_IPV6
FAMILIES: Final = {4: READY_IPV4, 16: READY_IPV6}
MOST_COUNTED: Final = 128
"""Slices whose endpoints are counted, to know where to begin; if there are more, of some that are drawn."""

FEW: Final = 8
"""Slices of which it costs next to nothing to see whether they have a ready endpoint."""

DRAWN: Final = 32
LEAST_OCTETS: Final = 4
"""Of an address, packed."""


class Start(NamedTuple):
    """Where an enumeration begins: the number of a slice, and of an endpoint among those selected of it."""

    slice: int
    endpoint: int


class Fit(NamedTuple):
    """How many records a message holds `most`, one for each address or `for_ports` for each port of each."""

    most: int
    for_ports: bool = False


class Picked(NamedTuple):
    """Endpoints of one slice, what it says of their ports, and the cluster that is part of their names."""

    selected: Selected
    ports: tuple[Port, ...]
    cluster: str


class Selection:
    """The ready endpoints in `slices` with matching ports that a filter selects.

    cluster: only slices from there, in lower case; None for all of them.
    """

    __slots__ = (
        "_cluster",
        "_filter",
        "_is_all",
        "_naming",
        "_place",
        "_ports",
        "_random",
        "_slices",
        "looking",
        "turned",
    )

    def __init__(
        self,
        slices: Slices,
        selecting: Filter,
        *,
        ports: PortFilter,
        naming: Naming,
        looking: Looking,
        random: Random,
        cluster: str | None = None,
    ) -> None:
        self._slices = slices
        self._filter = selecting
        self._ports = ports
        self._naming = naming
        self.looking = looking
        self._random = random
        self._cluster = cluster
        self._is_all = selecting.is_all and ports.is_all and cluster is None
        self._place = 0
        self.turned = False

    @property
    def gave_up(self) -> bool:
        """Whether the bound of work was met, so that the selection may be incomplete."""
        return self.looking.gave_up

    def is_empty(self) -> bool:
        """Whether it has no endpoint at all. What is before the first one is not looked at again.

        Raises:
            TooLarge: there may be one where nothing was looked at any more.
        """
        if self._is_all and len(self._slices) <= FEW:
            return not any(ready_families(item.packed) for item in self._slices)
        if next(self._picked(ANY_FAMILY, self._slices), None) is None:
            if self.looking.gave_up:
                raise TooLarge
            return True
        self._slices = self._slices.part(self._place, len(self._slices))
        return False

    def addresses(self, size: int, *, most: int) -> Iterator[bytes]:
        """The addresses of so many octets, not each once. A message holds `most`."""
        return chain.from_iterable(self._addresses(size, most))

    def _addresses(self, size: int, most: int) -> Iterator[Iterable[bytes]]:
        """The same, those of each block together."""
        for (block, numbers, only), _, _ in self._turned(FAMILIES[size], Fit(most)):
            if only is not None:
                yield (only,)
            elif isinstance(numbers, range):
                yield block.addresses_from(numbers.start * block.each, numbers.stop * block.each)
            else:
                yield block.addresses_at(numbers)

    def backends(self, *, most: int) -> Iterator[Backend]:
        """The endpoints, one each address. A message holds `most` pairs of address and port."""
        for selected, ports, cluster in self._turned(ANY_FAMILY, Fit(most, for_ports=True)):
            for label, address in self._naming.endpoints(*selected):
                if not self.looking.may(ENDPOINT):
                    return
                yield Backend((label, cluster) if cluster else (label,), address, ports)

    def pairs(self) -> int:
        """How many pairs of address and port there are, as far as the weights of SRV records depend on it."""
        each = (
            len(ports) * (1 if selected.only is not None else len(selected.numbers) * selected.block.each)
            for selected, ports, _ in self._picked(ANY_FAMILY, self._slices)
        )
        total = 0
        for count in each:
            total += count
            if total >= SHARED_WEIGHT:
                break
        return total

    def _turned(self, families: int, fit: Fit) -> Iterator[Picked]:
        """All, from a place on that was drawn if there is not room for them."""
        start = None if self._filter.is_by_name or self._is_small(fit) else self._start(families, fit)
        if start is None:
            yield from self._picked(families, self._slices)
            return
        self.turned = True
        slices, place = self._slices, start.slice
        first = slices.part(place, place + 1)
        yield from _without(self._picked(families, first), start.endpoint)
        yield from self._picked(families, slices.part(place + 1, len(slices)))
        yield from self._picked(families, slices.part(0, place))
        yield from _only(self._picked(families, first), start.endpoint)

    def _is_small(self, fit: Fit) -> bool:
        """Whether there is room for all, as far as that shows without looking into the slices."""
        return len(self._slices) <= MOST_COUNTED and fit.most >= sum(
            len(item.packed) // LEAST_OCTETS * (len(item.ports) if fit.for_ports else 1)
            for item in self._slices
        )

    def _start(self, families: int, fit: Fit) -> Start | None:
        """Where to begin; None if there is room for all. Each endpoint is as likely as another if all slices
        are counted, and else nearly so."""
        count = len(self._slices)
        all_counted = count <= MOST_COUNTED
        places = range(count) if all_counted else self._random.choices(range(count), k=DRAWN)
        counted = [self._count(self._slices.part(place, place + 1), families, fit) for place in places]
        if all_counted and sum(records for _, records in counted) <= fit.most:
            return None
        weights = [endpoints for endpoints, _ in counted]
        if not any(weights):
            return Start(self._random.randrange(count), 0)
        (drawn,) = self._random.choices(range(len(places)), weights)
        return Start(places[drawn], self._random.randrange(weights[drawn]))

    def _count(self, slices: Slices, families: int, fit: Fit) -> tuple[int, int]:
        """How many endpoints of slices are selected, and how many records these are."""
        endpoints = records = 0
        for block, ports, _ in self._searched(families, slices):
            found = self._filter.count(block)
            endpoints += found
            records += found * block.each * (len(ports) if fit.for_ports else 1)
        return endpoints, records

    def _picked(self, families: int, slices: Slices) -> Iterator[Picked]:
        for block, ports, cluster in self._searched(families, slices):
            for selected in self._filter.select(block):
                yield Picked(selected, ports, cluster)
                if not isinstance(selected.numbers, range) and not self.looking.may(
                    NUMBER * len(selected.numbers)
                ):
                    return

    def _searched(self, families: int, slices: Slices) -> Iterator[tuple[Block, tuple[Port, ...], str]]:
        """The blocks that may have any."""
        wanted = self._filter.wanted(families, self._ports)
        for place, item in slices.possible(wanted, self.looking.may):
            self._place = place
            cluster = self._naming.cluster(item)
            ports = self._ports.of(item.ports)
            if self._cluster is not None and cluster.lower() != self._cluster:
                continue
            for block in ready_blocks(item.packed):
                if not self.looking.may(SEARCH):
                    return
                if FAMILIES[block.size] & families:
                    yield block, ports, cluster


def _without(picked: Iterator[Picked], endpoints: int) -> Iterator[Picked]:
    """Without the first endpoints, so many."""
    for each in picked:
        selected = each.selected
        numbers = selected.numbers[endpoints:]
        endpoints = max(0, endpoints - len(selected.numbers))
        if numbers:
            yield each._replace(selected=selected._replace(numbers=numbers))


def _only(picked: Iterator[Picked], endpoints: int) -> Iterator[Picked]:
    """Only the first endpoints, so many."""
    for each in picked:
        if endpoints <= 0:
            return
        selected = each.selected
        yield each._replace(selected=selected._replace(numbers=selected.numbers[:endpoints]))
        endpoints -= len(selected.numbers)
