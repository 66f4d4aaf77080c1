"""Section 4 of RFC 2181: a reply comes from the address that was asked, whatever addresses there are."""

import socket

import pytest

from testbed.background import Background
from testbed.wire import query

WEB = "web.shop.svc.cluster.local"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "127.0.0.53", "127.255.255.254", "::1"])
@pytest.mark.parametrize("memory", [True, False], ids=["remembering", "forgetful"])
def test_rfc2181_4_1_a_wildcard_socket_replies_from_the_address_asked(
    remembering: Background, forgetful: Background, host: str, memory: bool
) -> None:
    server = remembering if memory else forgetful
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.sendto(query(WEB), (host, server.port))
        reply, (address, port, *_) = client.recvfrom(65535)
    assert (address, port) == (host, server.port)
    assert reply.endswith(bytes((10, 96, 0, 10)))


def test_many_questions_from_one_socket_get_as_many_replies(remembering: Background) -> None:
    with remembering.udp_socket() as client:
        for number in range(200):
            client.send(number.to_bytes(2) + query(WEB)[2:])
        ids = [int.from_bytes(client.recv(512)[:2]) for _ in range(200)]
    assert sorted(ids) == list(range(200))


@pytest.mark.parametrize("id", [0, 1, 0x7FFF, 0xFFFF])
def test_any_id_comes_back(remembering: Background, id: int) -> None:
    packet = id.to_bytes(2) + query(WEB)[2:]
    for reply in (remembering.udp(packet), remembering.tcp(packet)):
        assert reply[:2] == packet[:2]
