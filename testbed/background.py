"""A real server in a thread of its own, so that a test asks it with plain sockets and need not be async.

with in_background(corefile) as server:
    reply = server.udp(packet, host="::1")
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Final, TypeVar

from clusterdns.answering.cookies import Cookies
from clusterdns.cli.event_loop import BOUND_VARIABLE, MeasuredLoop, TurnWatch, packages_of, watch_of
from clusterdns.configuration.registry import discover
from clusterdns.plugin import AnyPlugin
from clusterdns.server import Server
from clusterdns.testing.serving import Serving, serving
from clusterdns.transports.connections import Connections
from clusterdns.transports.framing import Frames, framed

__all__ = ["Background", "in_background", "loop_in_thread", "receive"]

T = TypeVar("T")

REPLY_SECONDS: Final = 5.0
"""How long a reply is waited for before the test fails."""

SILENCE_SECONDS: Final = 0.1
"""How long silence is waited for, where a packet must get no reply."""


@dataclass(frozen=True, slots=True)
class Background:
    """A server that runs in another thread. Its parts are to be touched by `call` only."""

    server: Server
    port: int
    loop: asyncio.AbstractEventLoop

    def udp(self, packet: bytes, *, host: str = "127.0.0.1") -> bytes:
        """Send one datagram and wait for its reply, from the address that was asked.

        Raises:
            TimeoutError: there is none.
        """
        with self.udp_socket(host) as client:
            client.send(packet)
            return client.recv(65535)

    def is_silent(self, packet: bytes, *, host: str = "127.0.0.1") -> bool:
        """Whether a datagram gets no reply."""
        with self.udp_socket(host) as client:
            client.settimeout(SILENCE_SECONDS)
            client.send(packet)
            try:
                client.recv(65535)
            except TimeoutError:
                return True
            return False

    def tcp(self, packet: bytes, *, host: str = "127.0.0.1") -> bytes:
        """Send one message on a connection of its own and wait for its reply."""
        return self.tcp_replies([packet], host=host)[0]

    def tcp_replies(
        self, packets: Sequence[bytes], *, host: str = "127.0.0.1", replies: int | None = None
    ) -> list[bytes]:
        """Send messages at once on one connection and wait for as many replies, or for `replies` of them,
        in the order in which they come."""
        with self.tcp_socket(host) as client:
            client.sendall(b"".join(map(framed, packets)))
            return receive(client, len(packets) if replies is None else replies)

    def tls(self, packet: bytes, context: ssl.SSLContext, *, host: str = "127.0.0.1") -> bytes:
        """Send one message on a connection over TLS and wait for its reply: a stub resolver (RFC 7858)."""
        with self.tcp_socket(host) as plain, context.wrap_socket(plain, server_hostname=host) as client:
            client.sendall(framed(packet))
            return receive(client, 1)[0]

    def udp_socket(self, host: str = "127.0.0.1") -> socket.socket:
        """A socket that sends datagrams to the server and takes only what comes from there."""
        client = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        client.settimeout(REPLY_SECONDS)
        client.connect((host, self.port))
        return client

    def tcp_socket(self, host: str = "127.0.0.1") -> socket.socket:
        """A connection to the server."""
        return socket.create_connection((host, self.port), timeout=REPLY_SECONDS)

    def call(self, function: Callable[[], T]) -> T:
        """Call `function` in the server's thread, and return its result."""

        async def called() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(called(), self.loop).result(REPLY_SECONDS)


def receive(client: socket.socket, replies: int) -> list[bytes]:
    """The next messages of a stream.

    Raises:
        ConnectionError: it ends before.
        TimeoutError: they do not come.
    """
    frames, received = Frames(), list[bytes]()
    while len(received) < replies:
        octets = client.recv(65536)
        if not octets:
            raise ConnectionError(f"closed after {len(received)} of {replies} replies")
        frames.feed(octets)
        while (reply := frames.next()) is not None:
            received.append(reply)
    return received


@contextmanager
def in_background(
    corefile: str,
    *,
    plugins: Iterable[AnyPlugin] = (),
    packet_cache: bool = True,
    cookies: Cookies | None = None,
    connections: Connections | None = None,
) -> Generator[Background]:
    """Serve `corefile` while the context is entered. Keys without a port get a free one. `plugins` are there
    beside those installed.

    Raises:
        CorefileErrors, StartError: as a real server at start.
    """
    ready: Future[Serving] = Future()
    ended = asyncio.Event()

    async def serve() -> Serving:
        async with serving(
            corefile,
            plugins=plugins,
            packet_cache=packet_cache,
            cookies=cookies,
            connections=connections,
        ) as running:
            ready.set_result(running)
            await ended.wait()
            return running

    with loop_in_thread() as loop:
        life = asyncio.run_coroutine_threadsafe(serve(), loop)
        wait((ready, life), return_when=FIRST_COMPLETED)
        if life.done():
            life.result()
        running = ready.result()
        try:
            yield Background(running.server, running.endpoint.port, loop)
        finally:
            loop.call_soon_threadsafe(ended.set)
            life.result()


@contextmanager
def loop_in_thread() -> Generator[asyncio.AbstractEventLoop]:
    """An event loop that runs in another thread while the context is entered. Its turns are watched if the
    environment says so."""
    watch = watch_of(os.environ) if BOUND_VARIABLE in os.environ else TurnWatch(bound=0.0)
    measured = MeasuredLoop(watch, packages_of(discover()))
    loop = measured.make()
    thread = Thread(target=loop.run_forever, name="a server in the background")
    thread.start()
    loop.call_soon_threadsafe(measured.serve)
    try:
        yield loop
    finally:
        asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result()
        measured.stop()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
