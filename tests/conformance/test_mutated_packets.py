"""Damaged packets into a running server: one reply each or none, short ones, and no failure of ours.

A few thousand in the suite, a million by `make fuzz`.
"""

import socket
from random import Random

import pytest

from clusterdns.dns.reader import read_message
from clusterdns.plugin import Transport
from clusterdns.testing.contexts import fake_client
from clusterdns.testing.serving import serving
from clusterdns.transports.framing import framed
from testbed.asking import Answer, check_size
from testbed.background import Background
from testbed.mutations import mutants
from testbed.packets import query_packets, reply_packets


@pytest.mark.fuzz
@pytest.mark.parametrize("memory", [True, False], ids=["remembering", "forgetful"])
@pytest.mark.parametrize("transport", list(Transport), ids=lambda transport: transport.value)
async def test_a_damaged_packet_gets_a_short_reply_or_none(
    corefile: str, fuzz_rounds: int, memory: bool, transport: Transport
) -> None:
    client = fake_client(transport=transport)
    packets = mutants((*query_packets(), *reply_packets()), Random(fuzz_rounds))
    async with serving(corefile, packet_cache=memory) as server:
        (responder,) = server.server.responders
        for _ in range(fuzz_rounds):
            packet = next(packets)
            outcomes: list[bytes | None] = []
            responder.respond(packet, client, outcomes.append)
            (reply,) = outcomes
            if reply is not None:
                check(packet, reply, transport)
        assert server.server.counters.panics == 0


def check(packet: bytes, reply: bytes, transport: Transport) -> None:
    """A reply to this packet, readable, and not too long."""
    message = read_message(reply)
    assert reply[:2] == packet[:2]
    assert message.is_response
    assert message.opcode == packet[2] >> 3 & 15
    if transport is Transport.UDP:
        check_size(packet, Answer(reply))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_server_outlives_them_on_its_sockets(remembering: Background, host: str) -> None:
    packets = mutants(query_packets(), Random(1))
    with remembering.udp_socket(host) as client:
        for _ in range(300):
            client.send(next(packets))
    frames = b"".join(framed(next(packets)) for _ in range(300))
    with remembering.tcp_socket(host) as client:
        client.sendall(frames + framed(query_packets()[0]))
        client.shutdown(socket.SHUT_WR)
        while client.recv(65536):
            pass
    good = query_packets()[0]
    assert remembering.udp(good, host=host) == remembering.tcp(good, host=host)
