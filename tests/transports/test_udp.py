"""UDP: the reply comes from the address asked, clients appear as what they are, nothing stops the reader."""

import asyncio
import socket
from typing import Any

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
from clusterdns.transports.service import Service
from clusterdns.transports.udp import UdpListener

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


class PortZero(socket.socket):
    """A socket whose first datagram seems to come from port 0, where nothing can be sent."""

    lied = False

    def recvmsg_into(self, *args: Any) -> Any:
        size, control, flags, peer = super().recvmsg_into(*args)
        if self.lied:
            return size, control, flags, peer
        self.lied = True
        return size, control, flags, (peer[0], 0)


async def test_a_reply_that_cannot_be_sent_is_counted_and_the_next_one_leaves() -> None:
    counters, loop = Counters(), asyncio.get_running_loop()
    served, client = PortZero(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
    for each in (served, client):
        each.bind(("127.0.0.1", 0))
        each.setblocking(False)

    def respond(packet: bytes, _client: Client, send: Send) -> None:
        send(packet)

    service = Service(respond)
    listener = UdpListener(served, service, counters, on_memory_error=pytest.fail)
    listener.start()
    for packet in (b"lost", b"answered"):
        await loop.sock_sendto(client, packet, served.getsockname())
    assert await loop.sock_recv(client, 100) == b"answered"
    assert counters.unsendable == 1
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
