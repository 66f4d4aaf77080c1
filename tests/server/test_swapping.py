"""A server takes another configuration in one step: sockets, connections and queries in flight stay."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from clusterdns.corefile import CorefileErrors
from clusterdns.dns.constants import Rcode, RRType
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from clusterdns.plugin import AnyPlugin, Context, Next, Plugin, Query, Reply
from clusterdns.server import Server, StartError
from clusterdns.testing.plugins import plugin_of
from clusterdns.testing.serving import Serving, configured, serving
from clusterdns.testing.web import fetch
from clusterdns.transports.framing import Frames, framed
from clusterdns.web import WebAddress, WebListener, read_web_address, shared_listener
from testbed.apiserver import ApiServer

PATIENCE = 10.0
SWAPS = 10


def packet(name: str, *, number: int = 1, rtype: int = RRType.A) -> bytes:
    return write_message(Message(id=number, question=(Question(Name.from_text(name), rtype),)))


def rcode(reply: bytes) -> int:
    return read_message(reply).rcode


def answering(rcode: int, name: str = "whoami") -> AnyPlugin:
    """A plugin whose replies tell which configuration made them."""

    async def answer(_query: Query, _next: Next, _context: Context) -> Reply:
        await asyncio.sleep(0)
        return Reply(rcode=rcode)

    return plugin_of(answer, name=name, inline=False)


def cluster(api: ApiServer, zone: str) -> str:
    return (
        f"cluster.local {{\n bind 127.0.0.1\n kubernetes {{\n endpoint {api.url}\n }}\n}}\n"
        f"{zone} {{\n bind 127.0.0.1\n whoami\n}}\n"
    )


class Load:
    """Queries over UDP and one TCP connection, as fast as they are answered."""

    def __init__(self, server: Serving, name: str) -> None:
        self.asked = 0
        self.rcodes: list[int] = []
        self._server = server
        self._name = name
        self._is_over = False

    async def run(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server.endpoint.port)
        frames = Frames()
        while not self._is_over:
            self.asked += 2
            writer.write(framed(packet(self._name, number=self.asked & 0xFFFF)))
            self.rcodes.append(rcode(await self._server.udp(packet(self._name))))
            while (reply := frames.next()) is None:
                octets = await reader.read(65536)
                assert octets, "the connection was closed"
                frames.feed(octets)
            self.rcodes.append(rcode(reply))
        writer.close()
        await writer.wait_closed()

    def end(self) -> None:
        self._is_over = True

    async def more(self) -> None:
        """Wait until some more are answered."""
        enough = len(self.rcodes) + 6
        async with asyncio.timeout(PATIENCE):
            while len(self.rcodes) < enough:  # noqa: ASYNC110 - the replies come from outside
                await asyncio.sleep(0)


async def test_nothing_is_lost_closed_or_listed_again_in_swaps_under_load() -> None:
    async with ApiServer() as api:
        api.put({"kind": "Namespace", "metadata": {"name": "shop"}})
        first = configured(cluster(api, "x.test"), plugins=[answering(Rcode.NXDOMAIN)])
        second = configured(cluster(api, "x.test"), plugins=[answering(Rcode.YXDOMAIN)])
        async with Server(first) as server, asyncio.timeout(PATIENCE):
            load = Load(Serving(server), "a.x.test")
            answers = asyncio.create_task(load.run())
            await load.more()
            requests, bound = len(api.requests), server.endpoints
            for _ in range(SWAPS):
                await server.swap(second)
                await load.more()
                await server.swap(first)
                await load.more()
            load.end()
            await answers
            assert server.endpoints == bound
            assert server.connections.evicted == 0
            assert [one for one in api.requests[requests:] if one.verb == "list"] == []
    assert len(load.rcodes) == load.asked
    assert set(load.rcodes) == {Rcode.NXDOMAIN, Rcode.YXDOMAIN}


async def test_what_was_remembered_is_not_answered_after_a_swap() -> None:
    corefile = ". {\n bind 127.0.0.1\n hosts {\n 10.0.0.%d a.test\n no_reverse\n }\n}\n"
    async with serving(corefile % 1) as served:
        before = await served.udp(packet("a.test"))
        assert await served.udp(packet("a.test")) == before
        await served.server.swap(configured(corefile % 2))
        after = read_message(await served.udp(packet("a.test")))
        assert [line for rrset in after.answer for line in rrset.lines()] == ["a.test. 3600 IN A 10.0.0.2"]


async def test_a_query_in_flight_is_finished_by_the_configuration_that_began_it() -> None:
    begun, go_on, left = asyncio.Event(), asyncio.Event(), list[str]()

    class Slow:
        async def __aenter__(self) -> None:
            """Nothing has to be prepared."""

        async def __aexit__(self, *_: object) -> None:
            left.append("left")

        async def __call__(self, _query: Query, _next: Next, /) -> Reply:
            begun.set()
            await go_on.wait()
            assert not left
            return Reply(rcode=Rcode.YXDOMAIN)

    slow = Plugin(name="whoami", help="", parse=lambda _: None, build=lambda _settings, _context: Slow())
    text = ". {\n bind 127.0.0.1\n whoami\n}\n"
    async with serving(text, plugins=[slow]) as served:
        asked = asyncio.create_task(served.udp(packet("a.test")))
        await begun.wait()
        await served.server.swap(configured(text, plugins=[answering(Rcode.NXDOMAIN)]))
        assert rcode(await served.udp(packet("a.test"))) == Rcode.NXDOMAIN
        assert not left
        go_on.set()
        assert rcode(await asked) == Rcode.YXDOMAIN
    assert left == ["left"]


class Failing:
    async def __aenter__(self) -> None:
        raise RuntimeError("no luck")

    async def __aexit__(self, *_: object) -> None:
        """It is never entered."""


def broken_build(_settings: None, _context: Context) -> None:
    raise ValueError("no sense")


@pytest.mark.parametrize(
    ("text", "build", "message"),
    [
        pytest.param(". {\n whoami\n}\n", broken_build, "no sense", id="built"),
        pytest.param(". {\n whoami\n}\n", lambda *_: Failing(), "no luck", id="started"),
        pytest.param(". {\n bind 192.0.2.1\n whoami\n}\n", lambda *_: None, "192.0.2.1", id="listened on"),
    ],
)
async def test_a_configuration_that_cannot_serve_changes_nothing(
    text: str, build: object, message: str
) -> None:
    plugin = Plugin(name="whoami", help="", parse=lambda _: None, build=build)  # type: ignore[arg-type]
    good = ". {\n bind 127.0.0.1\n whoami\n}\n"
    async with serving(good, plugins=[answering(Rcode.YXDOMAIN)]) as served:
        bound = served.server.endpoints
        with pytest.raises((CorefileErrors, StartError), match=message):
            await served.server.swap(configured(text, plugins=[plugin]))
        assert rcode(await served.udp(packet("a.test"))) == Rcode.YXDOMAIN
        assert served.server.endpoints == bound


async def test_an_address_comes_and_another_goes_with_its_connections() -> None:
    text, plugins = ". {{\n bind {}\n whoami\n}}\n", [answering(Rcode.YXDOMAIN)]
    async with serving(text.format("127.0.0.1"), plugins=plugins) as served:
        (gone,) = served.server.endpoints
        reader, writer = await asyncio.open_connection("127.0.0.1", gone.port)
        writer.write(framed(packet("a.test")))
        await reader.readexactly(2)
        await served.server.swap(configured(text.format("127.0.0.2"), plugins=plugins))
        reply = await served.udp(packet("a.test"), host="127.0.0.2")
        assert rcode(reply) == Rcode.YXDOMAIN
        async with asyncio.timeout(PATIENCE):
            await reader.read()  # ends with the connection
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", gone.port)


def paging(found: list[WebListener], body: bytes) -> AnyPlugin:
    """A plugin with a page on the address that its directive names."""

    async def page(_request: object) -> object:
        from clusterdns.web import Page  # noqa: PLC0415

        await asyncio.sleep(0)
        return Page(body=body)

    def build(address: WebAddress, context: Context) -> None:
        found.append(shared_listener(context, address))
        found[-1].add("/page", page)  # type: ignore[arg-type]

    return Plugin(name="health", help="", parse=_address, build=build)


def _address(directive: object) -> WebAddress:
    from clusterdns.corefile import Arguments, Directive, once  # noqa: PLC0415

    assert isinstance(directive, Directive)
    return read_web_address(Arguments(once(directive)), default=":0")


@asynccontextmanager
async def paged(found: list[WebListener]) -> AsyncGenerator[Serving]:
    text = ". {\n bind 127.0.0.1\n health 127.0.0.1:0\n whoami\n}\n"
    async with serving(text, plugins=[paging(found, b"first"), answering(Rcode.YXDOMAIN)]) as served:
        yield served


async def test_a_page_is_the_next_configuration_s_on_the_same_socket() -> None:
    found: list[WebListener] = []
    text = ". {\n bind 127.0.0.1\n health 127.0.0.1:0\n whoami\n}\n"
    async with paged(found) as served:
        (bound,) = found[0].endpoints
        assert (await fetch(found[0], "/page")).body == b"first"
        plugins = [paging(found, b"second"), answering(Rcode.YXDOMAIN)]
        await served.server.swap(configured(text, plugins=plugins))
        assert found[1].endpoints == (bound,)
        assert (await fetch(found[1], "/page")).body == b"second"


async def test_a_page_that_no_configuration_has_any_more_refuses_connections() -> None:
    found: list[WebListener] = []
    async with paged(found) as served:
        (bound,) = found[0].endpoints
        plugins = [answering(Rcode.YXDOMAIN)]
        await served.server.swap(configured(". {\n bind 127.0.0.1\n whoami\n}\n", plugins=plugins))
        await asyncio.sleep(0)
        await served.server.stop()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*bound)


async def test_metrics_name_the_plugins_of_the_configuration_that_serves() -> None:
    found: list[WebListener] = []
    text = "%s {\n bind 127.0.0.1\n health 127.0.0.1:0\n prometheus 127.0.0.1:0\n whoami\n}\n"
    plugins = [paging(found, b""), answering(Rcode.YXDOMAIN)]

    def enabled(served: Serving) -> set[str]:
        (family,) = (one for one in served.server.metrics.families() if one.name == "coredns_plugin_enabled")
        return {labels[1] for labels, _ in family.series()}

    async with serving(text % "a.test", plugins=plugins) as served:
        assert enabled(served) == {"a.test."}
        await served.server.swap(configured(text % "b.test", plugins=plugins))
        async with asyncio.timeout(PATIENCE):
            while enabled(served) != {"b.test."}:  # noqa: ASYNC110 - the one before is closed behind our back
                await asyncio.sleep(0)


async def test_a_new_configuration_waits_until_its_plugins_are_ready() -> None:
    ready = asyncio.Event()

    class Cold:
        def ready(self) -> bool:
            return ready.is_set()

        async def __call__(self, _query: Query, _next: Next, /) -> Reply:
            await asyncio.sleep(0)
            return Reply(rcode=Rcode.NXDOMAIN if ready.is_set() else Rcode.SERVFAIL)

    cold = Plugin(name="whoami", help="", parse=lambda _: None, build=lambda _settings, _context: Cold())
    text = ". {\n bind 127.0.0.1\n whoami\n}\n"
    async with serving(text, plugins=[answering(Rcode.YXDOMAIN)]) as served:
        swap = asyncio.create_task(served.server.swap(configured(text, plugins=[cold])))
        await asyncio.sleep(0)
        assert rcode(await served.udp(packet("a.test"))) == Rcode.YXDOMAIN
        ready.set()
        await swap
        assert rcode(await served.udp(packet("a.test"))) == Rcode.NXDOMAIN


async def test_one_that_does_not_get_ready_serves_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    class Never:
        def ready(self) -> bool:
            return False

        async def __call__(self, _query: Query, _next: Next, /) -> Reply:
            await asyncio.sleep(0)
            return Reply(rcode=Rcode.NXDOMAIN)

    never = Plugin(name="whoami", help="", parse=lambda _: None, build=lambda _settings, _context: Never())
    text = ". {\n bind 127.0.0.1\n whoami\n}\n"
    async with serving(text, plugins=[answering(Rcode.YXDOMAIN)]) as served:
        await served.server.swap(configured(text, plugins=[never]), warm_seconds=0.0)
        assert rcode(await served.udp(packet("a.test"))) == Rcode.NXDOMAIN
    assert "before all of its plugins are ready" in caplog.text
