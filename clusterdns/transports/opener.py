"""The interface of every transport: a row of the table, and a listener once it is open."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from clusterdns.plugin import Transport
from clusterdns.telemetry.counters import Counters
from clusterdns.transports.connections import Connections
from clusterdns.transports.service import ListenerService

__all__ = ["Opener", "Resources", "SocketListener"]


class SocketListener(Protocol):
    """Takes queries from one bound socket, which is its own from now on."""

    def start(self) -> None:
        """Begin to take queries, in call-backs of the running loop."""

    def stop(self) -> None:
        """Take no more than have come; what is still being answered can be sent until `close`."""

    def finish(self) -> None:
        """Let connections to here end once what came over them is answered."""

    def close(self) -> None:
        """Close the socket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """The objects that a listener needs beside its socket.

    service: who answers. connections: those of the whole server, and their bounds. on_memory_error: called
    for each query that is not answered for want of memory.
    """

    service: ListenerService
    connections: Connections
    counters: Counters
    on_memory_error: Callable[[], None]


class Opener(NamedTuple):
    """A transport: its name in queries, the kind of its socket, and the function that serves it."""

    transport: Transport
    kind: socket.SocketKind
    open: Callable[[socket.socket, Resources], SocketListener]
