"""RFC 7858: DNS over TLS. What holds for a stream holds for one that is encrypted."""

import ssl
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import pytest
import trustme

from clusterdns.transports.framing import framed
from testbed.asking import Answer, Ask
from testbed.background import Background, in_background, receive
from testbed.certificates import trusting, write_certificate
from testbed.wire import packet, query

WEB = "web.shop.svc.cluster.local"
ADDRESS = bytes((10, 96, 0, 10))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def encrypted(
    corefile: str, authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Background]:
    """The server of the other tests, over TLS."""
    folder = tmp_path_factory.mktemp("tls")
    write_certificate(folder, authority)
    keys, rest = corefile.strip().split("{", 1)
    zones = " ".join(f"tls://{zone}:0" for zone in keys.split())
    text = f"{zones} {{\n tls {folder}/cert.pem {folder}/key.pem\n{rest}\n"
    with in_background(text) as server:
        yield server


@pytest.fixture(params=["127.0.0.1", "::1"])
def host(request: pytest.FixtureRequest) -> str:
    address: str = request.param
    return address


@pytest.fixture
def ask(host: str, encrypted: Background, authority: trustme.CA) -> Ask:
    return Ask(partial(encrypted.tls, context=trusting(authority), host=host), over_udp=False)


@pytest.fixture
def talk(host: str, encrypted: Background, authority: trustme.CA) -> Iterator[ssl.SSLSocket]:
    """A connection."""
    with (
        encrypted.tcp_socket(host) as plain,
        trusting(authority).wrap_socket(plain, server_hostname=host) as client,
    ):
        yield client


def numbered(id: int) -> bytes:
    return id.to_bytes(2) + query(WEB)[2:]


@pytest.mark.parametrize("count", [1, 29, 252, 4092])
def test_answers_are_whole(ask: Ask, count: int) -> None:
    answer = ask(query(f"n{count}.big.svc.cluster.local"))
    assert len(answer.answer) == count
    assert "TC" not in answer.flags


@pytest.mark.parametrize(
    ("sent", "rcode"),
    [
        pytest.param(query(WEB), "NOERROR", id="address"),
        pytest.param(query("missing." + WEB), "NXDOMAIN", id="no such name"),
        pytest.param(query("cluster.local", 6), "NOERROR", id="soa"),
        pytest.param(query(WEB, bits=5 << 11), "NOTIMP", id="update"),
        pytest.param(query("example.org"), "REFUSED", id="no such zone"),
    ],
)
def test_it_answers_as_over_tcp(ask: Ask, remembering: Background, sent: bytes, rcode: str) -> None:
    answer, over_tcp = ask(sent), Answer(remembering.tcp(sent))
    assert answer.rcode == rcode
    assert (answer.bits, answer.counts) == (over_tcp.bits, over_tcp.counts)
    assert len(answer.octets) == len(over_tcp.octets)


def test_3_3_a_connection_is_used_again(talk: ssl.SSLSocket) -> None:
    for id in range(20):
        talk.sendall(framed(numbered(id)))
        (reply,) = receive(talk, 1)
        assert reply[:2] == id.to_bytes(2)
        assert reply.endswith(ADDRESS)


def test_3_3_a_thousand_questions_may_be_pipelined(talk: ssl.SSLSocket) -> None:
    talk.sendall(b"".join(framed(numbered(id)) for id in range(1000)))
    replies = receive(talk, 1000)
    assert sorted(int.from_bytes(reply[:2]) for reply in replies) == list(range(1000))


def test_a_length_and_its_message_may_come_in_records_of_their_own(talk: ssl.SSLSocket) -> None:
    whole = framed(numbered(7))
    for start, end in pairwise([0, 1, 2, 3, 14, len(whole) - 1, len(whole)]):
        talk.sendall(whole[start:end])
    assert receive(talk, 1)[0][:2] == b"\0\x07"


def test_a_malformed_message_does_not_end_the_connection(talk: ssl.SSLSocket) -> None:
    talk.sendall(framed(packet(counts=(1, 0, 0, 0))) + framed(numbered(9)))
    bad, good = receive(talk, 2)
    assert bad[3] & 15 == 1
    assert good.endswith(ADDRESS)


def test_a_message_of_65535_octets_is_read(talk: ssl.SSLSocket) -> None:
    talk.sendall(framed(numbered(3) + bytes(65535 - len(query(WEB)))))
    assert receive(talk, 1)[0].endswith(ADDRESS)


def test_who_ends_tls_is_told_that_it_has_ended(talk: ssl.SSLSocket) -> None:
    talk.sendall(framed(numbered(1)))
    assert len(receive(talk, 1)) == 1
    assert talk.unwrap().recv(1) == b""
