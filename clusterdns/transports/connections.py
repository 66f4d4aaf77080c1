"""The connections of DNS over TCP."""

from collections.abc import Callable
from typing import Final

from clusterdns import connections
from clusterdns.transports.turn import TurnBudget

__all__ = ["IDLE_SECONDS", "READ_SECONDS", "WRITE_SECONDS", "Connections"]

IDLE_SECONDS: Final = 10.0
"""A connection on which nothing is asked is closed after this (CoreDNS, Knot: the same)."""

READ_SECONDS: Final = 3.0
"""A message that has begun must be complete after this (CoreDNS: the same)."""

WRITE_SECONDS: Final = 5.0
"""A client that does not read its replies is cut off after this (CoreDNS: the same)."""

SECONDS: Final = connections.TimeOuts(idle=IDLE_SECONDS, reading=READ_SECONDS, stalled=WRITE_SECONDS)


class Connections(connections.Connections):
    """The connections of all listeners of a server. `turn`: their time in a turn of the loop."""

    def __init__(self, most: int, monotonic: Callable[[], float], *, turn: TurnBudget | None = None) -> None:
        super().__init__(most, monotonic, seconds=SECONDS)
        self.turn = turn or TurnBudget()
