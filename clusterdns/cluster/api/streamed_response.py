"""A finite response, read while it arrives."""

import asyncio
from typing import Protocol

from clusterdns.cluster.api.errors import ApiUnreachable, Unreachable


class Received(Protocol):
    """The body of an answer, decompressed (body.py)."""

    endpoint: str
    octets: int

    async def read(self) -> bytes:
        """Wait for the next octets of the body and return them, b"" at its end. Raises ApiError."""
        ...


class StreamedResponse:
    """The body of an answer; `patience` is how many seconds may lie between two pieces of it.

    endpoint: the base URL that gives it.
    """

    def __init__(self, body: Received, *, patience: float) -> None:
        self.endpoint = body.endpoint
        self._body = body
        self._patience = patience

    @property
    def octets(self) -> int:
        """Octets received so far, before decompression."""
        return self._body.octets

    async def read(self) -> bytes:
        """Wait for the next octets of the body and return them, b"" at its end.

        Raises:
            ApiUnreachable, ApiProtocolError: it broke off, or nothing came for `patience` seconds.
        """
        try:
            async with asyncio.timeout(self._patience):
                return await self._body.read()
        except TimeoutError as error:
            raise ApiUnreachable(
                f"the API server {self.endpoint} stopped in the middle of an answer for {self._patience:g} s",
                reason=Unreachable.NO_BODY,
                endpoint=self.endpoint,
            ) from error
