"""Dear queries of many clients do not hold the event loop up one after the other: turns are bounded."""

import asyncio
import time
from itertools import pairwise

import pytest

from clusterdns.dns.constants import RRType
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.writer import write_message
from clusterdns.plugin import AnyPlugin, Context, Next, Query, Reply
from clusterdns.testing.plugins import plugin_of
from clusterdns.testing.serving import Serving, serving
from clusterdns.transports import udp as udp_module
from clusterdns.transports import udp_batches
from clusterdns.transports.connections import Connections
from clusterdns.transports.framing import framed
from clusterdns.transports.turn import TURN_SECONDS, TurnBudget

PACKET = write_message(Message(id=1, question=(Question(Name.from_text("a.test."), RRType.A),)))
COREFILE = ". {\n bind 127.0.0.1\n whoami\n}\n"
DEAR = 0.75 * TURN_SECONDS
"""Of such queries a second one begins within the turn, and no third one."""

CLIENTS = 12
PATIENCE = 10.0


class Work:
    """Queries that each take `DEAR` seconds of a clock that nothing else moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.done = 0

    def clock(self) -> float:
        return self.now

    def plugin(self) -> AnyPlugin:
        async def answer(_query: Query, _next: Next, _context: Context) -> Reply:
            self.now += DEAR
            self.done += 1
            return Reply()

        return plugin_of(answer)

    async def most_in_a_turn(self, wanted: int) -> int:
        """Let the loop turn until all are done; how many were at most in one turn."""
        counts = [0]
        async with asyncio.timeout(PATIENCE):
            while self.done < wanted:
                await asyncio.sleep(0)
                counts.append(self.done)
        return max(after - before for before, after in pairwise(counts))


@pytest.fixture
def work() -> Work:
    return Work()


async def test_the_first_who_asks_begins_it_and_it_ends_with_the_turn(work: Work) -> None:
    turn = TurnBudget(clock=work.clock)
    assert not turn.is_over()
    work.now += TURN_SECONDS
    assert turn.is_over()
    await asyncio.sleep(0)
    assert not turn.is_over()


async def queued(server: Serving) -> list[asyncio.StreamWriter]:
    """Clients whose queries are all there before the server looks at one of them."""
    opened = [await asyncio.open_connection("127.0.0.1", server.endpoint.port) for _ in range(CLIENTS)]
    async with asyncio.timeout(PATIENCE):
        while len(server.server.connections) < CLIENTS:  # noqa: ASYNC110 - the kernel's to deliver
            await asyncio.sleep(0)
    for _, writer in opened:
        writer.write(framed(PACKET))  # leaves at once
    return [writer for _, writer in opened]


async def test_queries_of_many_connections_share_a_turn(work: Work) -> None:
    connections = Connections(2 * CLIENTS, time.monotonic, turn=TurnBudget(clock=work.clock))
    async with serving(
        COREFILE, plugins=[work.plugin()], packet_cache=False, connections=connections
    ) as server:
        writers = await queued(server)
        assert await work.most_in_a_turn(CLIENTS) <= 2
        for writer in writers:
            writer.close()
            await writer.wait_closed()


@pytest.mark.parametrize("in_batches", [True, False])
async def test_datagrams_that_are_dear_are_taken_a_few_at_a_time(
    work: Work, monkeypatch: pytest.MonkeyPatch, in_batches: bool
) -> None:
    monkeypatch.setattr(udp_module, "perf_counter", work.clock)
    monkeypatch.setattr(udp_batches, "perf_counter", work.clock)
    if not in_batches:
        monkeypatch.setattr(udp_module, "find_calls", lambda: None)
    async with serving(COREFILE, plugins=[work.plugin()], packet_cache=False) as server:
        replies = asyncio.create_task(server.udp_replies([PACKET] * CLIENTS))
        assert await work.most_in_a_turn(CLIENTS) <= 2
        assert len(await replies) == CLIENTS
