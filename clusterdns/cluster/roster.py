"""The slices of a Service that has very many, in pages that are searched as one value each.

Somebody may spread a Service over 16,000 slices. To look at each of them for one name takes longer than all
other work for an answer, as nothing of them is near the processor then. A page holds the texts of 64 slices
side by side.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, islice
from typing import Final, NamedTuple, Self

from clusterdns.cluster.blocks import END, Column, ready_blocks, ready_families
from clusterdns.cluster.objects import EndpointSlice, Names, Port
from clusterdns.cluster.slices import Slices, Wanted, taken_while

MOST_ON_A_PAGE: Final = 64

PAGE_UNITS: Final = 20
"""What searching a page takes, see slices."""

SEARCHED: Final = (Column.HOSTNAME, Column.POD, Column.ZONE)


class _Entry(NamedTuple):
    """A slice, and what of it is searched, of endpoints that are ready."""

    item: EndpointSlice
    families: int
    columns: tuple[bytes, ...]
    addresses: bytes

    @classmethod
    def of(cls, item: EndpointSlice) -> "_Entry":
        ready = tuple(ready_blocks(item.packed))
        columns = tuple(b"".join([block.column(each) for block in ready]) for each in SEARCHED)
        return cls(item, ready_families(item.packed), columns, b"".join([block.joined for block in ready]))


class _Page:
    """Some slices by their names.

    What is common to them is worked out when it is wanted after a change: very many may change at once.
    """

    __slots__ = ("_entries", "_families", "_items", "_joined", "_ports")

    def __init__(self) -> None:
        self._entries: dict[Names, _Entry] = {}
        self._joined: dict[Column | None, bytes] = {}
        self._families = 0
        self._ports: tuple[tuple[Port, ...], ...] = ()
        self._items: tuple[EndpointSlice, ...] | None = None

    @property
    def items(self) -> tuple[EndpointSlice, ...]:
        """The slices."""
        if self._items is None:
            self._items = tuple([entry.item for entry in self._entries.values()])
            self._families = 0
            for entry in self._entries.values():
                self._families |= entry.families
            # Slices share their ports when these are equal.
            self._ports = tuple({id(item.ports): item.ports for item in self._items}.values())
        return self._items

    def put(self, names: Names, item: EndpointSlice) -> None:
        self._entries[names] = _Entry.of(item)
        self._changed()

    def discard(self, names: Names) -> None:
        del self._entries[names]
        self._changed()

    def left(self) -> Iterator[tuple[Names, EndpointSlice]]:
        return ((names, entry.item) for names, entry in self._entries.items())

    def __len__(self) -> int:
        return len(self._entries)

    def may_have(self, wanted: Wanted) -> bool:
        """Whether any slice of the page can have what is looked for."""
        if not self.items or not self._families & wanted.families:
            return False
        if not any(map(wanted.has_ports, self._ports)):
            return False
        if not wanted.texts and wanted.address is None:
            return True
        return any(END + text + END in self._column(column) for column, text in wanted.texts) or (
            wanted.address is not None and wanted.address in self._column(None)
        )

    def _changed(self) -> None:
        self._joined = {}
        self._items = None

    def _column(self, column: Column | None) -> bytes:
        """All texts of a column, or all addresses; joined when they are wanted after a change."""
        joined = self._joined.get(column)
        if joined is None:
            entries = self._entries.values()
            if column is None:
                joined = b"".join([entry.addresses for entry in entries])
            else:
                place = SEARCHED.index(column)
                joined = b"".join([entry.columns[place] for entry in entries])
            self._joined[column] = joined
        return joined


class Roster:
    """The pages of one Service's slices, each at least a quarter full but the one that is being filled."""

    __slots__ = ("_page_of", "_pages")

    def __init__(self) -> None:
        self._page_of: dict[Names, _Page] = {}
        self._pages: list[_Page] = [_Page()]

    def put(self, names: Names, item: EndpointSlice) -> None:
        """Add a slice, or replace it."""
        page = self._page_of.get(names)
        if page is None:
            if len(self._pages[-1]) >= MOST_ON_A_PAGE:
                self._pages.append(_Page())
            page = self._page_of[names] = self._pages[-1]
        page.put(names, item)

    def discard(self, names: Names) -> None:
        """Take a slice away, if it is there."""
        page = self._page_of.pop(names, None)
        if page is None:
            return
        page.discard(names)
        if page is not self._pages[-1] and len(page) < MOST_ON_A_PAGE // 4:
            self._pages.remove(page)
            for left, item in page.left():
                del self._page_of[left]
                self.put(left, item)

    def slices(self) -> "PagedSlices":
        """All of them, good until the next change."""
        return PagedSlices.of(self._pages)

    def __len__(self) -> int:
        return len(self._page_of)


class PagedSlices(Slices):
    """The slices on some pages, from the place `first` until `end`. `bounds` are those of the pages."""

    __slots__ = ("_bounds", "_end", "_first", "_pages")

    def __init__(self, pages: Sequence[_Page], bounds: Sequence[int], first: int, end: int) -> None:
        self._pages = pages
        self._bounds = bounds
        self._first = first
        self._end = end

    @classmethod
    def of(cls, pages: Sequence[_Page]) -> Self:
        """All slices on these pages."""
        bounds = list(accumulate(map(len, pages), initial=0))
        return cls(pages, bounds, 0, bounds[-1])

    def __len__(self) -> int:
        return self._end - self._first

    def __iter__(self) -> Iterator[EndpointSlice]:
        return islice(chain.from_iterable(page.items for page in self._pages), self._first, self._end)

    def part(self, first: int, end: int) -> "PagedSlices":
        """On the same pages."""
        end = min(self._first + end, self._end)
        return PagedSlices(self._pages, self._bounds, min(self._first + first, end), end)

    def possible(self, wanted: Wanted, may: Callable[[int], bool]) -> Iterator[tuple[int, EndpointSlice]]:
        """Page by page."""
        number = bisect_right(self._bounds, self._first) - 1
        while number < len(self._pages) and (start := self._bounds[number]) < self._end:
            if not may(PAGE_UNITS):
                return
            page = self._pages[number]
            if page.may_have(wanted):
                first = max(0, self._first - start)
                found = enumerate(page.items[first : self._end - start], start + first - self._first)
                yield from taken_while(may, wanted, found)
            number += 1


class Rosters:
    """Rosters by what the slices belong to, for those to which very many do."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: dict[Names, Roster] = {}

    def get(self, key: Names) -> Roster | None:
        """The roster under a key, if it has one."""
        return self._held.get(key)

    def put(
        self, key: Names, named: Sequence[Names], slices: Mapping[Names, EndpointSlice], new: Names
    ) -> None:
        """Take note that the slice `new` came to `key` or changed; these are now all under it."""
        roster = self._held.get(key)
        if roster is not None:
            roster.put(new, slices[new])
        elif len(named) > MOST_ON_A_PAGE:
            roster = self._held[key] = Roster()
            for names in named:
                roster.put(names, slices[names])

    def discard(self, key: Names, names: Names) -> None:
        """Take note that a slice left `key`."""
        roster = self._held.get(key)
        if roster is not None:
            roster.discard(names)
            if len(roster) < MOST_ON_A_PAGE // 2:
                del self._held[key]
