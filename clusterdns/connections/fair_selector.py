"""The selector of an event loop whose turns end, however many clients want something at the same time."""

import math
import os
import select
import selectors
import socket
from typing import Any, Final

__all__ = ["MOST_EVENTS", "FairSelector"]

MOST_EVENTS: Final = 32
"""Sockets that one turn of the loop attends to: at 100 µs each, 3 ms. The others wait for the next turn."""

Events = list[tuple[selectors.SelectorKey, int]]


class FairSelector(selectors.EpollSelector):
    """The standard library's for Linux, which gives `MOST_EVENTS` events at once and not all that there are.

    Sockets for datagrams are looked at in each turn: one of them has the queries of all clients. To be known
    they are registered as socket objects.
    """

    def __init__(self) -> None:
        super().__init__()
        self._same = select.epoll.fromfd(os.dup(self.fileno()))  # the base class hides its own object
        self._datagrams = select.poll()
        self._keys: dict[int, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """As the base class."""
        key = super().register(fileobj, events, data)
        self._keys[key.fd] = key
        if _has_datagrams(fileobj):
            self._datagrams.register(key.fd, select.POLLIN)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """As the base class."""
        key = super().unregister(fileobj)
        del self._keys[key.fd]
        if _has_datagrams(key.fileobj):
            self._datagrams.unregister(key.fd)
        return key

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """As the base class."""
        key = super().modify(fileobj, events, data)
        self._keys[key.fd] = key
        return key

    def select(self, timeout: float | None = None) -> Events:
        """As the base class, but for the number of events. The kernel takes turns among what is ready."""
        try:
            ready = dict(self._same.poll(_rounded(timeout), MOST_EVENTS))
        except InterruptedError:
            return []
        if len(ready) == MOST_EVENTS:
            ready.update(dict.fromkeys((fd for fd, _ in self._datagrams.poll(0)), select.EPOLLIN))
        known = ((self._keys.get(fd), event) for fd, event in ready.items())
        return [(key, _wanted(event, key)) for key, event in known if key is not None]

    def close(self) -> None:
        """As the base class."""
        self._same.close()
        super().close()


def _has_datagrams(fileobj: object) -> bool:
    return isinstance(fileobj, socket.socket) and fileobj.type is socket.SOCK_DGRAM


def _wanted(event: int, key: selectors.SelectorKey) -> int:
    """The events of `event` that `key` waits for; errors and hang-ups count for readers and writers alike."""
    reads = selectors.EVENT_READ if event & ~select.EPOLLOUT else 0
    writes = selectors.EVENT_WRITE if event & ~select.EPOLLIN else 0
    return (reads | writes) & key.events


def _rounded(timeout: float | None) -> float:
    """Seconds, rounded up to what epoll_wait(2) can tell apart; for ever is -1."""
    if timeout is None:
        return -1
    return math.ceil(max(0.0, timeout) * 1e3) * 1e-3
