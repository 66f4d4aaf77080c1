"""Open connections, all or some of them idle: one place for the bounds of their number and their time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Final, NoReturn, Protocol

from clusterdns.connections.clients import Clients, OfClient
from clusterdns.connections.deadlines import Deadlines

__all__ = ["Connection", "Connections", "TimeOuts"]

SWEEP_SECONDS: Final = 1.0
"""How often connections are looked at for time-outs."""

MOST_SWEPT: Final = 32
"""Connections of each kind that are closed in one turn of the event loop."""

MOST_LOOKED_AT: Final = 16
"""Connections of one client among which one is searched that can be ended, when room must be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOuts:
    """Seconds that a connection may be idle, that a message may take to come in, and that a client may take
    to read what it is sent.
    """

    idle: float
    reading: float
    stalled: float


class Connection(OfClient, Protocol):
    """A connection that `Connections` counts and closes. Compared by identity."""

    @property
    def is_silent(self) -> bool:
        """Whether its client has not sent anything yet."""
        ...

    @property
    def octets_held(self) -> int:
        """Octets in memory for this connection: received and unanswered, or written and not sent."""
        ...

    def close(self) -> None:
        """End it once what is written has left."""

    def abort(self) -> None:
        """End it at once."""

    def finish(self) -> None:
        """Take no more queries; close when those in flight are answered."""


class Connections:
    """Every open connection, and for each the one time-out that its state has.

    idle: it has nothing to do; reading: a message, or the agreement upon TLS, is incomplete; stalled: the
    client does not read. A connection with queries in flight has none.

    One more than `most` has a place, too: room is made by a client that has the most connections, which loses
    one that has sent nothing yet, or else the one that has been idle longest. So no client is refused for the
    sake of idle connections, and one that opens many takes no place of those that open few.
    """

    def __init__(self, most: int, monotonic: Callable[[], float], *, seconds: TimeOuts) -> None:
        self._clients: Clients[Connection] = Clients()
        self.idle: Deadlines[Connection] = Deadlines(seconds.idle, monotonic, on_arm=self._clients.renew)
        self.reading: Deadlines[Connection] = Deadlines(seconds.reading, monotonic)
        self.stalled: Deadlines[Connection] = Deadlines(seconds.stalled, monotonic)
        self.evicted = 0
        self._most = most

    def open(self, opening: Connection) -> None:
        """Count what has been accepted and is to become a connection, until that is added and this removed.
        Make room for it if there is none."""
        self._clients.add(opening)
        self.reading.arm(opening)
        self._keep_bound(opening)

    def add(self, connection: Connection) -> None:
        """Count a connection as idle. Make room for it if there is none."""
        self._clients.add(connection)
        self.idle.arm(connection)
        self._keep_bound(connection)

    def remove(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        self._clients.remove(connection)
        for deadlines in (self.idle, self.reading, self.stalled):
            deadlines.disarm(connection)

    def end(self, connection: Connection) -> None:
        """Close a connection; it is cut if its client does not read what is left to be sent."""
        self.idle.disarm(connection)
        self.reading.disarm(connection)
        self.stalled.arm_once(connection)
        connection.close()

    def sweep(self) -> bool:
        """Close what has had its time, `MOST_SWEPT` of each kind at once; whether there may be more. To be
        called often: see `run`."""
        swept: list[int] = []
        for deadlines, end in ((self.idle, self.end), (self.reading, _abort), (self.stalled, _abort)):
            expired = list(islice(deadlines.pop_expired(), MOST_SWEPT))
            for connection in expired:
                end(connection)
            swept.append(len(expired))
        return max(swept) == MOST_SWEPT

    async def run(self) -> NoReturn:
        """Sweep until cancelled, others having their turn in between."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            while self.sweep():  # noqa: ASYNC110 - that it is over is no event
                await asyncio.sleep(0)

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
        return tuple(self._clients)

    def make_room(self, places: int) -> int:
        """End up to `places` connections that wait for their client; return how many were ended."""
        for made in range(places):
            victim = self._waiting_of_heaviest()
            if victim is None:
                return made
            self._evict(victim)
        return places

    def __len__(self) -> int:
        return len(self._clients)

    def _keep_bound(self, newcomer: Connection) -> None:
        if len(self._clients) > self._most:
            self._evict(self._victim(newcomer))

    def _victim(self, newcomer: Connection) -> Connection:
        """The connection to end for `newcomer`: the longest idle of a client that has the most. If
        all that are looked at are busy, it is the newcomer, or one of them if its client has fewer."""
        waiting = self._waiting_of_heaviest(but=newcomer)
        if waiting is not None:
            return waiting
        heaviest = self._clients.heaviest()
        return newcomer if newcomer in heaviest else next(iter(heaviest))

    def _waiting_of_heaviest(self, *, but: Connection | None = None) -> Connection | None:
        looked_at = islice(self._clients.heaviest(), MOST_LOOKED_AT)
        waiting = [one for one in looked_at if one is not but and self._waits(one)]
        return next((one for one in waiting if one.is_silent), waiting[0] if waiting else None)

    def _waits(self, connection: Connection) -> bool:
        return connection in self.idle or connection in self.reading or connection in self.stalled

    def _evict(self, victim: Connection) -> None:
        self.evicted += 1
        self.remove(victim)
        victim.abort()


def _abort(connection: Connection) -> None:
    connection.abort()
