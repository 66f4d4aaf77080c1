"""Replies of many messages that wait until their client has read enough."""

import asyncio
from collections import deque

__all__ = ["Room"]


class Room:
    """Senders that wait for room in one connection, in the order in which they came.

    One of them goes on at a time, sends one message, and waits behind the others: so what a client can make
    the server hold is one message more, however many replies it has asked for.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits."""
        return bool(self._waiting)

    def wait(self) -> asyncio.Future[None]:
        """A future that is done when the sender may go on, or when the connection has ended."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        return turn

    def give(self) -> None:
        """Let the one go on that has waited longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # else its sender was cancelled
                turn.set_result(None)
                return

    def give_up(self) -> None:
        """Let all go on: the connection has ended, which they learn when they send."""
        while self._waiting:
            self.give()
