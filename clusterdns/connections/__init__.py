"""Accepting connections; how many there may be, and how long each may do nothing, whatever they speak."""

from clusterdns.connections.accepting import BACKLOG, Acceptor
from clusterdns.connections.bounded import Connection, Connections, TimeOuts

__all__ = ["BACKLOG", "Acceptor", "Connection", "Connections", "TimeOuts"]
