"""RFC 7766: TCP. Many questions on a connection, replies as they are ready, messages cut anywhere."""

import socket
from collections.abc import Iterator
from itertools import pairwise

import pytest

from clusterdns.transports.framing import framed
from testbed.background import Background, receive
from testbed.wire import packet, query

WEB = "web.shop.svc.cluster.local"
ADDRESS = bytes((10, 96, 0, 10))


@pytest.fixture(params=["127.0.0.1", "::1"])
def talk(request: pytest.FixtureRequest, remembering: Background) -> Iterator[socket.socket]:
    """A connection."""
    with remembering.tcp_socket(request.param) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield client


def numbered(id: int) -> bytes:
    return id.to_bytes(2) + query(WEB)[2:]


def is_closed(client: socket.socket) -> bool:
    return client.recv(1) == b""


def test_6_2_1_a_connection_is_used_again(talk: socket.socket) -> None:
    for id in range(20):
        talk.sendall(framed(numbered(id)))
        (reply,) = receive(talk, 1)
        assert reply[:2] == id.to_bytes(2)
        assert reply.endswith(ADDRESS)


def test_6_2_1_1_a_thousand_questions_may_be_pipelined(talk: socket.socket) -> None:
    talk.sendall(b"".join(framed(numbered(id)) for id in range(1000)))
    replies = receive(talk, 1000)
    assert sorted(int.from_bytes(reply[:2]) for reply in replies) == list(range(1000))


def test_8_a_length_and_its_message_may_come_apart(talk: socket.socket) -> None:
    whole = framed(numbered(7))
    for start, end in pairwise([0, 1, 2, 3, 14, len(whole) - 1, len(whole)]):
        talk.sendall(whole[start:end])
    assert receive(talk, 1)[0][:2] == b"\0\x07"


def test_8_several_messages_and_a_half_in_one_segment(talk: socket.socket) -> None:
    stream = b"".join(framed(numbered(id)) for id in range(3))
    talk.sendall(stream[:-5])
    assert {reply[:2] for reply in receive(talk, 2)} == {b"\0\0", b"\0\1"}
    talk.sendall(stream[-5:])
    assert receive(talk, 1)[0][:2] == b"\0\2"


@pytest.mark.parametrize(
    ("silent", "rest"),
    [
        pytest.param(b"", 0, id="empty"),
        pytest.param(b"short", 0, id="short"),
        pytest.param(query(WEB, bits=0x8000), 0, id="a response"),
        pytest.param(b"\xff" * 65535, 0, id="65,535 octets of a response"),
    ],
)
def test_what_gets_no_reply_does_not_end_the_connection(
    talk: socket.socket, silent: bytes, rest: int
) -> None:
    talk.sendall(framed(silent) + framed(numbered(9)))
    assert receive(talk, 1 + rest)[-1][:2] == b"\0\x09"


def test_a_malformed_message_does_not_end_the_connection(talk: socket.socket) -> None:
    talk.sendall(framed(packet(counts=(1, 0, 0, 0))) + framed(numbered(9)))
    bad, good = receive(talk, 2)
    assert bad[3] & 15 == 1
    assert good.endswith(ADDRESS)


def test_a_message_of_65535_octets_is_read(talk: socket.socket) -> None:
    talk.sendall(framed(numbered(3) + bytes(65535 - len(query(WEB)))))
    assert receive(talk, 1)[0].endswith(ADDRESS)


def test_6_2_4_what_was_asked_before_a_half_close_is_answered(talk: socket.socket) -> None:
    talk.sendall(framed(numbered(1)) + framed(numbered(2)) + framed(numbered(3))[:9])
    talk.shutdown(socket.SHUT_WR)
    assert len(receive(talk, 2)) == 2
    assert is_closed(talk)


def test_a_reset_hurts_nobody_else(remembering: Background) -> None:
    for _ in range(20):
        client = remembering.tcp_socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.sendall(framed(query("n4092.big.svc.cluster.local")))
        client.close()
    assert remembering.tcp(query(WEB)).endswith(ADDRESS)


def test_5_udp_and_tcp_give_the_same_answer(remembering: Background, forgetful: Background) -> None:
    for server in (remembering, forgetful):
        for sent in (
            query(WEB),
            query("missing." + WEB),
            query("cluster.local", 6),
            query(WEB, bits=5 << 11),
        ):
            assert server.udp(sent) == server.tcp(sent) == server.tcp(sent, host="::1")
