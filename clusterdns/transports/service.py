"""Who answers what a transport takes in: changed in one place, for sockets and open connections alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from clusterdns.plugin import Client

__all__ = ["Respond", "Service"]


class Respond(Protocol):
    """The responder, as a transport sees it."""

    def __call__(self, packet: bytes, client: Client, send: Callable[[bytes | None], None], /) -> None:
        """Answer `packet`; `send` is called exactly once, with None for a packet that gets no reply."""


@dataclass(slots=True)
class Service:
    """A listener's answers. `respond` is read anew for each packet, since it may be another one then."""

    respond: Respond
