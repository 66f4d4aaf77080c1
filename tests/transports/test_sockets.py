"""Opening sockets: one dual-stack socket for all addresses, and clear words when it cannot be."""

import logging
import socket
from collections.abc import Iterable

import pytest

from clusterdns.transports import sockets
from clusterdns.transports.addresses import Endpoint, ListenAddress
from clusterdns.transports.errors import StartError
from clusterdns.transports.sockets import Sockets, open_all


def opened_at(endpoints: Iterable[Endpoint], scheme: str = "dns") -> tuple[Sockets, ...]:
    return open_all(ListenAddress(scheme, endpoint) for endpoint in endpoints)


def of_kind(opened: Sockets, kind: socket.SocketKind) -> socket.socket:
    (found,) = (each for each in opened.bound if each.type is kind)
    return found


def udp_of(opened: Sockets) -> socket.socket:
    return of_kind(opened, socket.SOCK_DGRAM)


def tcp_of(opened: Sockets) -> socket.socket:
    return of_kind(opened, socket.SOCK_STREAM)


def test_port_zero_is_one_port_over_udp_and_tcp() -> None:
    (opened,) = opened_at([Endpoint("127.0.0.1", 0)])
    assert udp_of(opened).getsockname() == tcp_of(opened).getsockname() == ("127.0.0.1", opened.endpoint.port)
    opened.close()


def test_every_address_is_one_dual_stack_socket() -> None:
    (opened,) = opened_at([Endpoint("", 0)])
    assert udp_of(opened).family == socket.AF_INET6
    assert udp_of(opened).getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 0
    opened.close()


def test_without_ipv6_every_address_is_ipv4_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sockets, "has_ipv6", lambda: False)
    with caplog.at_level(logging.WARNING, "clusterdns.server"):
        (opened,) = opened_at([Endpoint("", 0)])
    assert udp_of(opened).family == socket.AF_INET
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
            opened_at([Endpoint(host, port)])
    assert str(raised.value).startswith(f"{Endpoint(host, port)} is in use by another process")
    assert "-dns.port" in str(raised.value)


def test_one_address_and_the_wildcard_share_a_port_of_ours() -> None:
    (probe,) = opened_at([Endpoint("127.0.0.1", 0)])
    port = probe.endpoint.port
    probe.close()
    opened = opened_at([Endpoint("", port), Endpoint("127.0.0.1", port)])
    assert [each.endpoint for each in opened] == [Endpoint("", port), Endpoint("127.0.0.1", port)]
    for each in opened:
        each.close()


def test_a_shared_port_that_another_process_has_is_still_an_error() -> None:
    (other,) = opened_at([Endpoint("127.0.0.1", 0)])
    port = other.endpoint.port
    with pytest.raises(StartError, match="in use"):
        opened_at([Endpoint("127.0.0.2", port), Endpoint("127.0.0.1", port)])
    other.close()


def test_if_one_address_cannot_be_opened_none_stays_open() -> None:
    (taken,) = opened_at([Endpoint("127.0.0.1", 0)])
    (probe,) = opened_at([Endpoint("127.0.0.1", 0)])
    free = probe.endpoint
    probe.close()
    with pytest.raises(StartError):
        opened_at([free, taken.endpoint])
    taken.close()
    for again in opened_at([free]):
        again.close()


def test_a_mapped_address_is_bound_as_ipv4() -> None:
    (opened,) = opened_at([Endpoint("::ffff:127.0.0.1", 0)])
    assert udp_of(opened).getsockname()[0] == "127.0.0.1"
    opened.close()


def test_an_address_of_another_machine_is_said_to_be_one() -> None:
    with pytest.raises(StartError, match=r"192\.0\.2\.1:\d+ is not an address of this machine"):
        opened_at([Endpoint("192.0.2.1", 10053)])
