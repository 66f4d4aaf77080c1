"""Where plugins tell clients apart, nobody gets what was remembered for a client of another class."""

from collections.abc import Hashable

import pytest

from clusterdns.dns.constants import Rcode, RRType
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from clusterdns.plugin import AnyPlugin, Client, Next, Plugin, Query, Reply, Reuse, Varies
from clusterdns.testing.serving import Serving, serving

COREFILE = ". {\n bind 127.0.0.1\n whoami\n}\n"
RCODES = {"127.0.0.1": Rcode.NXDOMAIN, "127.0.0.2": Rcode.YXDOMAIN}
PACKET = write_message(Message(id=1, question=(Question(Name.from_text("a.test."), RRType.A),)))


class ByAddress:
    """Answers each address with its own response code."""

    def __init__(self, *, is_broken: bool = False) -> None:
        self.asked = 0
        self._is_broken = is_broken

    def client_class(self, client: Client, /) -> Hashable:
        if self._is_broken:
            raise KeyError(client.address)
        return client.address

    async def __call__(self, query: Query, _next: Next, /) -> Reply:
        self.asked += 1
        return Reply(rcode=RCODES[query.client.address], reuse=Reuse(varies=Varies.CLIENT_CLASS))


def plugin(part: object) -> AnyPlugin:
    return Plugin(
        name="whoami",
        help="",
        parse=lambda _: None,
        build=lambda _settings, _context: part,
        inline=True,
        treats_alike=True,
    )


async def ask(server: Serving, source: str) -> int:
    import asyncio  # noqa: PLC0415
    import socket  # noqa: PLC0415

    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setblocking(False)
        client.bind((source, 0))
        client.connect(("127.0.0.1", server.endpoint.port))
        await loop.sock_sendall(client, PACKET)
        async with asyncio.timeout(5):
            return read_message(await loop.sock_recv(client, 4096)).rcode


async def test_each_class_is_remembered_apart() -> None:
    part = ByAddress()
    async with serving(COREFILE, plugins=[plugin(part)]) as server:
        for source, rcode in [*RCODES.items(), *RCODES.items(), *RCODES.items()]:
            assert await ask(server, source) == rcode
    assert part.asked == len(RCODES)


async def test_a_class_that_cannot_be_told_is_a_miss_and_a_logged_bug(
    caplog: pytest.LogCaptureFixture,
) -> None:
    part = ByAddress(is_broken=True)
    async with serving(COREFILE, plugins=[plugin(part)]) as server:
        for source, rcode in [*RCODES.items(), *RCODES.items()]:
            assert await ask(server, source) == rcode
        assert server.server.counters.panics > 0
    assert part.asked == 2 * len(RCODES)
    assert 'plugin "whoami"' in caplog.text


class Unclassified:
    """Says that its replies depend on the class, and nobody tells classes apart."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, _query: Query, _next: Next, /) -> Reply:
        self.asked += 1
        return Reply(rcode=Rcode.NXDOMAIN, reuse=Reuse(varies=Varies.LOCAL_ADDRESS | Varies.CLIENT_CLASS))


async def test_without_classes_what_depends_on_one_is_not_remembered() -> None:
    part = Unclassified()
    async with serving(COREFILE, plugins=[plugin(part)]) as server:
        await ask(server, "127.0.0.1")
        await ask(server, "127.0.0.1")
    assert part.asked == 2
