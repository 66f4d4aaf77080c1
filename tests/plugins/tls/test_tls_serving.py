"""DNS over TLS: a stub resolver's connections, who may ask, certificates that are renewed, padding."""

import asyncio
import logging
import ssl
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

from clusterdns.dns.constants import RRType
from clusterdns.dns.edns import Edns
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import TXT
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from clusterdns.plugin import Context, Next, Query, Reply
from clusterdns.testing.metrics import values
from clusterdns.testing.plugins import plugin_of
from clusterdns.testing.serving import Serving, configured, serving
from clusterdns.transports.connections import READ_SECONDS, Connections
from clusterdns.transports.framing import Frames, framed
from clusterdns.transports.stream import READ_OCTETS, WRITE_BUFFER
from clusterdns_plugins.tls.build import Encryption
from testbed.certificates import trusting, write_certificate
from testbed.tls_talk import connected

PATIENCE = 10.0


def packet(name: str = "a.example.", *, edns: Edns | None = None) -> bytes:
    return write_message(Message(id=7, question=(Question(Name.from_text(name), RRType.A),), edns=edns))


def block(folder: Path, options: str = "", *, key: str = "tls://.:0", authority: str = "") -> str:
    tls = f"tls {folder}/cert.pem {folder}/key.pem {authority}{options}"
    return f"{key} {{\n bind 127.0.0.1\n {tls}\n whoami\n}}\n"


async def test_a_stub_resolver_is_answered(folder: Path, authority: trustme.CA) -> None:
    async with serving(block(folder)) as served:
        async with connected(served.endpoint.port, trusting(authority)) as talk:
            replies = await talk.ask(*[number.to_bytes(2) + packet()[2:] for number in range(200)])
        assert sorted(int.from_bytes(reply[:2]) for reply in replies) == list(range(200))
        assert len(read_message(replies[0]).additional) == 2
        assert served.server.banner() == ("tls://.:0 on 127.0.0.1",)


@pytest.mark.parametrize(
    ("offered", "chosen"), [(["dot"], "dot"), (["h2", "dot"], "dot"), (["h2"], None), ([], None)]
)
async def test_the_protocol_is_called_dot_and_need_not_be_named(
    offered: list[str], chosen: str | None, folder: Path, authority: trustme.CA
) -> None:
    context = trusting(authority)
    if offered:
        context.set_alpn_protocols(offered)
    async with serving(block(folder)) as served, connected(served.endpoint.port, context) as talk:
        assert talk.tls.selected_alpn_protocol() == chosen
        assert len(await talk.ask(packet())) == 1


async def test_old_versions_of_tls_are_not_spoken(folder: Path, authority: trustme.CA) -> None:
    context = trusting(authority)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with serving(block(folder)) as served:
        async with connected(served.endpoint.port, context) as talk:
            assert talk.tls.version() == "TLSv1.2"
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            async with connected(served.endpoint.port, context):
                pass


NOBODY, KNOWN, UNKNOWN = "no certificate", "a good one", "a stranger's"


@pytest.fixture(params=[NOBODY, KNOWN, UNKNOWN])
def shown(request: pytest.FixtureRequest) -> str:
    """What the client has."""
    word: str = request.param
    return word


@pytest.fixture
def client(shown: str, authority: trustme.CA, stranger: trustme.CA) -> ssl.SSLContext:
    issuer = {NOBODY: None, KNOWN: authority, UNKNOWN: stranger}[shown]
    return trusting(authority, issuer=issuer)


@pytest.mark.parametrize(
    ("client_auth", "answered"),
    [
        ("nocert", {NOBODY, KNOWN, UNKNOWN}),
        ("request", {NOBODY, KNOWN, UNKNOWN}),
        ("verify_if_given", {NOBODY, KNOWN}),
        ("require_and_verify", {KNOWN}),
    ],
)
async def test_who_may_ask(
    client_auth: str, answered: set[str], shown: str, client: ssl.SSLContext, folder: Path
) -> None:
    options = f" {{\n client_auth {client_auth}\n }}"
    async with serving(block(folder, options, authority=f"{folder}/ca.pem")) as served:
        if shown in answered:
            async with connected(served.endpoint.port, client) as talk:
                assert len(await talk.ask(packet())) == 1
        else:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                async with connected(served.endpoint.port, client) as talk:
                    await talk.ask(packet())


def encryption(served: Serving) -> Encryption:
    (responder,) = served.server.responders
    (route,) = responder.router
    assert isinstance(route.block.encrypts, Encryption)
    return route.block.encrypts


async def test_a_renewed_certificate_is_for_new_connections_and_old_ones_go_on(
    folder: Path, authority: trustme.CA
) -> None:
    async with serving(block(folder)) as served:
        port = served.endpoint.port
        async with connected(port, trusting(authority)) as old:
            write_certificate(folder, authority)
            await encryption(served).certificate.look()
            async with connected(port, trusting(authority)) as new:
                assert new.serial != old.serial
                for talk in (old, new):
                    assert len(await talk.ask(packet())) == 1


async def test_a_swap_keeps_connections_and_gives_new_ones_the_other_certificate(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA
) -> None:
    other = tmp_path_factory.mktemp("other")
    write_certificate(other, authority)
    async with serving(block(folder)) as served:
        port = served.endpoint.port
        async with connected(port, trusting(authority)) as old:
            await old.ask(packet())
            await served.server.swap(configured(block(other)))
            assert served.endpoint.port == port
            async with connected(port, trusting(authority)) as new:
                assert new.serial != old.serial
                for talk in (old, new):
                    assert len(await talk.ask(packet())) == 1


async def test_a_swap_to_equal_settings_keeps_the_certificate_as_it_is(folder: Path) -> None:
    async with serving(block(folder)) as served:
        before = encryption(served)
        await served.server.swap(configured("# moved\n" + block(folder)))
        assert encryption(served).certificate is before.certificate


async def test_plain_text_to_an_encrypted_port_is_refused_and_said_once(
    folder: Path, authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with serving(block(folder)) as served:
        for _ in range(3):
            with pytest.raises(ConnectionError):
                await served.tcp(packet())
        async with connected(served.endpoint.port, trusting(authority)) as talk:
            assert len(await talk.ask(packet())) == 1
    assert len([record for record in caplog.records if "was not agreed upon" in record.message]) == 1


async def test_a_client_that_never_agrees_is_cut_off(folder: Path) -> None:
    now = [0.0]
    connections = Connections(10, lambda: now[0])
    async with serving(block(folder), connections=connections) as served:
        talks = [await asyncio.open_connection("127.0.0.1", served.endpoint.port) for _ in range(2)]
        talks[0][1].write(bytes.fromhex("160301 0200"))  # a record begins, and nothing follows
        while len(connections) < 2:  # noqa: ASYNC110 - the kernel accepts them
            await asyncio.sleep(0)
        now[0] += READ_SECONDS
        connections.sweep()
        async with asyncio.timeout(PATIENCE):
            for reader, writer in talks:
                with suppress(ConnectionError):
                    assert await reader.read() == b""
                writer.close()
        assert len(connections) == 0


async def test_a_client_that_ends_tls_while_it_is_answered_leaves_nothing_behind(
    folder: Path, authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    go_on = asyncio.Event()

    async def waits(_query: Query, _next: Next, _context: Context) -> Reply:
        await go_on.wait()
        return Reply()

    plugins = [plugin_of(waits, inline=False)]
    async with serving(block(folder), plugins=plugins) as served:
        async with connected(served.endpoint.port, trusting(authority)) as talk:
            talk.writer.write(framed(packet()) * 20)
            while served.server.in_flight < 20:  # noqa: ASYNC110 - the kernel delivers them
                await asyncio.sleep(0)
            talk.writer.close()
            await talk.writer.wait_closed()
        go_on.set()
        while served.server.in_flight or len(served.server.connections):  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert not caplog.records


async def test_a_client_that_does_not_read_makes_the_server_hold_little(
    folder: Path, authority: trustme.CA
) -> None:
    big = Reply(answer=(RRset(Name.from_text("a.example."), 5, (TXT((b"x" * 255,) * 200),)),))

    async def answers(_query: Query, _next: Next, _context: Context) -> Reply:
        return big

    async with (
        serving(block(folder), plugins=[plugin_of(answers)]) as served,
        connected(served.endpoint.port, trusting(authority)) as talk,
    ):
        talk.writer.write(framed(packet()) * 1000)
        held, before, rounds = 0, -1, 0
        while rounds < 50:
            (connection,) = served.server.connections.all()
            held = connection.octets_held
            rounds, before = (rounds + 1 if held == before else 0), held
            await asyncio.sleep(0.001)
        assert held <= READ_OCTETS + WRITE_BUFFER + 60_000
        assert len(await talk.ask(*[packet()] * 1000)) >= 1000  # those of before may come along


async def test_a_server_that_stops_answers_what_has_come(folder: Path, authority: trustme.CA) -> None:
    go_on = asyncio.Event()

    async def waits(_query: Query, _next: Next, _context: Context) -> Reply:
        await go_on.wait()
        return Reply()

    async with (
        serving(block(folder), plugins=[plugin_of(waits, inline=False)]) as served,
        connected(served.endpoint.port, trusting(authority)) as talk,
    ):
        talk.writer.write(framed(packet()) * 20)
        while served.server.in_flight < 20:  # noqa: ASYNC110 - the kernel delivers them
            await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(go_on.set)
        await served.server.stop()
        frames = Frames()
        frames.feed(await talk.reader.read())
        assert sum(1 for _ in iter(frames.next, None)) == 20


async def test_nothing_is_answered_over_udp(folder: Path) -> None:
    async with serving(block(folder)) as served:
        with pytest.raises(ConnectionRefusedError):
            await served.udp(packet())


async def test_tls_to_a_plain_port_hurts_nobody(authority: trustme.CA) -> None:
    async with serving(".:0 {\n bind 127.0.0.1\n whoami\n}\n") as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.endpoint.port)
        hello, sending = ssl.MemoryBIO(), ssl.MemoryBIO()
        with pytest.raises(ssl.SSLWantReadError):
            trusting(authority).wrap_bio(hello, sending, server_hostname="127.0.0.1").do_handshake()
        writer.write(sending.read())
        assert (await served.tcp(packet()))[:2] == packet()[:2]
        writer.close()
        assert await reader.read() == b""


async def test_metrics_and_logs_name_the_listener_and_say_tcp(
    folder: Path, authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    text = block(folder, '\n prometheus 127.0.0.1:0\n log . "{proto} {name}"')
    async with serving(text) as served:
        async with connected(served.endpoint.port, trusting(authority)) as talk:
            await talk.ask(packet())
        assert "tcp a.example." in caplog.text
        counted = values(served.server.metrics)
    labels = 'server="tls://127.0.0.1:0",zone=".",view="",proto="tcp",family="1",type="A"'
    assert counted[f"coredns_dns_requests_total{{{labels}}}"] == 1


async def test_blocks_with_equal_certificates_share_a_port(folder: Path, authority: trustme.CA) -> None:
    tls = f"tls {folder}/cert.pem {folder}/key.pem\n whoami\n}}\n"
    text = f"tls://a:0 {{\n bind 127.0.0.1\n {tls}tls://b:0 {{\n bind 127.0.0.1\n {tls}"
    async with serving(text) as served, connected(served.endpoint.port, trusting(authority)) as talk:
        assert len(served.server.endpoints) == 1
        replies = await talk.ask(packet("x.a."), packet("x.b."), packet("x.c."))
        assert [reply[3] & 15 for reply in replies] == [0, 0, 5]
