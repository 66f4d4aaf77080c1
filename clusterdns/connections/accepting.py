"""Accepting connections on a listening socket: all of a burst, each counted before anything is done for it.

    kernel's queue ─▶ accept ─▶ Opening, counted ─▶ plain or TLS ─▶ protocol, counted in its place

asyncio's own servers count nothing before TLS is agreed upon, listen again with a queue of 100, and write a
traceback for each accept that lacks a descriptor.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from clusterdns.connections.opening import Handover, Opening
from clusterdns.seldom import Seldom

if TYPE_CHECKING:
    import ssl

    from clusterdns.connections.bounded import Connections

__all__ = ["BACKLOG", "Acceptor"]

BACKLOG: Final = 4096
"""Connections that the kernel keeps ready to be accepted; it may keep fewer (net.core.somaxconn)."""

ACCEPTS_AT_ONCE: Final = 32
"""Connections taken before the event loop may do something else: at 50 µs each, 1.6 ms."""

SHORT_OF: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""What accept(2) says when the process or the machine has no descriptor or memory left."""

ROOM: Final = 4
"""Connections that are ended when descriptors are short: one for the newcomer, the others for files."""

SOON_SECONDS: Final = 0.02
"""After this one accepts again if room was made: the descriptors are free by then."""

PAUSE_SECONDS: Final = 0.5
"""After this one accepts again if no connection could be ended."""

_log = logging.getLogger("clusterdns.server")


class Acceptor:
    """Accepts on `listening` from `start` to `close`, which closes it; makes a protocol for each connection.

    Every connection has its place among `connections`, which end it if it is one too many or, with TLS, is
    not agreed upon in time. `tls` is asked for each of them anew, since certificates are renewed. Without
    descriptors one accepts later, and connections that wait are ended.
    """

    def __init__(
        self,
        listening: socket.socket,
        protocol: Callable[[], asyncio.BaseProtocol],
        connections: Connections,
        *,
        tls: Callable[[], ssl.SSLContext | None] = lambda: None,
    ) -> None:
        self._listening = listening
        self._protocol = protocol
        self._connections = connections
        self._tls = tls
        self._port: int = listening.getsockname()[1]
        self._tasks: set[asyncio.Task[None]] = set()
        self._retry: asyncio.TimerHandle | None = None
        self._shortages = Seldom(time.monotonic)
        self._failures = Seldom(time.monotonic)

    def start(self) -> None:
        """Begin to accept, in a call-back of the running loop."""
        asyncio.get_running_loop().add_reader(self._listening, self._on_readable)

    def close(self) -> None:
        """Accept no more. What has been accepted goes on; what the kernel has ready is refused."""
        if self._retry is not None:
            self._retry.cancel()
        asyncio.get_running_loop().remove_reader(self._listening)
        self._listening.close()

    def _on_readable(self) -> None:
        for _ in range(ACCEPTS_AT_ONCE):
            try:
                accepted, address = self._listening.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in SHORT_OF:
                    self._pause(error)
                    return
                continue  # that one has gone already, or the network has (accept(2): to be tried again)
            self._open(accepted, str(address[0]))

    def _pause(self, shortage: OSError) -> None:
        """Accept later, so that the loop does not spin on a socket that stays readable."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._listening)
        made = self._connections.make_room(ROOM)
        self._retry = loop.call_later(SOON_SECONDS if made else PAUSE_SECONDS, self.start)
        text = "connections to port %d wait, since none can be accepted: %s"
        self._shortages.say(_log.error, text, self._port, shortage.strerror)

    def _open(self, accepted: socket.socket, client: str) -> None:
        accepted.setblocking(False)
        opening = Opening(accepted, client)
        self._connections.open(opening)
        task = opening.start(self._opened(accepted, opening))
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(partial(self._end, opening, accepted))

    async def _opened(self, accepted: socket.socket, opening: Opening) -> None:
        def make() -> asyncio.BaseProtocol:
            self._connections.remove(opening)  # what is made counts in its place
            return self._protocol()

        context = self._tls()
        if context is None:
            loop = asyncio.get_running_loop()
            await loop.connect_accepted_socket(lambda: Handover(make), accepted)
            return
        from clusterdns.connections import tls  # noqa: PLC0415 - most servers never need TLS

        await tls.begun(accepted)
        opening.begin()
        await tls.encrypted(accepted, Handover(make), context)

    def _end(self, opening: Opening, accepted: socket.socket, task: asyncio.Task[None]) -> None:
        """Close the socket unless a transport has it, which closes it itself; closing twice does no harm."""
        self._tasks.discard(task)
        self._connections.remove(opening)
        opening.end()
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or error is not None:
            accepted.close()
        if error is not None:
            self._report(error)

    def _report(self, error: BaseException) -> None:
        if not isinstance(error, OSError):
            loop = asyncio.get_running_loop()
            loop.call_exception_handler({"message": "a connection was not opened", "exception": error})
            return
        error.__traceback__ = None  # it leads to what the connection held, and that back to it
        if not isinstance(error, ConnectionError):  # else the client has gone; ssl.SSLError is none
            text = "a connection to port %d was not agreed upon: %s"
            self._failures.say(_log.warning, text, self._port, error)
