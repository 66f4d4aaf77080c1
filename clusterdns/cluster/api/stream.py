"""A stream of JSON documents, one a line, as a watch sends them."""

from collections.abc import Sequence
from typing import Protocol, Self

from clusterdns.cluster.api.errors import ApiProtocolError, ApiUnreachable
from clusterdns.cluster.api.framing import LARGEST_DOCUMENT, Document, Lines


class Chunks(Protocol):
    """The body of an answer as it arrives."""

    async def read(self) -> bytes:
        """Wait for the next octets of the body and return them, b"" at its end. Raises ApiUnreachable."""
        ...


class DocumentStream:
    """Iterates over what arrives: each time all documents that are complete, at least one, in their order.
    One over the bound of 16 MiB is not held while it arrives; an Oversized stands for it.

    endpoint: the base URL that sends it. octets: how many came so far, also of a document
    that is not complete yet.

    A server that ends the stream between two documents ends the iteration: ordinary. Raises
    ApiUnreachable (the connection broke) or ApiProtocolError (the stream ends in the middle of a document).
    There is no time-out here; `asyncio.timeout` around a step is safe, and
    after it the stream can be read on.
    """

    def __init__(self, chunks: Chunks, endpoint: str, *, largest: int = LARGEST_DOCUMENT) -> None:
        self.endpoint = endpoint
        self.octets = 0
        self._chunks = chunks
        self._lines = Lines(largest=largest)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Sequence[Document]:
        """The next documents, each without its line end."""
        while chunk := await self._read():
            self.octets += len(chunk)
            if documents := self._lines.feed(chunk):
                return documents
        if self._lines.pending:
            raise self._cut()
        raise StopAsyncIteration

    async def _read(self) -> bytes:
        try:
            return await self._chunks.read()
        except ApiUnreachable as error:
            if self._lines.pending:
                raise self._cut() from error
            raise

    def _cut(self) -> ApiProtocolError:
        return ApiProtocolError(
            f"the API server {self.endpoint} ended a stream in the middle of a document, "
            f"after {self._lines.pending} octets of it"
        )
