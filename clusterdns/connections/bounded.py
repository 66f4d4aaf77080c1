"""Open connections, all or some of them idle: one place for the bounds of their number and their time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol

from clusterdns.connections.deadlines import Deadlines

__all__ = ["Connection", "Connections", "TimeOuts"]

SWEEP_SECONDS: Final = 1.0
"""How often connections are looked at for time-outs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOuts:
    """Seconds that a connection may be idle, that a message may take to come in, and that a client may take
    to read what it is sent.
    """

    idle: float
    reading: float
    stalled: float


class Connection(Protocol):
    """What is counted and closed here, told apart by identity."""

    def __hash__(self) -> int:
        """Identity."""
        ...

    @property
    def octets_held(self) -> int:
        """What it holds of the client's and for the client, in octets."""
        ...

    def close(self) -> None:
        """End it once what is written has left."""

    def abort(self) -> None:
        """End it at once."""

    def finish(self) -> None:
        """Take no more queries; close when those in flight are answered."""


class Connections:
    """Every open connection, and for each the one time-out that its state has.

    idle: it has nothing to do; reading: a message is incomplete; stalled: the client does not read.
    A connection with queries in flight has none. Neither has one more than `most` a place: the one that
    has been idle longest is closed for it, so a new client is not refused for the sake of idle ones.
    """

    def __init__(self, most: int, monotonic: Callable[[], float], *, seconds: TimeOuts) -> None:
        self.idle: Deadlines[Connection] = Deadlines(seconds.idle, monotonic)
        self.reading: Deadlines[Connection] = Deadlines(seconds.reading, monotonic)
        self.stalled: Deadlines[Connection] = Deadlines(seconds.stalled, monotonic)
        self.evicted = 0
        self._most = most
        self._open: set[Connection] = set()

    def add(self, connection: Connection) -> None:
        """Count a new connection as idle, and make room for it if there is none."""
        if len(self._open) >= self._most:
            self._evict(connection)
        self._open.add(connection)
        self.idle.arm(connection)

    def remove(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        self._open.discard(connection)
        for deadlines in (self.idle, self.reading, self.stalled):
            deadlines.disarm(connection)

    def end(self, connection: Connection) -> None:
        """Close a connection; it is cut if its client does not read what is left to be sent."""
        self.idle.disarm(connection)
        self.reading.disarm(connection)
        self.stalled.arm_once(connection)
        connection.close()

    def sweep(self) -> None:
        """Close whatever has had its time. To be called often: see `run`."""
        for connection in self.idle.pop_expired():
            self.end(connection)
        for deadlines in (self.reading, self.stalled):
            for connection in deadlines.pop_expired():
                connection.abort()

    async def run(self) -> NoReturn:
        """Sweep until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self.sweep()

    def finish(self) -> None:
        """Let every connection answer what it was asked and close."""
        for connection in self.all():
            connection.finish()

    def abort(self) -> None:
        """End every connection at once."""
        for connection in self.all():
            connection.abort()

    def all(self) -> tuple[Connection, ...]:
        """Every open connection."""
        return tuple(self._open)

    def __len__(self) -> int:
        return len(self._open)

    def _evict(self, newcomer: Connection) -> None:
        """Close the connection that has been idle longest; if all are busy, the one that makes no progress
        longest; if there is none either, the newcomer."""
        self.evicted += 1
        victim = self.idle.oldest() or self.reading.oldest() or self.stalled.oldest() or newcomer
        self.remove(victim)
        victim.abort()
