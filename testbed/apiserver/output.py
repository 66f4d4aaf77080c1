"""The body of a response on its way out, whole, slow, cut or compressed."""

import asyncio
import zlib
from typing import Final

from aiohttp import web

from testbed.apiserver.faults import Cut, Fault, Slow

PIECE: Final = 65_536
LEAST_COMPRESSED: Final = 131_072
"""A kube-apiserver compresses what is longer than this, at this level."""
LEVEL: Final = 1
GZIP_WINDOW: Final = 31


class Output:
    """Sends a body of JSON in chunks."""

    def __init__(self, request: web.BaseRequest, fault: Fault | None) -> None:
        self._request = request
        self._fault = fault
        self.response = web.StreamResponse(headers={"Content-Type": "application/json"})
        self.response.enable_chunked_encoding()

    @property
    def cut(self) -> Cut | None:
        """How the body is to end in the middle, if it is."""
        return self._fault if isinstance(self._fault, Cut) else None

    async def begin(self) -> None:
        """Send the headers."""
        await self.response.prepare(self._request)

    async def send(self, octets: bytes) -> None:
        """Send a part of the body.

        Raises:
            ConnectionError: the client went away.
        """
        slow = self._fault if isinstance(self._fault, Slow) else None
        size = slow.size if slow else PIECE
        for start in range(0, len(octets), size):
            await self.response.write(octets[start : start + size])
            if slow:
                await asyncio.sleep(slow.delay)

    async def send_whole(self, body: bytes, *, compress: bool) -> web.StreamResponse:
        """Send a whole body and end it, or half of it if it is to be cut. Compressed if it is worth it."""
        if (
            compress
            and len(body) > LEAST_COMPRESSED
            and "gzip" in self._request.headers.get("Accept-Encoding", "")
        ):
            self.response.headers["Content-Encoding"] = "gzip"
            coder = zlib.compressobj(LEVEL, wbits=GZIP_WINDOW)
        else:
            coder = None
        await self.begin()
        if self.cut:
            body = body[: len(body) // 2]
        for start in range(0, len(body), PIECE):
            piece = body[start : start + PIECE]
            await self.send(coder.compress(piece) if coder else piece)
        if coder:
            await self.send(coder.flush(zlib.Z_SYNC_FLUSH if self.cut else zlib.Z_FINISH))
        if self.cut and not self.cut.clean:
            self.close()
        return self.response

    def close(self) -> None:
        """Close the connection without the body's end."""
        if self._request.transport is not None:
            self._request.transport.close()

    def reset(self) -> None:
        """Reset the connection."""
        if self._request.transport is not None:
            self._request.transport.abort()
