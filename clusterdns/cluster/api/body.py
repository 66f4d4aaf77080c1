"""The body of an answer as it arrives, decompressed."""

import zlib
from typing import Final

import aiohttp

from clusterdns.cluster.api.errors import ApiProtocolError
from clusterdns.cluster.api.failures import RAISED, lost
from clusterdns.cluster.api.observer import Observer
from clusterdns.cluster.api.urls import host_and_port

GZIP: Final = 31
"""zlib's number for gzip with the largest window."""

MOST_AT_ONCE: Final = 256 * 1024
"""Octets decompressed in one piece: a small body must not grow by a thousand in one step."""


class Body:
    """The body of an answer of status 200. endpoint: the base URL that sends it. octets: how many arrived so
    far, before they were decompressed.
    """

    def __init__(self, response: aiohttp.ClientResponse, endpoint: str, *, observer: Observer) -> None:
        self.endpoint = endpoint
        self.octets = 0
        self._response = response
        self._observer = observer
        self._host = host_and_port(endpoint)
        is_gzip = response.headers.get("Content-Encoding", "").lower() == "gzip"
        self._inflater = zlib.decompressobj(GZIP) if is_gzip else None

    async def read(self) -> bytes:
        """Wait for the next octets of the body and return them decompressed, b"" at its end.

        Raises:
            ApiUnreachable: the connection broke, or the body was incomplete.
            ApiProtocolError: it cannot be decompressed.
        """
        if self._inflater is None:
            return await self._receive()
        while True:
            compressed = self._inflater.unconsumed_tail or await self._receive()
            if not compressed:
                return self._end(self._inflater.eof)
            try:
                if found := self._inflater.decompress(compressed, MOST_AT_ONCE):
                    return found
            except zlib.error as error:
                raise ApiProtocolError(f"the API server {self.endpoint} sent no gzip: {error}") from error

    def close(self) -> None:
        """Close the connection, unless all has been read: then it serves others already."""
        self._response.close()

    async def _receive(self) -> bytes:
        try:
            chunk = await self._response.content.readany()
        except RAISED as error:
            raise lost(error, self.endpoint) from error
        if chunk:
            self.octets += len(chunk)
            self._observer.received(self._host, octets=len(chunk))
        return chunk

    def _end(self, is_whole: bool) -> bytes:  # noqa: FBT001 (the only thing to say)
        if not is_whole:
            raise ApiProtocolError(f"the API server {self.endpoint} ended in the middle of its gzip")
        return b""
