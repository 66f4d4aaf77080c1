"""The responder behind a listener: changed in one place, for sockets and open connections alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from clusterdns.answering.sending import Send
from clusterdns.capabilities import Clients
from clusterdns.plugin import Client

if TYPE_CHECKING:  # a server without encryption does not load it
    import ssl

__all__ = ["ListenerService", "Recall", "Respond", "nothing_remembered", "unencrypted"]


class Respond(Protocol):
    """The responder, as a transport sees it."""

    def __call__(self, packet: bytes, client: Client, send: Send, /) -> None:
        """Answer `packet` by calls of `send`: one, with None for a packet that gets no reply, or several,
        of which only the last one has `last`."""


class Recall(Protocol):
    """The memory of the responder, as a transport of datagrams sees it."""

    def __call__(self, packet: bytes, clients: Clients, number: int, /) -> bytes | None:
        """The reply to `packet`, if it is known without asking for its client, which is that number of
        `clients`. Otherwise it is to be answered like any other."""


def nothing_remembered(_packet: bytes, _clients: Clients, _number: int, /) -> None:
    """A memory that knows no packet."""


def unencrypted() -> ssl.SSLContext | None:
    """The TLS context of connections in plain text: None."""
    return None


@dataclass(slots=True)
class ListenerService:
    """A listener's answers. `respond` and `recall` are read anew for each packet, or batch of packets, since
    they may be others then, and `tls`, which encrypts, is asked for each new connection."""

    respond: Respond
    tls: Callable[[], ssl.SSLContext | None] = unencrypted
    recall: Recall = nothing_remembered
