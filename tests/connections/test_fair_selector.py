"""A turn of the loop attends to a bounded number of sockets, to each in its turn, and always to datagrams."""

import asyncio
import selectors
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from clusterdns.connections.fair_selector import MOST_EVENTS, FairSelector

MANY = 3 * MOST_EVENTS + 5


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def selector(stack: ExitStack) -> FairSelector:
    selector = FairSelector()
    stack.callback(selector.close)
    return selector


def readable(stack: ExitStack) -> socket.socket:
    ours, theirs = socket.socketpair()
    stack.enter_context(ours)
    stack.enter_context(theirs).send(b"x")
    return ours


def names(events: list[tuple[selectors.SelectorKey, int]]) -> list[object]:
    return [key.data for key, _ in events]


def test_all_that_are_ready_have_their_turn(selector: FairSelector, stack: ExitStack) -> None:
    for number in range(MANY):
        selector.register(readable(stack), selectors.EVENT_READ, number)
    seen: list[object] = []
    for _ in range(MANY // MOST_EVENTS + 1):
        events = selector.select(0)
        assert len(events) == MOST_EVENTS
        seen += names(events)
    assert set(seen) == set(range(MANY))


def test_datagrams_are_looked_at_in_each_turn(selector: FairSelector, stack: ExitStack) -> None:
    udp = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
    udp.bind(("127.0.0.1", 0))
    for number in range(MANY):
        selector.register(readable(stack), selectors.EVENT_READ, number)
    selector.register(udp, selectors.EVENT_READ, "udp")
    udp.sendto(b"x", udp.getsockname())
    for _ in range(10):
        assert names(selector.select(0)).count("udp") == 1
    udp.recv(1)
    assert all("udp" not in names(selector.select(0)) for _ in range(10))
    selector.unregister(udp)
    udp.sendto(b"x", udp.getsockname())
    assert all("udp" not in names(selector.select(0)) for _ in range(10))


def test_what_is_not_registered_any_more_has_no_events(selector: FairSelector, stack: ExitStack) -> None:
    first, second = readable(stack), readable(stack)
    selector.register(first, selectors.EVENT_READ, 1)
    selector.register(second, selectors.EVENT_READ, 2)
    selector.unregister(first)
    selector.modify(second, selectors.EVENT_READ | selectors.EVENT_WRITE, 3)
    ((key, mask),) = selector.select(0)
    assert (key.data, mask) == (3, selectors.EVENT_READ | selectors.EVENT_WRITE)


def test_a_connection_that_was_closed_by_the_other_end_is_readable(
    selector: FairSelector, stack: ExitStack
) -> None:
    ours, theirs = socket.socketpair()
    stack.enter_context(ours)
    theirs.close()
    selector.register(ours, selectors.EVENT_READ)
    ((_, mask),) = selector.select(0)
    assert mask == selectors.EVENT_READ
    selector.modify(ours, selectors.EVENT_WRITE)
    ((_, mask),) = selector.select(0)
    assert mask == selectors.EVENT_WRITE


@pytest.mark.parametrize("timeout", [0, -1, 0.0001])
def test_without_events_it_waits_no_longer_than_asked(selector: FairSelector, timeout: float) -> None:
    assert selector.select(timeout) == []


def test_an_event_loop_runs_on_it() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(10))
        writer.close()

    async def talk() -> bytes:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello")
            answer = await reader.read()
            writer.close()
            return answer

    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(FairSelector())) as runner:
        assert runner.run(talk()) == b"hello"
