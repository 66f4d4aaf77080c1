"""Chains run without a task until something waits, and then in a real one."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from clusterdns.answering.chain import Link, compose, run
from clusterdns.dns.constants import Rcode, RRType
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import ROOT, Name
from clusterdns.plugin import BackendFailure, Client, Next, Plugin, Query, Reply, Transport
from clusterdns.rows import Noted

QUESTION = Question(Name.from_text("web.example."), RRType.A)
CLIENT = Client(
    address="127.0.0.1", port=40000, transport=Transport.UDP, local_address="127.0.0.1", local_port=53
)
QUERY = Query(
    message=Message(question=(QUESTION,)),
    question=QUESTION,
    client=CLIENT,
    server="dns://:53",
    zone=ROOT,
    noted=Noted(),
)

Body = Callable[[Query, Next], Awaitable[Reply]]


def link(body: Body, *, inline: bool) -> Link:
    plugin: Plugin[None] = Plugin(
        name="test",
        help="",
        parse=lambda _directive: None,
        build=lambda _settings, _context: None,
        inline=inline,
    )

    class Handler:
        async def __call__(self, query: Query, next: Next) -> Reply:
            return await body(query, next)

    return Link(plugin, Handler())


async def answers(_query: Query, _next: Next) -> Reply:
    return Reply(rcode=Rcode.NXDOMAIN)


async def passes_on(query: Query, next: Next) -> Reply:
    return await next(query)


async def refuses_what_comes_back(query: Query, next: Next) -> Reply:
    return replace(await next(query), rcode=Rcode.REFUSED)


def no_task(coroutine: Coroutine[Any, Any, Any]) -> None:
    coroutine.close()
    raise AssertionError("a task was started for a chain that never waits")


async def asked(chain: Next) -> Reply:
    return await chain(QUERY)


def test_an_inline_chain_ends_where_it_started() -> None:
    chain = compose([link(refuses_what_comes_back, inline=True), link(answers, inline=True)])
    reply = run(asked(chain), no_task)
    assert reply is not None
    assert reply.rcode == Rcode.REFUSED


def test_behind_the_last_plugin_nobody_answers() -> None:
    with pytest.raises(BackendFailure, match="plugin/test: no next plugin found"):
        run(asked(compose([link(passes_on, inline=True)])), no_task)


async def waits_with_a_time_out(query: Query, next: Next) -> Reply:
    async with asyncio.timeout(5):
        await asyncio.sleep(0)
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(0))
    assert asyncio.current_task() is not None
    return await next(query)


async def run_to_end(chain: Next) -> Reply:
    """Run as the server does, and wait for the task if one was started."""
    tasks: list[asyncio.Task[Reply]] = []
    reply = run(
        asked(chain), lambda coroutine: tasks.append(asyncio.get_running_loop().create_task(coroutine))
    )
    return reply if reply is not None else await tasks[0]


async def test_from_the_first_plugin_that_may_wait_on_a_chain_runs_in_a_real_task() -> None:
    chain = compose(
        [
            link(refuses_what_comes_back, inline=True),
            link(waits_with_a_time_out, inline=False),
            link(answers, inline=False),
        ]
    )
    assert (await run_to_end(chain)).rcode == Rcode.REFUSED


async def waits(query: Query, next: Next) -> Reply:
    await asyncio.sleep(0)
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, None)
    await future
    return await next(query)


async def test_a_plugin_that_said_inline_but_waits_is_carried_on_all_the_same() -> None:
    assert (await run_to_end(compose([link(waits, inline=True), link(answers, inline=True)]))).rcode == 3


async def waits_for_a_failure(_query: Query, _next: Next) -> Reply:
    future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_exception, BackendFailure("gone"))
    try:
        return await future
    except BackendFailure:
        await asyncio.sleep(0)
        return Reply(rcode=Rcode.SERVFAIL)


async def test_an_exception_reaches_the_inline_plugin_that_waits_for_it() -> None:
    assert (await run_to_end(compose([link(waits_for_a_failure, inline=True)]))).rcode == Rcode.SERVFAIL


async def test_cancelling_the_task_reaches_the_plugin_that_waits() -> None:
    cancelled: list[bool] = []

    async def notices(_query: Query, _next: Next) -> Reply:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise
        raise AssertionError("slept to the end")

    tasks: list[asyncio.Task[Reply]] = []
    loop = asyncio.get_running_loop()
    run(asked(compose([link(notices, inline=False)])), lambda c: tasks.append(loop.create_task(c)))
    await asyncio.sleep(0)
    tasks[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    assert cancelled == [True]
