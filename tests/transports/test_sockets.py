"""Opening sockets: one dual-stack socket for all addresses, and clear words when it cannot be."""

import logging
import socket

import pytest

from clusterdns.transports import sockets
from clusterdns.transports.addresses import Endpoint
from clusterdns.transports.errors import StartError
from clusterdns.transports.sockets import open_all


def test_port_zero_is_one_port_over_udp_and_tcp() -> None:
    (opened,) = open_all([Endpoint("127.0.0.1", 0)])
    assert opened.udp.getsockname() == opened.tcp.getsockname() == ("127.0.0.1", opened.endpoint.port)
    opened.close()


def test_every_address_is_one_dual_stack_socket() -> None:
    (opened,) = open_all([Endpoint("", 0)])
    assert opened.udp.family == socket.AF_INET6
    assert opened.udp.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 0
    opened.close()


def test_without_ipv6_every_address_is_ipv4_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sockets, "has_ipv6", lambda: False)
    with caplog.at_level(logging.WARNING, "clusterdns.server"):
        (opened,) = open_all([Endpoint("", 0)])
    assert opened.udp.family == socket.AF_INET
    assert "no IPv6" in caplog.text
    opened.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", ""])
@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM], ids=["udp", "tcp"])
def test_a_port_in_use_is_a_sentence_with_the_address_and_what_to_do(
    host: str, kind: socket.SocketKind
) -> None:
    with socket.socket(socket.AF_INET6, kind) as other:
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("::", 0))
        if kind == socket.SOCK_STREAM:
            other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StartError) as raised:
            open_all([Endpoint(host, port)])
    assert str(raised.value).startswith(f"{Endpoint(host, port)} is in use by another process")
    assert "-dns.port" in str(raised.value)


def test_one_address_and_the_wildcard_share_a_port_of_ours() -> None:
    (probe,) = open_all([Endpoint("127.0.0.1", 0)])
    port = probe.endpoint.port
    probe.close()
    opened = open_all([Endpoint("", port), Endpoint("127.0.0.1", port)])
    assert [each.endpoint for each in opened] == [Endpoint("", port), Endpoint("127.0.0.1", port)]
    for each in opened:
        each.close()


def test_a_shared_port_that_another_process_has_is_still_an_error() -> None:
    (other,) = open_all([Endpoint("127.0.0.1", 0)])
    port = other.endpoint.port
    with pytest.raises(StartError, match="in use"):
        open_all([Endpoint("127.0.0.2", port), Endpoint("127.0.0.1", port)])
    other.close()


def test_if_one_address_cannot_be_opened_none_stays_open() -> None:
    (taken,) = open_all([Endpoint("127.0.0.1", 0)])
    (probe,) = open_all([Endpoint("127.0.0.1", 0)])
    free = probe.endpoint
    probe.close()
    with pytest.raises(StartError):
        open_all([free, taken.endpoint])
    taken.close()
    for again in open_all([free]):
        again.close()


def test_a_mapped_address_is_bound_as_ipv4() -> None:
    (opened,) = open_all([Endpoint("::ffff:127.0.0.1", 0)])
    assert opened.udp.getsockname()[0] == "127.0.0.1"
    opened.close()


def test_an_address_of_another_machine_is_said_to_be_one() -> None:
    with pytest.raises(StartError, match=r"192\.0\.2\.1:\d+ is not an address of this machine"):
        open_all([Endpoint("192.0.2.1", 10053)])
