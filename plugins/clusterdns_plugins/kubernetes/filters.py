"""Which endpoints of a slice a name stands for: found in columns, without a step for each of the others."""

from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from typing import NamedTuple, Protocol

from clusterdns.cluster.blocks import Block, Column
from clusterdns.cluster.slices import Wanted
from clusterdns_plugins.kubernetes.addresses import dashed, undashed
from clusterdns_plugins.kubernetes.looking import NUMBER, Looking
from clusterdns_plugins.kubernetes.naming import Naming
from clusterdns_plugins.kubernetes.ports import PortFilter


class Selected(NamedTuple):
    """Endpoints of a block, by their numbers: with all their addresses, or `only` with the one given."""

    block: Block
    numbers: Sequence[int]
    only: bytes | None = None


class Filter(Protocol):
    """Selects endpoints of a slice.

    is_by_name: what it selects has one name, and does not begin somewhere else each time.
    is_all: it selects every endpoint.
    """

    is_by_name: bool
    is_all: bool

    def wanted(self, families: int, ports: PortFilter) -> Wanted:
        """The properties that a slice must have for such an endpoint to be selected."""
        ...

    def select(self, block: Block) -> Iterator[Selected]:
        """The selected endpoints of a block, in order."""
        ...

    def count(self, block: Block) -> int:
        """About how many endpoints of a block are selected: not more, and 0 only if there are none."""
        ...


class Every:
    """Selects every endpoint."""

    __slots__ = ()
    is_by_name = False
    is_all = True

    def wanted(self, families: int, ports: PortFilter) -> Wanted:
        """Any endpoint."""
        return Wanted(families, ports.any_of)

    def select(self, block: Block) -> Iterator[Selected]:
        """All."""
        yield Selected(block, range(block.count))

    def count(self, block: Block) -> int:
        """Exactly."""
        return block.count


class InZone:
    """Selects the endpoints in a topology zone, given in lower case."""

    __slots__ = ("_zone",)
    is_by_name = False
    is_all = False

    def __init__(self, zone: str) -> None:
        self._zone = zone.encode()

    def wanted(self, families: int, ports: PortFilter) -> Wanted:
        """An endpoint in the zone."""
        return Wanted(families, ports.any_of, ((Column.ZONE, self._zone),))

    def select(self, block: Block) -> Iterator[Selected]:
        """The endpoints in the zone."""
        if numbers := tuple(block.with_text(Column.ZONE, self._zone)):
            yield Selected(block, numbers)

    def count(self, block: Block) -> int:
        """At least half of them."""
        return block.count_text(Column.ZONE, self._zone)


class NamedBy:
    """Selects the endpoints that a label, in lower case, names, as `naming` has it."""

    __slots__ = ("_address", "_label", "_looking", "_naming", "_text")
    is_by_name = True
    is_all = False

    def __init__(self, label: str, naming: Naming, looking: Looking) -> None:
        address = undashed(label)
        self._label = label
        self._text = label.encode()
        # Only the spelling that an endpoint is given is its name.
        self._address = address if address is not None and dashed(address) == label else None
        self._naming = naming
        self._looking = looking

    def wanted(self, families: int, ports: PortFilter) -> Wanted:
        """An endpoint with the name, or with the address that it stands for."""
        columns = (Column.HOSTNAME, Column.POD) if self._naming.pod_names else (Column.HOSTNAME,)
        return Wanted(
            families, ports.any_of, tuple((column, self._text) for column in columns), self._address
        )

    def select(self, block: Block) -> Iterator[Selected]:
        """The endpoints with this host name, or with this Pod or address if those name them."""
        if numbers := tuple(block.with_text(Column.HOSTNAME, self._text)):
            yield Selected(block, numbers)
        if self._naming.is_named_by(self._label):
            pods = self._while_looking(block.with_text(Column.POD, self._text))
            if numbers := tuple(each for each in pods if not block.text(Column.HOSTNAME, each)):
                yield Selected(block, numbers)
        if self._address is not None:
            found = self._while_looking(block.with_address(self._address))
            # All that it has is the address, so one endpoint stands for all.
            for number in islice((each for each in found if self._is_dashed(block, each)), 1):
                yield Selected(block, (number,), self._address)

    def count(self, block: Block) -> int:
        """Whether there are any."""
        return int(any(True for _ in self.select(block)))

    def _while_looking(self, numbers: Iterator[int]) -> Iterator[int]:
        return takewhile(lambda _: self._looking.may(NUMBER), numbers)

    def _is_dashed(self, block: Block, number: int) -> bool:
        """Whether an endpoint is named by its address."""
        if block.text(Column.HOSTNAME, number):
            return False
        if not self._naming.pod_names:
            return True
        return not self._naming.is_named_by(block.text(Column.POD, number).decode(errors="ignore"))
