"""An HTTP server whose every octet the test decides, on the loopback."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self, TypeAlias

Answer: TypeAlias = Callable[["Exchange"], Awaitable[None]]


class Exchange:
    """One request at the server, and the writing of its answer. target: path and query, as sent."""

    def __init__(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        line, *headers = head.decode().split("\r\n")
        self.target = line.split(" ")[1]
        self.headers = dict(header.split(": ", 1) for header in headers if header)
        self.writer = writer

    async def send(self, octets: bytes) -> None:
        """Send just these."""
        self.writer.write(octets)
        await self.writer.drain()

    async def reply(self, body: bytes = b"{}", *, status: int = 200, headers: str = "") -> None:
        """A whole answer. `headers` are lines with their ends."""
        await self.send(
            f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body
        )

    async def begin(self) -> None:
        """The headers of an answer in chunks."""
        await self.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")

    async def chunk(self, octets: bytes) -> None:
        """A chunk of the answer; b"" ends it."""
        await self.send(b"%x\r\n%s\r\n" % (len(octets), octets))

    def cut(self) -> None:
        """End the connection without a word."""
        self.writer.transport.abort()


class OctetServer:
    """Hands each request to `answer`; an async context manager.

    exchanges: all requests so far. gone: set when a client has closed a connection.
    """

    def __init__(self, answer: Answer, context: ssl.SSLContext | None = None) -> None:
        self.exchanges: list[Exchange] = []
        self.gone = asyncio.Event()
        self.port = 0
        self._answer = answer
        self._context = context
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"{'http' if self._context is None else 'https'}://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        """Listen on a free port, or again on that of before."""
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", self.port, ssl=self._context, backlog=1024
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Refuse connections and cut those that are open."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                exchange = Exchange(head, writer)
                self.exchanges.append(exchange)
                await self._answer(exchange)
        except (asyncio.IncompleteReadError, OSError):
            self.gone.set()
        finally:
            writer.transport.abort()


async def empty(exchange: Exchange) -> None:
    """An answer for `OctetServer`: `{}`."""
    await exchange.reply()


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self, seconds: float = 1_000.0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        """The seconds of now."""
        return self.seconds
