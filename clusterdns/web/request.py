"""A request for a page, as far as pages may see it, its body read up to a bound."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["BODY_SECONDS", "BodyTooLargeError", "WebRequest", "read_request"]

BODY_SECONDS: Final = 5.0
"""How long a body may take to come in."""


class BodyTooLargeError(Exception):
    """A body has more octets than its page takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRequest:
    """One request.

    path: decoded, without the query. query: decoded, the first value of each name. headers: their names are
    compared without case. body: empty for a page that takes none.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


async def read_request(request: web.BaseRequest, *, most_octets: int) -> WebRequest:
    """The request as a page sees it, with at most `most_octets` of body; of 0 none is read.

    Raises:
        BodyTooLargeError: it has more.
        TimeoutError: it did not come in time.
    """
    return WebRequest(
        method=request.method,
        path=request.path,
        query=request.query,
        headers=request.headers,
        body=await _body(request, most_octets) if most_octets and request.body_exists else b"",
    )


async def _body(request: web.BaseRequest, most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise BodyTooLargeError
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # it is no part of the answer
    body = bytearray()
    async with asyncio.timeout(BODY_SECONDS):
        while octets := await request.content.readany():
            if len(body) + len(octets) > most:
                raise BodyTooLargeError
            body += octets
    return bytes(body)
