"""Every connection of a burst is taken, and counted before anything is done for it."""

import asyncio
import errno
import gc
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
import trustme

from clusterdns.connections import Acceptor, Connections, TimeOuts
from clusterdns.connections import accepting as accepting_module
from clusterdns.corefile import Position
from clusterdns.testing.serving import serving
from clusterdns.web import WebAddress, WebListener

BURST = 400
PATIENCE = 5.0


def established(client: socket.socket) -> bool:
    """Whether the kernel has accepted the connection on the server's behalf."""
    state = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
    return state == b"\x01"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def connect(stack: ExitStack, address: tuple[str, int]) -> socket.socket:
    """Begin to connect, without waiting for anything."""
    client = stack.enter_context(socket.socket())
    client.setblocking(False)
    client.connect_ex(address)
    return client


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged, but for what asyncio's debug mode says of a machine that is busy with other things."""
    return [message for message in caplog.messages if not message.startswith("Executing <")]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the kernel's to make true
            await asyncio.sleep(0)


@asynccontextmanager
async def queries() -> AsyncGenerator[tuple[tuple[str, int], Connections]]:
    async with serving(".:0 {\n  bind 127.0.0.1\n  whoami\n}\n") as running:
        yield ("127.0.0.1", running.endpoint.port), running.server.connections


@asynccontextmanager
async def pages() -> AsyncGenerator[tuple[tuple[str, int], Connections]]:
    address = WebAddress(host="127.0.0.1", port=0, position=Position("Corefile", 1, 1))
    async with WebListener(address) as listener:
        yield listener.endpoints[0], listener.connections


@pytest.mark.parametrize("serves", [queries, pages])
async def test_no_connection_of_a_burst_is_dropped_while_the_loop_is_busy(
    serves: Any, stack: ExitStack
) -> None:
    async with serves() as (address, connections):
        clients = [connect(stack, address) for _ in range(BURST)]  # the loop does not run meanwhile
        assert sum(map(established, clients)) == BURST
        await until(lambda: len(connections) + connections.evicted == BURST)


class Idle(asyncio.Protocol):
    """A protocol that is counted and does nothing."""

    client = "127.0.0.1"
    is_silent = True
    octets_held = 0

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.remove(self)

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def finish(self) -> None:
        pass


class Short(socket.socket):
    """A listening socket that accepts nothing while `is_short`, as the kernel does without descriptors."""

    is_short = False
    tried = 0

    def accept(self) -> tuple[socket.socket, Any]:
        self.tried += 1
        if self.is_short:
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


@pytest.fixture
def listening() -> Iterator[Short]:
    with Short() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(BURST)
        listening.setblocking(False)
        yield listening


@pytest.fixture
def connections() -> Connections:
    return Connections(1000, time.monotonic, seconds=TimeOuts(idle=60, reading=60, stalled=60))


@asynccontextmanager
async def accepting(
    listening: Short, connections: Connections, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[None]:
    acceptor = Acceptor(listening, lambda: Idle(connections), connections, tls=lambda: tls)
    acceptor.start()
    try:
        yield
    finally:
        acceptor.close()
        connections.abort()
        await asyncio.sleep(0)
        await until(lambda: not len(connections))


async def test_others_get_their_turn_between_the_connections_of_a_burst(
    listening: Short, connections: Connections, stack: ExitStack
) -> None:
    for _ in range(BURST):
        connect(stack, listening.getsockname())
    async with accepting(listening, connections):
        counts = [0]
        while len(connections) < BURST:
            await asyncio.sleep(0)
            counts.append(len(connections))
        grown = [after - before for before, after in pairwise(counts)]
        assert max(grown) <= accepting_module.ACCEPTS_AT_ONCE


async def test_without_descriptors_accepting_pauses_with_one_line_and_goes_on_when_there_are_some(
    listening: Short,
    connections: Connections,
    stack: ExitStack,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(accepting_module, "PAUSE_SECONDS", 0.01)
    listening.is_short = True
    async with accepting(listening, connections):
        for _ in range(BURST):
            connect(stack, listening.getsockname())
        await until(lambda: listening.tried == 3)
        listening.is_short = False
        await until(lambda: len(connections) == BURST)
    (line,) = lines(caplog)
    assert line.endswith("none can be accepted: Too many open files")


async def test_without_descriptors_connections_that_wait_make_room(
    listening: Short, connections: Connections, stack: ExitStack
) -> None:
    async with accepting(listening, connections):
        for _ in range(10):
            connect(stack, listening.getsockname())
        await until(lambda: len(connections) == 10)
        listening.is_short = True
        connect(stack, listening.getsockname())
        await until(lambda: connections.evicted == accepting_module.ROOM)
        listening.is_short = False
        await until(lambda: len(connections) == 11 - accepting_module.ROOM)


async def test_a_listener_that_is_closed_while_it_pauses_does_not_accept_again(
    listening: Short, connections: Connections, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting_module, "PAUSE_SECONDS", 0.01)
    listening.is_short = True
    async with accepting(listening, connections):
        connect(stack, listening.getsockname())
        await until(lambda: listening.tried == 1)
    await asyncio.sleep(0.02)
    assert listening.tried == 1


async def test_what_is_ended_before_it_is_opened_leaves_no_socket_behind(
    listening: Short, connections: Connections, stack: ExitStack
) -> None:
    client = connect(stack, listening.getsockname())
    async with accepting(listening, connections):
        await until(lambda: len(connections) == 1)
        connections.abort()
        await until(lambda: not len(connections))
        loop = asyncio.get_running_loop()
        assert await loop.sock_recv(client, 1) == b""


async def test_what_speaks_no_tls_is_one_line_however_often(
    listening: Short, connections: Connections, stack: ExitStack, caplog: pytest.LogCaptureFixture
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    loop = asyncio.get_running_loop()
    async with accepting(listening, connections, tls):
        for _ in range(5):
            client = connect(stack, listening.getsockname())
            await loop.sock_sendall(client, b"GET / HTTP/1.1\r\n\r\n")
            assert await loop.sock_recv(client, 1) == b""
        await until(lambda: not len(connections))
    (line,) = lines(caplog)
    assert "was not agreed upon" in line


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x16", id="half-a-greeting"),
        pytest.param(b"GET /", id="no-tls"),
    ],
)
async def test_what_comes_to_nothing_costs_no_protocol(
    listening: Short, connections: Connections, stack: ExitStack, sent: bytes
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    acceptor = Acceptor(listening, lambda: pytest.fail("made"), connections, tls=lambda: context)
    acceptor.start()
    client = connect(stack, listening.getsockname())
    await until(lambda: len(connections))
    await asyncio.get_running_loop().sock_sendall(client, sent)
    await asyncio.sleep(0.01)
    connections.abort()
    await until(lambda: not len(connections))
    acceptor.close()


@pytest.mark.parametrize(
    "sent",
    [pytest.param(b"\x16", id="half-a-greeting"), pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="no-tls")],
)
async def test_what_comes_to_nothing_does_not_wait_for_the_garbage_collector(
    listening: Short, connections: Connections, stack: ExitStack, sent: bytes
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    stack.callback(gc.enable)
    gc.collect()
    gc.disable()
    async with accepting(listening, connections, context):
        for _ in range(2):  # the log may hold the error of the first
            client = connect(stack, listening.getsockname())
            await until(lambda: len(connections))
            await asyncio.get_running_loop().sock_sendall(client, sent)
            await asyncio.sleep(0.02)
            connections.abort()
    await asyncio.sleep(0.01)
    assert not {"Opening", "Handover", "_SmallTls", "MemoryBIO"} & unreachable(stack)


def unreachable(stack: ExitStack) -> set[str]:
    """The classes of what only the garbage collector frees."""
    stack.callback(gc.garbage.clear)
    stack.callback(gc.set_debug, gc.get_debug())
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    return {type(one).__name__ for one in gc.garbage}
