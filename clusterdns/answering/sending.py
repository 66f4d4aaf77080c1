"""The function that sends a reply: a transport hands one to the responder with every packet."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeAlias

__all__ = ["Send", "SendOnce"]

SendOnce: TypeAlias = Callable[[bytes | None], object]
"""Sends the one message that answers a packet, or None for no reply. Every `Send` is one."""


class Send(Protocol):
    """Sends what answers one packet.

        send(reply)                                  # a reply of one message
        send(None)                                   # no reply at all

        for message in first, second:                # a reply that is a stream, such as a zone transfer
            room = send(message, last=False)
            if room is not None:
                await room
        send(third)

    It is called with `last` exactly once for each packet, and never after that. Until then the query counts
    as one that is in flight. A client that reads fast leaves nothing to wait for, so whoever makes many
    messages yields to the event loop between them (`asyncio.sleep(0)`).
    """

    def __call__(self, octets: bytes | None, /, *, last: bool = True) -> asyncio.Future[None] | None:
        """Send one message. What is returned for one that is not the last is to be awaited before the next
        one is sent, None if there is nothing to wait for. It is done, too, when the client has gone.

        Raises:
            ConnectionAbortedError: the client has gone; only for a message that is not the last.
            RuntimeError: the reply is a datagram, which is one message; likewise.
        """
        ...
