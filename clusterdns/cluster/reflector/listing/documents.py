"""Pages of lists, read while they arrive."""

from collections.abc import AsyncIterator, Sequence
from typing import Final, Protocol

import msgspec

from clusterdns.cluster.api.errors import ApiProtocolError
from clusterdns.cluster.reflector.listing.items import Item, Items
from clusterdns.cluster.step_budget import StepBudget


class ChunkReader(Protocol):
    """The body of an answer as it arrives (clusterdns.cluster.api.StreamedResponse)."""

    async def read(self) -> bytes:
        """Wait for the next octets of the body and return them, b"" at its end. Raises ApiError."""
        ...


class PageMetadata(msgspec.Struct, frozen=True, rename="camel"):
    resource_version: str | None = None
    continue_: str | None = msgspec.field(name="continue", default=None)


class PageHead(msgspec.Struct, frozen=True):
    """A list whose items were taken out."""

    metadata: PageMetadata
    items: list[msgspec.Raw] | None = None


_heads: Final = msgspec.json.Decoder(PageHead)


class PageReader:
    """A page of a list. version: the list's. token: what asks for the next page, "" on the last. count, size:
    its items, and their octets so far. The first two are there after the last item.
    """

    def __init__(self, answer: ChunkReader) -> None:
        self.version = self.token = ""
        self.count = self.size = 0
        self._answer = answer

    async def items(self, turns: StepBudget) -> AsyncIterator[Sequence[Item]]:
        """The items, some at a time, in turns.

        Raises:
            ApiProtocolError: it is no list, or one that is broken off.
            ApiError: it stops arriving.
        """
        items = Items()
        while chunk := await self._answer.read():
            self.size += len(chunk)
            for some in items.feed(chunk):
                self.count += len(some)
                if turns.is_over():
                    await turns.end()
                yield some
        for some in items.end():
            self.count += len(some)
            if turns.is_over():
                await turns.end()
            yield some
        self._end(items.around)

    def _end(self, around: bytes) -> None:
        try:
            metadata = _heads.decode(around).metadata
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ApiProtocolError(f"the API server sent something that is no list: {error}") from error
        self.version = metadata.resource_version or ""
        self.token = metadata.continue_ or ""
