"""The page, and how the server goes on for a while."""

import asyncio

import pytest

from clusterdns.corefile import parse
from clusterdns.testing.chain import running
from clusterdns.testing.contexts import FakeContext
from clusterdns.testing.web import fetch
from clusterdns.web import WebListener
from clusterdns_plugins.health import plugin
from clusterdns_plugins.health.health import Health

COREFILE = ". {\n  health 127.0.0.1:0\n}\n"


def listener_of(context: FakeContext) -> WebListener:
    (listener,) = [made for made in context.made.values() if isinstance(made, WebListener)]
    return listener


async def test_whoever_can_answer_is_healthy() -> None:
    context = FakeContext()
    async with running(COREFILE, plugin, context=context):
        reply = await fetch(listener_of(context), "/health")
        assert (reply.status, reply.body) == (200, b"OK")
        assert (await fetch(listener_of(context), "/")).status == 404


def test_blocks_with_one_address_share_a_listener_and_a_check() -> None:
    context = FakeContext()
    (directive,) = parse(COREFILE, environ={}).blocks[0].directives
    plugin.build(plugin.parse(directive), context)
    before = dict(context.made)
    plugin.build(plugin.parse(directive), context)
    assert context.made == before


class Sleep:
    """Ends when told to."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.end = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await self.end.wait()


async def test_it_is_lameduck_as_long_as_it_says(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "clusterdns")
    sleep = Sleep()
    health = Health(5.0, sleep=sleep)
    assert health.lameduck_seconds == 5.0
    waiting = asyncio.create_task(health.lameduck())
    await asyncio.sleep(0)
    assert sleep.seconds == [5.0]
    assert not waiting.done()
    sleep.end.set()
    await waiting
    assert caplog.messages == ["Going into lameduck mode for 5s"]


async def test_without_lameduck_nothing_is_waited_for() -> None:
    sleep = Sleep()
    await Health(0.0, sleep=sleep).lameduck()
    assert sleep.seconds == []
