"""Who answers what a transport takes in: changed in one place, for sockets and open connections alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from clusterdns.answering.sending import Send
from clusterdns.plugin import Client

if TYPE_CHECKING:  # a server without encryption does not load it
    import ssl

__all__ = ["Respond", "Service", "unencrypted"]


class Respond(Protocol):
    """The responder, as a transport sees it."""

    def __call__(self, packet: bytes, client: Client, send: Send, /) -> None:
        """Answer `packet` by calls of `send`: one, with None for a packet that gets no reply, or several,
        of which only the last one has `last`."""


def unencrypted() -> ssl.SSLContext | None:
    """What connections in plain text are encrypted with."""
    return None


@dataclass(slots=True)
class Service:
    """A listener's answers. `respond` is read anew for each packet, since it may be another one then, and
    `tls`, which encrypts, is asked for each new connection."""

    respond: Respond
    tls: Callable[[], ssl.SSLContext | None] = unencrypted
