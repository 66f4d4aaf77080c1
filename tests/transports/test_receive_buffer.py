"""The receive buffer of UDP sockets: its size is logged, and what it had no room for is counted."""

import logging
import socket
import sys
from collections.abc import Generator

import pytest

from clusterdns.transports.receive_buffer import UDP_BUFFER, Drops, log_size

SMALL = 4096


@pytest.fixture
def udp() -> Generator[socket.socket]:
    with socket.socket(type=socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        yield opened


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what it dropped")
def test_what_had_no_room_is_counted_and_stays_so_once_the_socket_is_closed(udp: socket.socket) -> None:
    drops = Drops(udp)
    assert drops() == 0
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        for _ in range(100):
            client.sendto(bytes(100), udp.getsockname())
    counted = drops()
    assert 0 < counted < 100
    udp.close()
    assert drops() == counted


class Granted(socket.socket):
    """A socket whose kernel gives what is asked for."""

    def getsockopt(self, *_args: int) -> int:  # type: ignore[override]
        return 2 * UDP_BUFFER if sys.platform == "linux" else UDP_BUFFER


def test_a_buffer_smaller_than_asked_for_is_said_once_for_the_socket(
    udp: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "clusterdns.server"):
        log_size(udp)
    (message,) = caplog.messages
    assert f"has {SMALL} of the {UDP_BUFFER} octets" in message
    assert "net.core.rmem_max" in message


def test_a_buffer_as_asked_for_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    with Granted(type=socket.SOCK_DGRAM) as udp, caplog.at_level(logging.DEBUG, "clusterdns.server"):
        log_size(udp)
    (record,) = caplog.records
    assert record.levelno == logging.DEBUG
