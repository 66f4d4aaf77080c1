"""The hostile client: dear questions, bursts of connections, connections that say nothing, malformed HTTP.

Prints what it met as a line of JSON.
"""

import argparse
import asyncio
import json
import os
import socket
import time
from collections.abc import Awaitable, Callable, Container, Iterator
from functools import partial
from typing import Final, TypeAlias

from bench.hostile.questions import DEAR, spelled
from bench.hostile.rates import (
    BURST,
    BURST_SECONDS,
    BURSTS,
    MALFORMED,
    MALFORMED_REQUESTS,
    MUTE,
    MUTE_CONNECTIONS,
    MUTE_RATE,
    PARTS,
    QUESTIONS,
    QUESTIONS_ASKED,
)
from clusterdns.transports.framing import framed
from testbed.wire import query

NICENESS: Final = 5
PATIENCE_SECONDS: Final = 5.0
SMALL: Final = framed(query("dns-version.cluster.local"))
BROKEN: Final = (
    b"GET /metrics HTTP/1.1\r\nHost\r\n\r\n",
    b"\x00\xff\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"POST /ready HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    b"GET /ready HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
)
"""Requests that are none."""


Act: TypeAlias = Callable[[int], Awaitable[None]]


class HostileClient:
    """refused: connections of bursts without an answer. slowest: seconds of the slowest of the others."""

    def __init__(self, port: int, *, tls_port: int, page_port: int) -> None:
        self._port = port
        self._tls_port = tls_port
        self._page_port = page_port
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.setblocking(False)
        self._datagrams.connect(("127.0.0.1", port))
        self._mute: list[asyncio.StreamWriter] = []
        self.done: dict[str, int] = {}
        self.refused = 0
        self.slowest = 0.0
        self.most_mute = 0

    async def ask(self, packet: bytes, turn: int) -> None:
        """Send one dear question over UDP, and do not read the reply."""
        try:
            self._datagrams.send(spelled(packet, turn))
            while True:
                self._datagrams.recv(65535)
        except OSError:
            pass  # nothing there, nothing sent: both are the server's to worry about

    async def ask_over_tcp(self, packet: bytes, turn: int) -> None:
        await self._exchange(self._port, framed(spelled(packet, turn)))

    async def burst(self, turn: int) -> None:
        """Many connections at once, with a question on each."""
        del turn
        took = await asyncio.gather(*(self._timed() for _ in range(BURST)))
        self.refused += sum(one is None for one in took)
        self.slowest = max(self.slowest, *(one or 0.0 for one in took))

    async def be_mute(self, turn: int) -> None:
        """One more connection that never begins TLS; if there are many, the oldest one is closed."""
        del turn
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                _, writer = await asyncio.open_connection("127.0.0.1", self._tls_port)
        except (OSError, TimeoutError):
            return
        self._mute = (
            [one for one in self._mute if not one.is_closing()] if len(self._mute) >= MUTE else self._mute
        )
        self._mute.append(writer)
        self.most_mute = max(self.most_mute, len(self._mute))
        if len(self._mute) > MUTE:
            self._mute.pop(0).close()

    async def be_malformed(self, turn: int) -> None:
        await self._exchange(self._page_port, BROKEN[turn % len(BROKEN)])

    async def _timed(self) -> float | None:
        began = time.perf_counter()
        reply = await self._exchange(self._port, SMALL)
        return time.perf_counter() - began if reply else None

    async def _exchange(self, port: int, octets: bytes) -> bytes:
        """Send octets, and return the first ones that come back; b"" for none."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                try:
                    writer.write(octets)
                    return await reader.read(65536)
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return b""

    async def repeat(self, name: str, rate: float, act: Act, *, share: float) -> None:
        """Act so many times a second, without waiting for what comes of it, the first time after a share of
        the pause."""
        acting: set[asyncio.Future[None]] = set()
        await asyncio.sleep(share / rate)
        due = time.perf_counter()
        while True:
            turn = self.done[name] = self.done.get(name, 0) + 1
            task = asyncio.ensure_future(act(turn))
            acting.add(task)
            task.add_done_callback(acting.discard)
            due = max(due + 1 / rate, time.perf_counter())
            await asyncio.sleep(due - time.perf_counter())

    def jobs(self, parts: Container[str]) -> Iterator[tuple[str, float, Act]]:
        """The actions: name, times a second, and function."""
        if BURSTS in parts:
            yield "bursts", 1 / BURST_SECONDS, self.burst
        if MUTE_CONNECTIONS in parts:
            yield "mute connections", MUTE_RATE, self.be_mute
        if MALFORMED_REQUESTS in parts:
            yield "malformed requests", MALFORMED, self.be_malformed
        for packet in DEAR.values() if QUESTIONS_ASKED in parts else ():
            yield "dear questions", QUESTIONS, partial(self.ask, packet)
            yield "dear questions", QUESTIONS, partial(self.ask_over_tcp, packet)

    async def run(self, parts: Container[str], *, seconds: float) -> None:
        """Be hostile for so long."""
        jobs = list(self.jobs(parts))
        tasks = [asyncio.create_task(self.repeat(*job, share=at / len(jobs))) for at, job in enumerate(jobs)]
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.hostile.client", description=__doc__)
    for name in ("--port", "--tls-port", "--page-port"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--parts", nargs="*", default=PARTS)
    options = parser.parse_args()
    os.nice(NICENESS)
    client = HostileClient(options.port, tls_port=options.tls_port, page_port=options.page_port)
    asyncio.run(client.run(options.parts, seconds=options.seconds))
    found = {"refused": client.refused, "slowest": client.slowest, "mute": client.most_mute, **client.done}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
