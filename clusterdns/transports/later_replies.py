"""Replies over UDP that were not there when their batch was sent: they leave together, in the next turn."""

import asyncio
from collections.abc import Callable

from clusterdns.transports.mmsg import CONTROL_ROOM, SLOTS, Slots

__all__ = ["LaterReplies"]


class LaterReplies:
    """Collects replies in `slots`, and has `send` called with these, the first one and the one behind the
    last: in a turn of the running loop after the first of them came, or as soon as all slots are full."""

    def __init__(self, slots: Slots, send: Callable[[Slots, int, int], None]) -> None:
        self._slots = slots
        self._send = send
        self._count = 0

    def put(self, reply: bytes, *, name: bytes, control: bytes) -> None:
        """Have `reply` sent to a socket address, with a control message; empty is none."""
        if not self._count:
            asyncio.get_running_loop().call_soon(self.send)
        number, slots = self._count, self._slots
        slots.put(number, reply)
        slots.names[number * len(name) : (number + 1) * len(name)] = name
        slots.control[number * CONTROL_ROOM : number * CONTROL_ROOM + len(control)] = control
        slots.control_lengths[number] = len(control)
        self._count += 1
        if self._count == SLOTS:
            self.send()

    def send(self) -> None:
        """Send what there is."""
        count, self._count = self._count, 0
        if count:
            self._send(self._slots, 0, count)
