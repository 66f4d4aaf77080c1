"""A plain client, which shows the server's responses as they are."""

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import msgspec

from testbed.apiserver.resources import resource_of
from testbed.apiserver.stored import Document

SILENCE_SECONDS: Final = 0.05
"""How long silence is waited for, where a server must say nothing."""

PATIENCE_SECONDS: Final = 5.0
"""How long something is waited for that must come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response with its whole body."""

    code: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Document:
        """The body's JSON. Raises msgspec.DecodeError if it is none."""
        document: Document = msgspec.json.decode(self.body)
        return document

    @property
    def names(self) -> list[str]:
        """The names of a list's items, in their order."""
        return [item["metadata"]["name"] for item in self.document["items"]]

    @property
    def version(self) -> str:
        """The resourceVersion of a list or an object."""
        return str(self.document["metadata"]["resourceVersion"])


class Stream:
    """The events of a watch."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self._lines: deque[bytes] = deque()
        self._part = b""

    @property
    def code(self) -> int:
        """The HTTP status."""
        return self._response.status

    async def next(self) -> Document:
        """The next event.

        Raises:
            EOFError: the stream ended cleanly.
            aiohttp.ClientError, ConnectionError: it was cut.
            TimeoutError: nothing came.
        """
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self._lines:
                await self._read()
        event: Document = msgspec.json.decode(self._lines.popleft())
        return event

    async def told(self) -> tuple[str, str]:
        """Type of the next event and name of its object, "" for a bookmark's."""
        event = await self.next()
        return event["type"], event["object"]["metadata"].get("name", "")

    async def rest(self) -> list[Document]:
        """All events to the end. Raises as `next` does, except for EOFError."""
        events: list[Document] = []
        while True:
            try:
                events.append(await self.next())
            except EOFError:
                return events

    async def is_silent(self) -> bool:
        """Whether nothing comes for a moment, not even the end."""
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                while not self._lines:
                    await self._read()
        except TimeoutError:
            return True
        return False

    def close(self) -> None:
        """Close the connection."""
        self._response.close()

    async def _read(self) -> None:
        piece = await self._response.content.readany()
        if not piece:
            raise EOFError("the watch has ended" + (f" within {self._part!r}" if self._part else ""))
        *lines, self._part = (self._part + piece).split(b"\n")
        self._lines.extend(lines)


class RawClient:
    """Asks one server; parameters are those of the API, with their names as they are."""

    def __init__(self, url: str, *, ssl_context: ssl.SSLContext | bool = True) -> None:
        self._url = url
        self._ssl = ssl_context
        self._streams: list[Stream] = []

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=0, force_close=True, ssl=self._ssl)
        timeout = aiohttp.ClientTimeout(total=None, sock_read=None)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self._streams:
            stream.close()
        await self._session.close()

    async def ask(self, path: str, *, headers: dict[str, str] | None = None, **params: Any) -> Answer:
        """GET a path. Raises aiohttp.ClientError, or TimeoutError where no answer comes."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            response = await self._get(path, headers=headers or {}, params=params)
            async with response:
                body = await response.read()
                return Answer(code=response.status, headers=dict(response.headers), body=body)

    async def list(
        self, resource: str, namespace: str = "", *, headers: dict[str, str] | None = None, **params: Any
    ) -> Answer:
        """List a resource (kind or plural)."""
        return await self.ask(resource_of(resource).path(namespace), headers=headers, **params)

    async def watch(
        self, resource: str, namespace: str = "", *, headers: dict[str, str] | None = None, **params: Any
    ) -> Stream:
        """Open a watch."""
        path = resource_of(resource).path(namespace)
        async with asyncio.timeout(PATIENCE_SECONDS):
            response = await self._get(path, headers=headers or {}, params={"watch": "true", **params})
        self._streams.append(Stream(response))
        return self._streams[-1]

    async def _get(
        self, path: str, *, headers: dict[str, str], params: dict[str, Any]
    ) -> aiohttp.ClientResponse:
        texts = {name: str(value) for name, value in params.items()}
        return await self._session.get(self._url + path, headers=headers, params=texts)
