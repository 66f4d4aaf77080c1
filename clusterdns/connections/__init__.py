"""How many connections there may be, and how long each of them may do nothing, whatever they speak."""

from clusterdns.connections.bounded import Connection, Connections, TimeOuts

__all__ = ["Connection", "Connections", "TimeOuts"]
