"""The table of transports: what each scheme of a Corefile opens."""

import socket

import pytest

from clusterdns.corefile.model import DEFAULT_PORTS
from clusterdns.plugin import Transport
from clusterdns.transports.table import SCHEMES


@pytest.mark.parametrize(
    ("scheme", "opened"),
    [
        ("dns", {(Transport.TCP, socket.SOCK_STREAM), (Transport.UDP, socket.SOCK_DGRAM)}),
        ("tls", {(Transport.TLS, socket.SOCK_STREAM)}),
    ],
)
def test_a_scheme_opens_its_transports(scheme: str, opened: set[tuple[Transport, socket.SocketKind]]) -> None:
    assert {(opener.transport, opener.kind) for opener in SCHEMES[scheme]} == opened


def test_every_transport_has_one_row() -> None:
    found = [opener.transport for openers in SCHEMES.values() for opener in openers]
    assert sorted(found) == sorted(Transport)


def test_no_scheme_needs_a_socket_twice() -> None:
    for openers in SCHEMES.values():
        kinds = [opener.kind for opener in openers]
        assert len(kinds) == len(set(kinds))


def test_every_scheme_can_stand_in_a_key() -> None:
    assert set(SCHEMES) <= set(DEFAULT_PORTS)
