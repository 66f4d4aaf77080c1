"""A TCP proxy between a client and a server, which can stop forwarding."""

import asyncio
from types import TracebackType
from typing import Final, Self

PIECE: Final = 65536


class Tap:
    """Forwards connections to a server, until `freeze`.

    A frozen tap accepts, acknowledges and forwards nothing, either way: the peer lives, and is silent. What
    came meanwhile is forwarded after `thaw`. It takes a firewall to drop packets.
    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port = 0
        self._target = (host, port)
        self._flows = asyncio.Event()
        self._flows.set()
        self._listener: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._accept, self.host, 0, backlog=4096)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listener is not None:
            self._listener.close()
        self.cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        """Where it listens, for plain HTTP."""
        return f"http://{self.host}:{self.port}"

    @property
    def connections(self) -> int:
        """Clients that are connected."""
        return len(self._writers) // 2

    def freeze(self) -> None:
        """Forward nothing any more, on connections old and new."""
        self._flows.clear()

    def thaw(self) -> None:
        """Forward again, what came meanwhile first."""
        self._flows.set()

    def cut(self) -> None:
        """Reset every connection."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, far_writer}
        self._writers |= pair
        try:
            await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
        except OSError:
            pass  # one side went away; the other is told below
        finally:
            self._writers -= pair
            for one in pair:
                one.transport.abort()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one direction. While frozen, buffers fill up here and in the kernel, which acknowledges."""
        while octets := await reader.read(PIECE):
            await self._flows.wait()
            writer.write(octets)
            await writer.drain()
        await self._flows.wait()
        if writer.can_write_eof():
            writer.write_eof()
