"""A relay between a client and a server on loopback, on which connections break as networks break them.

with relay(server_port) as way:
    client.connect(("127.0.0.1", way.port))
    way.cut()
"""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager
from struct import pack
from typing import Final

from testbed.background import loop_in_thread

__all__ = ["Relay", "relay"]

PIECE: Final = 65_536
RESET_ON_CLOSE: Final = pack("ii", 1, 0)


class Relay:
    """Passes octets on, both ways. `port`: where it listens on 127.0.0.1."""

    def __init__(self, target: int, loop: asyncio.AbstractEventLoop) -> None:
        self.port = 0
        self._target = target
        self._loop = loop
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers = set[asyncio.StreamWriter]()
        self._server: asyncio.Server | None = None

    def cut(self) -> None:
        """Reset all connections that are open."""
        self._loop.call_soon_threadsafe(self._reset)

    def stall(self) -> None:
        """Take octets and pass none on, until `flow`; connections stay open."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def flow(self) -> None:
        """Pass on what was held back."""
        self._loop.call_soon_threadsafe(self._flows.set)

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """End everything that `start` and clients began."""
        if self._server is not None:
            self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # Transports that were aborted close in the next round of the loop.
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            ahead, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, back}
        self._writers |= pair
        try:
            await asyncio.gather(self._pass_on(reader, back), self._pass_on(ahead, writer))
        finally:
            self._writers -= pair
            for one in pair:
                one.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while octets := await reader.read(PIECE):
                await self._flows.wait()
                writer.write(octets)
                await writer.drain()
            writer.close()
        except OSError:
            writer.transport.abort()

    def _reset(self) -> None:
        for writer in self._writers:
            # A socket that is closed now sends a reset.
            end: socket.socket = writer.get_extra_info("socket")
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            writer.transport.abort()


@contextmanager
def relay(target: int) -> Generator[Relay]:
    """A relay to the port `target` of 127.0.0.1 while the context is entered."""
    with loop_in_thread() as loop:
        way = Relay(target, loop)
        asyncio.run_coroutine_threadsafe(way.start(), loop).result()
        try:
            yield way
        finally:
            asyncio.run_coroutine_threadsafe(way.stop(), loop).result()
