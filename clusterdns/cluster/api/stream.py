"""A stream of JSON documents, one a line, as a watch sends them."""

from collections.abc import Sequence
from typing import Self


class DocumentStream:
    """Iterates over what arrives: each time all documents that are complete, at least one, in their order.

    endpoint: the base URL that sends it. octets: how many came so far, for whoever wants to know whether
    anything comes at all.

    A server that ends the stream between two documents ends the iteration: ordinary. Raises
    ApiUnreachable (the connection broke) or ApiProtocolError (the stream ends in the middle of a document,
    or a document is over 8 MiB). There is no time-out here; `asyncio.timeout` around a step is safe, and
    after it the stream can be read on.
    """

    endpoint: str
    octets: int

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Sequence[bytes]:
        """The next documents, each without its line end."""
        raise NotImplementedError
