"""From the octets of a list, as they arrive, to its items: none is held longer than until it is whole.

quickly     what stands between two items as the API server writes them is looked for, and msgspec finds the
            items in what lies before it
exactly     bracket by bracket, in steps: from an item on that msgspec does not find, as it is nested too
            deeply, or no JSON, or has within it what stands between items; until its end
"""

import re
from collections.abc import Generator, Iterator, Sequence
from typing import Final, TypeAlias

import msgspec

from clusterdns.cluster.api.errors import ApiProtocolError
from clusterdns.cluster.api.framing import HELD_OF_OVERSIZED, LARGEST_DOCUMENT, Oversized
from clusterdns.cluster.json.brackets import PIECE, Brackets

Item: TypeAlias = msgspec.Raw | Oversized

MOST_AROUND: Final = 256 * 1024
"""Octets before the first item, and after the last one."""

MOST_BEFORE_METADATA: Final = 1024
"""Octets of the first item, which by then says how all items begin, or this is not looked for."""

MOST_AT_ONCE: Final = 4 * 1024 * 1024
"""Octets in which msgspec looks for items in one step: three milliseconds."""

_ITEMS: Final = re.compile(rb'"items"\s*:\s*(?:\[|null)')
_FIRST: Final = re.compile(rb'\{(?:"[a-zA-Z]+":"[^"\\]{0,200}",){0,3}"metadata":\{')
_SPACE: Final = re.compile(rb"[\s,]*")
_PIECES: Final = msgspec.json.Decoder(list[msgspec.Raw])
_REFUSALS: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, MemoryError)


class Items:
    """Takes a list apart. `around`: all of it but the items, once it has ended."""

    def __init__(self, *, largest: int = LARGEST_DOCUMENT) -> None:
        self.around = b""
        self._largest = largest
        self._buffer = bytearray()
        self._tail: bytearray | None = None
        self._separator = b""
        self._searched = 0
        self._exact: ExactItem | None = None

    def feed(self, chunk: bytes) -> Iterator[Sequence[Item]]:
        """The items that `chunk` completes; there may be a pause after each list of them.

        Raises:
            ApiProtocolError: it is no list.
        """
        if self._tail is not None:
            self._tail += chunk
        else:
            self._buffer += chunk
            if self.around or self._begin():
                yield from self._advance()
        if len(self._tail or b"") > MOST_AROUND:
            raise ApiProtocolError("the API server sent a list with too much beside its items")

    def end(self) -> Iterator[Sequence[Item]]:
        """The items that are left after the last chunk.

        Raises:
            ApiProtocolError: the list has no end.
        """
        if self.around:
            yield from self._advance(is_all=True)
            if self._tail is None:
                raise ApiProtocolError("the API server sent a list that is broken off")
        self.around += self._buffer if self._tail is None else self._tail

    def _begin(self) -> bool:
        """Find the first item; whether there may be one."""
        found = _ITEMS.search(self._buffer, 0, MOST_AROUND)
        if found is None:
            if len(self._buffer) > MOST_AROUND:
                raise ApiProtocolError("the API server sent something that is no list: it has no items")
            return False
        self.around = bytes(self._buffer[: found.end()])
        del self._buffer[: found.end()]
        if self.around.endswith(b"null"):
            self._end_items(0)
        return True

    def _advance(self, *, is_all: bool = False) -> Iterator[Sequence[Item]]:
        while self._tail is None:
            if self._exact is not None:
                if not (yield from self._find_exactly(self._exact)):
                    return
                continue
            self._skip_space()
            place = self._place_to_cut(is_all=is_all) if self._buffer else None
            if place is None:
                return
            items = self._decoded(place)
            if items is None:
                self._exact = ExactItem(self._largest)
            else:
                yield items

    def _skip_space(self) -> None:
        found = _SPACE.match(self._buffer)
        if found is not None and found.end():
            del self._buffer[: found.end()]
            self._searched = 0
        if self._buffer.startswith(b"]"):
            self._end_items(0)

    def _place_to_cut(self, *, is_all: bool) -> int | None:
        """Before which octet an item ends; None if that has not come yet, 0 if it must be found exactly."""
        if not self._separator and (found := _FIRST.match(self._buffer)):
            self._separator = b"}," + found[0]
        if not self._separator:
            return 0 if is_all or len(self._buffer) > MOST_BEFORE_METADATA else None
        start = max(0, self._searched - len(self._separator))
        end = self._buffer.rfind(self._separator, start) + 1
        self._searched = len(self._buffer)
        if not end and is_all:
            end = max(0, self._buffer.rfind(b"]"))
        if (end or len(self._buffer)) > min(MOST_AT_ONCE, self._largest):
            return 0
        return end if end or is_all else None

    def _decoded(self, end: int) -> Sequence[Item] | None:
        """The items before that octet; None if it is not the end of one, or one is no JSON to msgspec."""
        if not end:
            return None
        try:
            items = _PIECES.decode(b"[" + self._buffer[:end] + b"]")
        except _REFUSALS:
            return None
        del self._buffer[:end]
        self._searched = 0
        return items

    def _find_exactly(self, exact: "ExactItem") -> Generator[Sequence[Item], None, bool]:
        """Whether the end of the item has come."""
        for end in exact.take(self._buffer):
            if end is None:
                yield []
                continue
            self._exact = None
            self._searched = 0
            if exact.item is None:
                self._end_items(end)
            else:
                del self._buffer[:end]
                yield [exact.item]
            return True
        return False

    def _end_items(self, place: int) -> None:
        self._tail = self._buffer[place:]
        self._buffer.clear()


class ExactItem:
    """Looks for the end of one item in a buffer that grows. `item` is None until it is found, and for ever
    if the list ends instead.
    """

    def __init__(self, largest: int) -> None:
        self.item: Item | None = None
        self._largest = largest
        self._brackets = Brackets()
        self._scanned = 0
        self._start: int | None = None
        self._head = b""
        self._let_go = 0

    def take(self, buffer: bytearray) -> Iterator[int | None]:
        """The place behind the item, or of the bracket that ends the list; None where there may be a pause.

        The buffer loses what is over the bound.
        """
        while window := bytes(buffer[self._scanned : self._scanned + PIECE]):
            for place in self._brackets.take(window):
                found = self._scanned + place
                if self._brackets.depth < 0:
                    yield found
                    return
                if self._start is None:
                    self._start = found
                elif self._brackets.depth == 0:
                    self.item = self._whole(buffer, self._start, found + 1)
                    yield found + 1
                    return
            self._scanned += len(window)
            self._bound(buffer)
            yield None

    def _whole(self, buffer: bytearray, start: int, end: int) -> Item:
        size = self._let_go + end - start
        if size > self._largest:
            return Oversized(head=self._head or bytes(buffer[start:end][:HELD_OF_OVERSIZED]), size=size)
        with memoryview(buffer) as view:
            return msgspec.Raw(bytes(view[start:end]))

    def _bound(self, buffer: bytearray) -> None:
        if self._start is None:
            del buffer[: self._scanned]
        elif self._let_go + self._scanned - self._start > self._largest:
            self._head = self._head or bytes(buffer[self._start : self._start + HELD_OF_OVERSIZED])
            self._let_go += self._scanned - self._start
            del buffer[: self._scanned]
            self._start = 0
        else:
            return
        self._scanned = 0
