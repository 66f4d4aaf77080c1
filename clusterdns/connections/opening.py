"""A connection between its acceptance and its protocol: with TLS, the time that its client takes to agree."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

from clusterdns.connections.unread import has_unread

__all__ = ["Handover", "Opening"]


class Opening:
    """An accepted socket that is being opened by a task, counted like any connection.

    Ending it in whatever way ends the task, which closes the socket unless a protocol has it by then.
    `has_begun` is set once something was read from it.
    """

    def __init__(self, accepted: socket.socket, client: str) -> None:
        self.client = client
        self.octets_held = 0
        self.has_begun = False
        self._socket = accepted
        self._task: asyncio.Task[Any] | None = None
        self._is_over = False

    def start(self, opens: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        """Open it by `opens`, in a task; None if it was ended already."""
        if self._is_over:
            opens.close()
            return None
        task = self._task = asyncio.get_running_loop().create_task(opens)
        return task

    @property
    def is_silent(self) -> bool:
        """Whether its client has not sent anything yet."""
        return not self.has_begun and not has_unread(self._socket)

    def begin(self) -> None:
        """Note that its client has sent something."""
        self.has_begun = True

    def close(self) -> None:
        """End it at once: nothing of what was asked can have come."""
        self.abort()

    def abort(self) -> None:
        """End it at once."""
        self._is_over = True
        if self._task is None:
            self._socket.close()
        else:
            self._task.cancel()

    def finish(self) -> None:
        """Do nothing: it may hold a query already, and is ended with the other connections."""

    def end(self) -> None:
        """Forget the task, which has ended: its error refers back to this object."""
        self._task = None


class Handover(asyncio.Protocol):
    """Stands in for the protocol that `make` gives, until there is a transport for it.

    So a connection that comes to nothing has cost no protocol.
    """

    def __init__(self, make: Callable[[], asyncio.BaseProtocol]) -> None:
        self._make = make

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand `transport` over."""
        protocol = self._make()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
