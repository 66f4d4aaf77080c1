"""How many connections a listener has, and for how long, whatever its clients do."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack, asynccontextmanager
from unittest.mock import Mock

import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from clusterdns.connections import Connections
from clusterdns.connections.descriptors import most_page_connections
from clusterdns.corefile import Position
from clusterdns.testing.web import fetch
from clusterdns.web import Page, WebAddress, WebListener, WebRequest, serving
from clusterdns.web import port as port_module
from clusterdns.web.handler import Handler
from clusterdns.web.listener import Answer
from clusterdns.web.port import SECONDS, WebPort

PATIENCE = 5.0
REQUEST = b"GET /page HTTP/1.1\r\nHost: test\r\n\r\n"
MANY_OCTETS = 32 * 1024 * 1024
"""More than a kernel takes for a client that does not read."""


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged, but for what asyncio's debug mode says of a machine that is busy with other things."""
    return [message for message in caplog.messages if not message.startswith("Executing <")]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the kernel's to make true
            await asyncio.sleep(0)


class Client:
    """A connection to a listener that asks nothing by itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def receive(self) -> bytes:
        """The next octets, none if the connection is closed or cut."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self._reader.read(65536)
            except ConnectionResetError:
                return b""


class Served:
    """A listener with a page, its clock and its clients."""

    def __init__(self, page: Answer) -> None:
        self.now = 1000.0
        address = WebAddress(host="127.0.0.1", port=0, position=Position("Corefile", 3, 5))
        self.listener = WebListener(address, WebPort(address, monotonic=lambda: self.now))
        self.listener.add("/page", page)
        self.connections = self.listener.connections
        self.clients: list[Client] = []

    async def client(self, *, source: str = "127.0.0.1") -> Client:
        """One whose connection, from the address `source`, is counted already."""
        before = set(self.connections.all())
        endpoint = self.listener.endpoints[0]
        client = Client(*await asyncio.open_connection(*endpoint, limit=1024, local_addr=(source, 0)))
        self.clients.append(client)
        await until(lambda: set(self.connections.all()) - before)
        return client

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.connections.sweep()


async def fine(_request: WebRequest) -> Page:
    return Page(body=b"OK")


@asynccontextmanager
async def serves(page: Answer = fine) -> AsyncGenerator[Served]:
    served = Served(page)
    async with served.listener:
        try:
            yield served
        finally:
            for client in served.clients:
                client.writer.transport.abort()


@pytest.fixture
def tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


def trusting() -> ssl.SSLContext:
    """A client's, who believes every server."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET /page HT", id="half-a-line"),
        pytest.param(b"GET /page HTTP/1.1\r\nHost: test\r\n", id="half-a-head"),
    ],
)
async def test_a_connection_without_a_whole_request_is_closed(sent: bytes) -> None:
    async with serves() as served:
        client = await served.client()
        served.pass_time(SECONDS.idle - 0.1)
        client.writer.write(sent)
        await asyncio.sleep(0)
        assert len(served.connections) == 1
        served.pass_time(0.1)
        assert await client.receive() == b""
        await until(lambda: not served.connections.all())


async def test_a_connection_is_idle_again_when_its_request_is_answered() -> None:
    async with serves() as served:
        client = await served.client()
        served.pass_time(SECONDS.idle - 0.1)
        client.writer.write(REQUEST)
        assert (await client.receive()).endswith(b"OK")
        served.pass_time(SECONDS.idle - 0.1)
        client.writer.write(REQUEST)
        assert (await client.receive()).endswith(b"OK")
        served.pass_time(SECONDS.idle)
        assert await client.receive() == b""


async def test_a_request_takes_the_time_that_it_takes() -> None:
    asked, made = asyncio.Event(), asyncio.Event()

    async def slow(_request: WebRequest) -> Page:
        asked.set()
        await made.wait()
        return Page(body=b"OK")

    async with serves(slow) as served:
        client = await served.client()
        client.writer.write(REQUEST)
        await asked.wait()
        served.pass_time(SECONDS.idle * 10)
        made.set()
        assert (await client.receive()).endswith(b"OK")


async def test_a_request_ends_with_its_connection(caplog: pytest.LogCaptureFixture) -> None:
    asked, ended = asyncio.Event(), asyncio.Event()

    async def slow(_request: WebRequest) -> Page:
        asked.set()
        try:
            await asyncio.sleep(PATIENCE * 2)
        finally:
            ended.set()
        return Page(body=b"OK")

    async with serves(slow) as served:
        client = await served.client()
        client.writer.write(REQUEST)
        await asked.wait()
        client.writer.transport.abort()
        async with asyncio.timeout(PATIENCE):
            await ended.wait()
        assert served.connections.idle.oldest() is None
    assert not lines(caplog)


async def test_a_client_that_does_not_read_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    async def long(_request: WebRequest) -> Page:
        return Page(body=bytes(MANY_OCTETS))

    async with serves(long) as served:
        client = await served.client()
        client.writer.write(REQUEST)
        await until(served.connections.stalled.oldest)
        served.pass_time(SECONDS.stalled - 0.1)
        assert len(served.connections) == 1
        served.pass_time(0.1)
        await until(lambda: not served.connections.all())
        assert served.connections.idle.oldest() is None
        assert served.connections.stalled.oldest() is None
    assert not lines(caplog)


async def test_no_connection_outlives_its_listener_for_not_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "SHUTDOWN_SECONDS", 0.02)

    async def long(_request: WebRequest) -> Page:
        return Page(body=bytes(MANY_OCTETS))

    async with serves(long) as served:
        client = await served.client()
        client.writer.write(REQUEST)
        await until(served.connections.stalled.oldest)
        await served.listener.remove("/page")
        await until(lambda: not served.connections.all())


async def test_an_answer_may_be_read_when_its_listener_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "SHUTDOWN_SECONDS", PATIENCE)

    async def long(_request: WebRequest) -> Page:
        return Page(body=bytes(MANY_OCTETS))

    async with serves(long) as served:
        client = await served.client()
        (connection,) = served.connections.all()
        assert isinstance(connection, serving._Connection)
        connection._transport.set_write_buffer_limits(high=2 * MANY_OCTETS)  # answered when it is written
        client.writer.write(REQUEST)
        await until(lambda: connection.octets_held)
        closing = asyncio.create_task(served.listener.remove("/page"))
        octets = 0
        while received := await client.receive():
            octets += len(received)
        await closing
        assert octets > MANY_OCTETS


async def test_a_connection_on_which_tls_is_not_agreed_upon_when_its_listener_is_closed_is_cut(
    tls: ssl.SSLContext,
) -> None:
    served = Served(fine)
    served.listener.encrypt(lambda: tls)
    async with served.listener:
        client = await served.client()
    assert await client.receive() == b""
    assert not served.connections.all()
    client.writer.close()


async def test_the_longest_idle_connection_makes_room_for_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_module, "most_page_connections", lambda: 3)
    async with serves() as served:
        first, second, third = [await served.client() for _ in range(3)]
        first.writer.write(REQUEST)
        assert (await first.receive()).endswith(b"OK")
        assert (await fetch(served.listener, "/page")).status == 200
        assert await second.receive() == b""
        for client in (first, third):
            client.writer.write(REQUEST)
            assert (await client.receive()).endswith(b"OK")
        assert served.connections.evicted == 1


async def test_connections_are_swept_while_the_listener_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterdns.connections.bounded.SWEEP_SECONDS", 0.0)
    async with serves() as served:
        client = await served.client()
        served.now += SECONDS.idle
        assert await client.receive() == b""


@pytest.mark.parametrize(
    "sent", [pytest.param(b"", id="nothing"), pytest.param(b"\x16\x03\x01\x02", id="half-a-greeting")]
)
async def test_a_client_that_does_not_agree_upon_tls_in_time_is_cut_off(
    tls: ssl.SSLContext, sent: bytes
) -> None:
    served = Served(fine)
    served.listener.encrypt(lambda: tls)
    async with served.listener:
        client = await served.client()
        client.writer.write(sent)
        served.pass_time(SECONDS.reading - 0.1)
        await asyncio.sleep(0)
        assert len(served.connections) == 1
        served.pass_time(0.1)
        assert await client.receive() == b""
        await until(lambda: not served.connections.all())
        client.writer.close()


async def test_connections_are_counted_before_tls_is_agreed_upon(tls: ssl.SSLContext) -> None:
    served = Served(fine)
    served.listener.encrypt(lambda: tls)
    async with served.listener:
        with ExitStack() as stack:
            for _ in range(3 * most_page_connections()):
                stack.enter_context(socket.create_connection(served.listener.endpoints[0]))
            await until(lambda: served.connections.evicted == 2 * most_page_connections())
            assert len(served.connections) == most_page_connections()
            await agreed_and_answered(served)


async def agreed_and_answered(served: Served) -> None:
    """Ask for the page over TLS as a client that does as it should."""
    reader, writer = await asyncio.open_connection(
        *served.listener.endpoints[0], ssl=trusting(), server_hostname="127.0.0.1"
    )
    writer.write(REQUEST)
    async with asyncio.timeout(PATIENCE):
        assert (await reader.readuntil(b"OK")).startswith(b"HTTP/1.1 200 ")
    writer.close()


async def test_a_page_is_answered_over_tls_in_one_counted_connection(tls: ssl.SSLContext) -> None:
    async def counts(_request: WebRequest) -> Page:
        assert len(served.connections) == 1
        return Page(body=b"OK")

    served = Served(counts)
    served.listener.encrypt(lambda: tls)
    async with served.listener:
        await agreed_and_answered(served)
        await until(lambda: not served.connections.all())


async def test_one_client_takes_no_place_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_module, "most_page_connections", lambda: 8)
    async with serves() as served:
        other = await served.client(source="127.0.0.2")
        many = [await served.client() for _ in range(20)]
        other.writer.write(REQUEST)
        assert (await other.receive()).endswith(b"OK")
        assert [await client.receive() for client in many[:13]] == [b""] * 13
        assert len(served.connections) == 8


async def nobody_asks(_request: web.BaseRequest) -> web.Response:
    raise AssertionError("nobody waits for the answer")


async def test_a_request_whose_connection_is_lost_already_is_counted_nowhere() -> None:
    connections = Connections(3, time.monotonic, seconds=SECONDS)
    server = serving._Server(nobody_asks, connections)
    await server._answer(make_mocked_request("GET", "/page"))
    assert connections.idle.oldest() is None


async def test_a_request_that_waits_while_its_connection_is_closed_does_not_hold_it_open() -> None:
    connections = Connections(3, time.monotonic, seconds=SECONDS)
    server = serving._Server(nobody_asks, connections)
    request = make_mocked_request("GET", "/page", protocol=Mock(spec=Handler))
    transport = Mock(spec=asyncio.Transport)
    transport.is_closing.return_value = True
    transport.get_extra_info.return_value = ("192.0.2.1", 1)
    server.connection_made(request.protocol, transport)
    (connection,) = connections.all()
    connections.end(connection)
    await server._answer(request)
    assert connections.stalled.oldest() is connection
