"""UDP: the reply comes from the address asked, clients appear as what they are, nothing stops the reader.

All of it holds for both ways to take datagrams in.
"""

import asyncio
import socket
import time
from collections.abc import Callable
from functools import partial

import pytest

from clusterdns.answering.sending import Send
from clusterdns.dns.constants import RRType
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import TXT
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from clusterdns.plugin import Client, Context, Next, Query, Reply
from clusterdns.telemetry.counters import Counters
from clusterdns.testing.plugins import plugin_of
from clusterdns.testing.serving import serving
from clusterdns.transports import udp as udp_module
from clusterdns.transports.connections import Connections
from clusterdns.transports.mmsg import find_calls
from clusterdns.transports.opener import Resources
from clusterdns.transports.service import ListenerService
from clusterdns.transports.udp import UDP

pytestmark = pytest.mark.usefixtures("path")


@pytest.fixture(params=["batches", "portable"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The two ways to take datagrams in."""
    way: str = request.param
    if way == "portable":
        monkeypatch.setattr(udp_module, "find_calls", lambda: None)
    elif find_calls() is None:
        pytest.skip("this C library has no calls for many datagrams")
    return way


def resources(
    service: ListenerService, counters: Counters, on_memory_error: Callable[[], None] = pytest.fail
) -> Resources:
    return Resources(
        service=service,
        connections=Connections(1, time.monotonic),
        counters=counters,
        on_memory_error=on_memory_error,
    )


PACKET = write_message(Message(id=1, question=(Question(Name.from_text("who."), RRType.TXT),)))


async def tells(query: Query, _next: Next, _context: Context) -> Reply:
    client = query.client
    text = f"{client.address} {client.local_address} {client.transport.value}".encode()
    return Reply(answer=(RRset(query.name, 0, (TXT((text,)),)),))


def told(reply: bytes) -> str:
    (rdata,) = read_message(reply).answer[0].rdatas
    return rdata.to_text().strip('"')


@pytest.mark.parametrize(
    ("host", "address"),
    [
        pytest.param("127.0.0.1", "127.0.0.1", id="ipv4"),
        pytest.param("127.0.0.53", "127.0.0.53", id="another-ipv4-address"),
        pytest.param("::1", "::1", id="ipv6"),
    ],
)
async def test_on_every_address_the_reply_leaves_from_the_one_asked(host: str, address: str) -> None:
    async with serving(". {\n  whoami\n}\n", plugins=[plugin_of(tells)]) as server:
        # The client's socket is connected, so the kernel drops a reply from any other address.
        client, local, transport = told(await server.udp(PACKET, host=host)).split()
        assert (local, transport) == (address, "udp")
        assert not client.startswith("::ffff:")
        client, local, transport = told(await server.tcp(PACKET, host=host)).split()
        assert (local, transport) == (address, "tcp")
        assert not client.startswith("::ffff:")


async def test_a_listener_on_ipv4_alone() -> None:
    corefile = ". {\n  bind 127.0.0.1\n  whoami\n}\n"
    async with serving(corefile, plugins=[plugin_of(tells)]) as server:
        assert told(await server.udp(PACKET)).split()[:2] == ["127.0.0.1", "127.0.0.1"]


async def test_a_reply_that_cannot_be_sent_is_counted_and_the_others_leave() -> None:
    counters, loop = Counters(), asyncio.get_running_loop()
    served, client = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
    for each in (served, client):
        each.bind(("127.0.0.1", 0))
        each.setblocking(False)

    def respond(packet: bytes, _client: Client, send: Send) -> None:
        send(bytes(65_535) if packet == b"lost" else packet)

    listener = UDP.open(served, resources(ListenerService(respond), counters))
    sent = [b"first", b"lost", b"lost", b"second", b"lost"]
    for packet in sent:
        client.sendto(packet, served.getsockname())
    listener.start()
    assert [await loop.sock_recv(client, 100) for _ in range(2)] == [b"first", b"second"]
    assert counters.unsendable == 3
    listener.stop()
    listener.close()
    client.close()


async def test_replies_that_come_later_leave_from_the_addresses_asked() -> None:
    waiting: list[asyncio.Future[None]] = []

    async def waits(query: Query, next: Next, context: Context) -> Reply:
        waiting.append(asyncio.get_running_loop().create_future())
        await waiting[-1]
        return await tells(query, next, context)

    hosts = [f"127.0.0.{number}" for number in range(1, 101)] + ["::1"]
    async with serving(". {\n  whoami\n}\n", plugins=[plugin_of(waits, inline=False)]) as server:
        replies = [asyncio.create_task(server.udp(PACKET, host=host)) for host in hosts]
        while len(waiting) < len(hosts):  # noqa: ASYNC110 - the datagrams are the kernel's to deliver
            await asyncio.sleep(0)
        for each in waiting:
            each.set_result(None)
        assert [told(await reply).split()[1] for reply in replies] == hosts
        assert server.server.counters.unsendable == 0


async def test_memory_that_ends_at_one_datagram_costs_the_others_no_reply() -> None:
    failed: list[bool] = []

    def respond(packet: bytes, _client: Client, send: Send) -> None:
        if packet == b"large":
            raise MemoryError
        send(packet)

    loop = asyncio.get_running_loop()
    served, client = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
    for each in (served, client):
        each.bind(("127.0.0.1", 0))
        each.setblocking(False)
    on_memory_error = partial(failed.append, True)
    listener = UDP.open(served, resources(ListenerService(respond), Counters(), on_memory_error))
    for packet in (b"first", b"large", b"second"):
        client.sendto(packet, served.getsockname())
    listener.start()
    assert [await loop.sock_recv(client, 100) for _ in range(2)] == [b"first", b"second"]
    assert failed == [True]
    listener.stop()
    listener.close()
    client.close()


async def test_more_datagrams_than_a_batch_are_all_answered() -> None:
    async with serving(". {\n  whoami\n}\n", plugins=[plugin_of(tells)]) as server:
        replies = await server.udp_replies([id.to_bytes(2) + PACKET[2:] for id in range(200)])
    assert sorted(int.from_bytes(reply[:2]) for reply in replies) == list(range(200))


async def test_what_arrived_before_the_stop_is_answered() -> None:
    async with serving(". {\n  whoami\n}\n", plugins=[plugin_of(tells)]) as server:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            client.connect(("127.0.0.1", server.endpoint.port))
            client.send(PACKET)
            await server.server.stop()
            assert told(client.recv(4096))


async def test_a_waiting_query_is_finished_within_the_grace_of_a_stop_and_cancelled_after_it() -> None:
    go_on = asyncio.Event()

    async def waits(query: Query, next: Next, context: Context) -> Reply:
        await go_on.wait()
        return await tells(query, next, context)

    async with serving(". {\n  whoami\n}\n", plugins=[plugin_of(waits, inline=False)]) as server:
        finished = asyncio.create_task(server.udp(PACKET))
        while not server.server.in_flight:  # noqa: ASYNC110 - the datagram is the kernel's to deliver
            await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(go_on.set)
        await server.server.stop(grace=5)
        assert told(await finished)
    go_on.clear()
    async with serving(". {\n  whoami\n}\n", plugins=[plugin_of(waits, inline=False)]) as server:
        lost = asyncio.create_task(server.udp(PACKET))
        while not server.server.in_flight:  # noqa: ASYNC110 - the datagram is the kernel's to deliver
            await asyncio.sleep(0)
        await server.server.stop(grace=0.01)
        assert server.server.in_flight == 0
        lost.cancel()


async def test_a_cancelled_chain_may_clean_up_before_what_it_uses_is_closed() -> None:
    cleaned: list[str] = []

    async def cleans_up(_query: Query, _next: Next, _context: Context) -> Reply:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            cleaned.append("up")
        raise AssertionError("the future was never to end")

    async with serving(". {\n  whoami\n}\n", plugins=[plugin_of(cleans_up, inline=False)]) as server:
        lost = asyncio.create_task(server.udp(PACKET))
        while not server.server.in_flight:  # noqa: ASYNC110 - the datagram is the kernel's to deliver
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        await server.server.stop(grace=0.01)
        assert cleaned == ["up"]
        lost.cancel()
