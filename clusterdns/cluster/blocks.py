"""How the endpoints of an EndpointSlice are packed into one bytes value, and how it is searched.

150,000 endpoints as objects cost a hundred megabytes and slow every garbage collection; packed they cost
what their text costs. Endpoints of one readiness, family and number of addresses are a block, those that are
ready first. What a block holds of one kind stands together, so that an answer is cut out of it, and a name is
found in it, without a step for each endpoint:

    packed = families that are ready (1) | block...                                  nothing without endpoints
    block  = flags (1) | addresses of each endpoint (1) | endpoints (4) | length of each of 5 columns (4)
             | addresses | host names | Pods | nodes | zones | hints                  columns
    column = 0xFF, then for each endpoint its text and 0xFF                           nothing if all are empty

No octet of UTF-8 is above 0xF4. So what stands between two 0xFF of a column is exactly the text of one
endpoint.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from struct import Struct
from typing import Final

READY: Final = 1
IPV6: Final = 2
"""Flags of a block."""

READY_IPV4: Final = 1
READY_IPV6: Final = 2
"""Families of which an endpoint is ready."""

END: Final = b"\xff"
HINT_END: Final = b"\xf8"
"""Between the hints of one endpoint."""

HEAD: Final = Struct("!BBI5I")
MOST_FALSE_HITS: Final = 16
"""Places at which an address is found across two others before they are compared one by one."""


class Column(IntEnum):
    """The texts of an endpoint, in the order of their columns."""

    HOSTNAME = 0
    POD = 1
    NODE = 2
    ZONE = 3
    HINTS = 4


class Block:
    """One block at offset `at` of `packed`. Its endpoints have numbers from 0.

    ready: whether its endpoints are. size: octets of an address. each: addresses of an endpoint.
    count: endpoints. end: the offset behind the block.
    """

    __slots__ = ("_lengths", "_packed", "_split", "_start", "_texts", "count", "each", "end", "ready", "size")

    def __init__(self, packed: bytes, at: int) -> None:
        flags: int
        self.each: int
        self.count: int
        self._lengths: list[int]
        flags, self.each, self.count, *self._lengths = HEAD.unpack_from(packed, at)
        self.ready = bool(flags & READY)
        self.size = 16 if flags & IPV6 else 4
        self._packed = packed
        self._split: dict[Column, list[bytes]] = {}
        self._start = at + HEAD.size
        self._texts = self._start + self.count * self.each * self.size
        self.end = self._texts + sum(self._lengths)

    @property
    def addresses(self) -> int:
        """How many addresses its endpoints have together."""
        return self.count * self.each

    def addresses_from(self, first: int, until: int) -> Iterator[bytes]:
        """The addresses of all endpoints by number: those of one endpoint follow each other."""
        size, start = self.size, self._start
        at, end = start + first * size, start + until * size
        # There may be thousands: no step of this is one of the interpreter.
        places = map(slice, range(at, end, size), range(at + size, end + size, size))
        return map(self._packed.__getitem__, places)

    def addresses_of(self, number: int) -> Iterator[bytes]:
        """The addresses of one endpoint."""
        return self.addresses_from(number * self.each, (number + 1) * self.each)

    def addresses_at(self, numbers: Iterable[int]) -> Iterator[bytes]:
        """The addresses of some endpoints."""
        if self.each > 1:
            for number in numbers:
                yield from self.addresses_of(number)
            return
        packed, size, start = self._packed, self.size, self._start
        for number in numbers:
            at = start + number * size
            yield packed[at : at + size]

    @property
    def joined(self) -> bytes:
        """All addresses as one value."""
        return self._packed[self._start : self._texts]

    def column(self, column: Column) -> bytes:
        """A column as it is packed."""
        start = self._column_start(column)
        return self._packed[start : start + self._lengths[column]]

    def joined_addresses(self) -> list[bytes]:
        """For each endpoint its packed addresses, joined."""
        packed, size, start = self._packed, self.each * self.size, self._start
        return [packed[at : at + size] for at in range(start, self._texts, size)]

    def has_texts(self, column: Column) -> bool:
        """Whether an endpoint has a text of this column."""
        return self._lengths[column] > 0

    def texts(self, column: Column) -> list[bytes]:
        """The texts of a column, one an endpoint."""
        start = self._column_start(column)
        length = self._lengths[column]
        if not length:
            return [b""] * self.count
        return self._packed[start + 1 : start + length - 1].split(END)

    def text(self, column: Column, number: int) -> bytes:
        """The text of one endpoint."""
        if not self._lengths[column]:
            return b""
        if column not in self._split:
            self._split[column] = self.texts(column)
        return self._split[column][number]

    def count_text(self, column: Column, text: bytes) -> int:
        """About how many endpoints have exactly this text: not more, and at least half of them."""
        start = self._column_start(column)
        # Two neighbours share what is between them, of which only one can make use.
        return self._packed.count(END + text + END, start, start + self._lengths[column])

    def with_text(self, column: Column, text: bytes) -> Iterator[int]:
        """The numbers of the endpoints with exactly this text, which is not empty."""
        wanted, packed = END + text + END, self._packed
        start = self._column_start(column)
        end = start + self._lengths[column]
        number, counted = 0, start
        at = packed.find(wanted, start, end)
        while at >= 0:
            number += packed.count(END, counted, at)
            yield number
            counted = at
            at = packed.find(wanted, at + len(wanted) - 1, end)

    def with_address(self, address: bytes) -> Iterator[int]:
        """The numbers of the endpoints with this address; of one that has it twice, twice."""
        packed, size, start = self._packed, self.size, self._start
        if len(address) != size:
            return
        at, false_hits = packed.find(address, start, self._texts), 0
        while at >= 0 and false_hits < MOST_FALSE_HITS:
            place, rest = divmod(at - start, size)
            if rest:
                false_hits += 1
            else:
                yield place // self.each
            at = packed.find(address, at + (1 if rest else size), self._texts)
        if at >= 0:
            first = -(-(at - start) // size)
            for place, other in enumerate(self.addresses_from(first, self.addresses), first):
                if other == address:
                    yield place // self.each

    def packed_addresses(self) -> bytes:
        """The packed addresses of all endpoints, joined in the order of the endpoints."""
        return self._packed[self._start : self._texts]

    def packed_texts(self, column: Column) -> bytes:
        """The texts of a column, each with END behind it."""
        start, length = self._column_start(column), self._lengths[column]
        return self._packed[start + 1 : start + length] if length else END * self.count

    def _column_start(self, column: Column) -> int:
        return self._texts + sum(self._lengths[:column])


def blocks(packed: bytes) -> Iterator[Block]:
    """The blocks of a packed value, those of endpoints that are ready first."""
    at = 1
    while at < len(packed):
        block = Block(packed, at)
        yield block
        at = block.end


def ready_blocks(packed: bytes) -> Iterator[Block]:
    """The blocks of endpoints that are ready."""
    for block in blocks(packed) if is_any_ready(packed) else ():
        if not block.ready:
            return
        yield block


def ready_families(packed: bytes) -> int:
    """READY_IPV4 and READY_IPV6, of which any endpoint is ready."""
    return packed[0] if packed else 0


def is_any_ready(packed: bytes) -> bool:
    """Whether any endpoint is ready."""
    return ready_families(packed) != 0


def is_at(packed: bytes, address: bytes) -> bool:
    """Whether an endpoint, ready or not, has this address."""
    return address in packed and any(True for block in blocks(packed) for _ in block.with_address(address))


def is_ready_at(packed: bytes, address: bytes) -> bool:
    """Whether an endpoint that is ready has this address."""
    return address in packed and any(
        True for block in ready_blocks(packed) for _ in block.with_address(address)
    )


def joined(parts: Sequence[bytes]) -> bytes:
    """Packed values as one, as if their endpoints had been packed together, one part after the other."""
    by_kind: dict[tuple[bool, bool, int], list[Block]] = {}
    families = 0
    for packed in parts:
        families |= ready_families(packed)
        for block in blocks(packed):
            by_kind.setdefault((not block.ready, block.size == 16, block.each), []).append(block)
    if not by_kind:
        return b""
    return b"".join((bytes((families,)), *(_joined_blocks(by_kind[kind]) for kind in sorted(by_kind))))


def _joined_blocks(same: list[Block]) -> bytes:
    """Blocks of one kind as one."""
    first = same[0]
    flags = (READY if first.ready else 0) | (IPV6 if first.size == 16 else 0)
    columns = [_joined_columns(same, column) for column in Column]
    head = HEAD.pack(flags, first.each, sum(block.count for block in same), *map(len, columns))
    return b"".join((head, *(block.packed_addresses() for block in same), *columns))


def _joined_columns(same: list[Block], column: Column) -> bytes:
    if not any(block.has_texts(column) for block in same):
        return b""
    return END + b"".join(block.packed_texts(column) for block in same)
