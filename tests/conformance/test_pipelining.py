"""A thousand questions on one connection, one of them slow: the others do not wait (RFC 7766 6.2.1.1)."""

import asyncio

import pytest

from clusterdns.dns.message import RRset
from clusterdns.dns.rdata import A
from clusterdns.plugin import Context, Next, Query, Reply
from clusterdns.testing.plugins import plugin_of
from clusterdns.testing.serving import serving
from clusterdns.transports.framing import Frames, framed
from testbed.wire import query

QUESTIONS = 1000


class Slow:
    """Answers names below `slow.` when it is let go, others at once."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def __call__(self, query: Query, _next: Next, _context: Context) -> Reply:
        if query.name.labels[-1] == b"slow":
            await self.go_on.wait()
        return Reply(answer=(RRset(query.name, 5, (A(b"\x0a\0\0\1"),)),))


def numbered(id: int, *, slow: int) -> bytes:
    return framed(id.to_bytes(2) + query("name.slow" if id == slow else "name.quick")[2:])


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("slow", [0, QUESTIONS // 2, QUESTIONS - 1], ids=["first", "in the middle", "last"])
async def test_no_head_of_line_wait(host: str, slow: int) -> None:
    plugin = Slow()
    async with serving(". {\n  whoami\n}\n", plugins=[plugin_of(plugin, inline=False)]) as server:
        reader, writer = await asyncio.open_connection(host, server.endpoint.port)
        frames, order = Frames(), list[int]()
        writer.write(b"".join(numbered(id, slow=slow) for id in range(QUESTIONS)))
        async with asyncio.timeout(5):
            while len(order) < QUESTIONS:
                frames.feed(await reader.read(65536))
                while (reply := frames.next()) is not None:
                    order.append(int.from_bytes(reply[:2]))
                if len(order) == QUESTIONS - 1:
                    plugin.go_on.set()
        writer.close()
        await writer.wait_closed()
    assert order[-1] == slow
    assert sorted(order) == list(range(QUESTIONS))
