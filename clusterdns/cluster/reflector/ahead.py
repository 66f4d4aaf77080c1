"""Reading a stream on while what it brought before goes into the table."""

import asyncio
from types import TracebackType
from typing import Final, Self

from clusterdns.cluster.api.framing import Document, Oversized
from clusterdns.cluster.reflector.asking import Documents
from clusterdns.cluster.reflector.clock import loop_time

MOST_OCTETS: Final = 32 * 1024 * 1024
"""Of documents that wait. With more at hand the stream is not read on."""


class Ahead:
    """Iterates over what a stream brings, each time all that came meanwhile; entered as long as it is read.

    What comes often and takes long can so be passed over but for its last version. Raises what the stream
    raises, after what came before that.

    received: when the first of the documents given last came, in seconds of the loop's clock.
    """

    def __init__(self, stream: Documents, *, most_octets: int = MOST_OCTETS) -> None:
        self.received = 0.0
        self._stream = stream
        self._most_octets = most_octets
        self._held: list[Document] = []
        self._since = 0.0
        self._octets = 0
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._reading: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        """Begin to read."""
        self._reading = asyncio.create_task(self._read(), name="a stream of the API server")
        self._reading.add_done_callback(lambda _: self._news.set())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the reading."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[Document]:
        """All documents that came, at least one."""
        while not self._held:
            if self._reading.done():
                self._reading.result()
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        documents, self._held, self._octets = self._held, [], 0
        self.received = self._since
        self._room.set()
        return documents

    async def _read(self) -> None:
        async for documents in self._stream:
            if not self._held:
                self._since = loop_time()
            self._held += documents
            self._octets += sum(map(_size, documents))
            self._news.set()
            while self._octets > self._most_octets:
                self._room.clear()
                await self._room.wait()
            # A stream that has more at hand does not give the loop back by itself.
            await asyncio.sleep(0)


def _size(document: Document) -> int:
    return len(document.head) if isinstance(document, Oversized) else len(document)
