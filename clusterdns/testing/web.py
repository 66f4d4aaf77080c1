"""Requests to a web listener, as a probe sends them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import Final

from clusterdns.web import WebListener

__all__ = ["WebReply", "fetch"]

REPLY_SECONDS: Final = 5.0
"""How long a reply is waited for before the test fails."""

NO_HEADERS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebReply:
    """An HTTP reply; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def fetch(
    listener: WebListener, path: str, *, method: str = "GET", headers: Mapping[str, str] = NO_HEADERS
) -> WebReply:
    """One request on a connection of its own, to the first address of the listener.

    Raises:
        ConnectionRefusedError: nobody listens there any more.
    """
    reader, writer = await asyncio.open_connection(*listener.endpoints[0])
    lines = [f"{method} {path} HTTP/1.1", "Host: test", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(REPLY_SECONDS):
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
        await writer.wait_closed()
    status, _, fields = head.partition(b"\r\n")
    parsed = BytesHeaderParser().parsebytes(fields)
    return WebReply(
        status=int(status.split()[1]), headers={k.lower(): v for k, v in parsed.items()}, body=body
    )
