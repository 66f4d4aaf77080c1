"""The page says which plugins are not ready, and what is not up to date."""

from dataclasses import dataclass

import pytest

from clusterdns.corefile import parse
from clusterdns.plugin import Part
from clusterdns.testing.chain import running
from clusterdns.testing.contexts import FakeContext
from clusterdns.testing.web import WebReply, fetch
from clusterdns.web import WebListener, WebRequest
from clusterdns_plugins.ready import plugin
from clusterdns_plugins.ready.ready import ReadyPage

ONCE = ". {\n  ready 127.0.0.1:0\n}\n"
ALWAYS = ". {\n  ready 127.0.0.1:0 {\n    monitor continuously\n  }\n}\n"


@dataclass
class Backend:
    is_ready: bool = True
    old: tuple[str, ...] = ()
    readiness_may_end: bool = False

    def ready(self) -> bool:
        return self.is_ready

    def complaints(self) -> tuple[str, ...]:
        return self.old


def listener_of(context: FakeContext) -> WebListener:
    (listener,) = [made for made in context.made.values() if isinstance(made, WebListener)]
    return listener


async def ask(*parts: Part) -> WebReply:
    context = FakeContext(others=parts)
    async with running(ONCE, plugin, context=context):
        return await fetch(listener_of(context), "/ready")


@pytest.mark.parametrize(
    ("parts", "status", "body"),
    [
        pytest.param((), 200, "OK", id="nobody has anything to say"),
        pytest.param((Part("whoami", object()),), 200, "OK", id="others do not matter"),
        pytest.param((Part("kubernetes", Backend()),), 200, "OK", id="ready"),
        pytest.param((Part("kubernetes", Backend(is_ready=False)),), 503, "kubernetes", id="one is not"),
        pytest.param(
            (
                Part("kubernetes", Backend(is_ready=False)),
                Part("forward", Backend()),
                Part("file", Backend(is_ready=False)),
            ),
            503,
            "file,kubernetes",
            id="two are not",
        ),
        pytest.param(
            (Part("kubernetes", Backend()), Part("kubernetes", Backend(is_ready=False))),
            503,
            "kubernetes",
            id="one of two blocks",
        ),
        pytest.param(
            (Part("kubernetes", Backend(is_ready=False)), Part("kubernetes", Backend(is_ready=False))),
            503,
            "kubernetes",
            id="both blocks",
        ),
        pytest.param(
            (Part("kubernetes", Backend(old=("a since 1", "b since 2"))),),
            200,
            "OK\na since 1\nb since 2",
            id="old",
        ),
        pytest.param(
            (Part("forward", Backend(old=("of http://me:secret@host\nOK",))),),
            200,
            "OK\nof http://***@host OK",
            id="secrets and line ends",
        ),
        pytest.param(
            (
                Part("kubernetes", Backend(old=("a since 1",))),
                Part("kubernetes", Backend(old=("a since 1",))),
            ),
            200,
            "OK\na since 1",
            id="old twice, said once",
        ),
        pytest.param(
            (Part("kubernetes", Backend(is_ready=False, old=("a since 1",))),),
            503,
            "kubernetes\na since 1",
            id="not ready and old",
        ),
    ],
)
async def test_names_first_then_what_is_old(parts: tuple[Part, ...], status: int, body: str) -> None:
    reply = await ask(*parts)
    assert (reply.status, reply.body.decode()) == (status, body)


@pytest.mark.parametrize(
    ("corefile", "later"), [pytest.param(ONCE, 200, id="until ready"), pytest.param(ALWAYS, 503, id="always")]
)
async def test_only_a_monitored_plugin_becomes_unready_again(corefile: str, later: int) -> None:
    backend = Backend(is_ready=False)
    context = FakeContext(others=(Part("kubernetes", backend),))
    async with running(corefile, plugin, context=context):
        assert (await fetch(listener_of(context), "/ready")).status == 503
        backend.is_ready = True
        assert (await fetch(listener_of(context), "/ready")).status == 200
        backend.is_ready = False
        assert (await fetch(listener_of(context), "/ready")).status == later


async def test_a_part_whose_readiness_may_end_is_asked_again_without_being_monitored() -> None:
    backend = Backend(is_ready=True, readiness_may_end=True)
    context = FakeContext(others=(Part("kubernetes", backend),))
    async with running(ONCE, plugin, context=context):
        assert (await fetch(listener_of(context), "/ready")).status == 200
        backend.is_ready = False
        assert (await fetch(listener_of(context), "/ready")).status == 503


async def test_who_is_asked_while_not_ready_logs_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "clusterdns")
    await ask(Part("kubernetes", Backend(is_ready=False)))
    assert caplog.messages == ['Plugins not ready: "kubernetes"']


async def test_who_asks_often_is_logged_once_until_something_changes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "clusterdns")
    backend = Backend(is_ready=False)
    context = FakeContext(others=(Part("kubernetes", backend),))
    async with running(ALWAYS, plugin, context=context):
        for is_ready in (False, False, True, False, False):
            backend.is_ready = is_ready
            await fetch(listener_of(context), "/ready")
    assert caplog.messages == ['Plugins not ready: "kubernetes"'] * 2


async def test_before_the_plugins_are_started_nothing_is_ready() -> None:
    context = FakeContext()
    (directive,) = parse(ONCE, environ={}).blocks[0].directives
    page = plugin.build(plugin.parse(directive), context)
    assert isinstance(page, ReadyPage)
    asked = WebRequest(method="GET", path="/ready", query={}, headers={})
    assert (await page.answer(asked)).status == 503


async def test_a_server_about_to_end_refuses_connections() -> None:
    context = FakeContext()
    async with running(ONCE, plugin, context=context) as chain:
        (page,) = [part.built for part in chain.context.built]
        assert isinstance(page, ReadyPage)
        assert page.lameduck_seconds == 0
        await page.lameduck()
        with pytest.raises(ConnectionRefusedError):
            await fetch(listener_of(context), "/ready")
