"""Watching queries without standing in their way: capabilities of what plugins build.

    from the packet cache   ─▶ on_hit         parts of the block that made the reply
    from the chain          ─▶ on_answer      parts of the block
    before any chain        ─▶ on_rejection   parts of all blocks, and shared backends

Each is called on the path of the query, in the event loop's thread, once the reply has left: it only
counts, or takes note. There is nothing to inherit from; having the method is enough. What it raises is
logged and counted as a bug.
"""

from typing import NamedTuple, Protocol, runtime_checkable

from clusterdns.dns.name import Name
from clusterdns.plugin import Client, Query, Reply

__all__ = ["Hit", "ObservesAnswers", "ObservesHits", "ObservesRejections", "Outline", "Rejection"]


class Outline(NamedTuple):
    """What is worth knowing of a query and its reply without decoding them."""

    rtype: int = 0
    dnssec_ok: bool = False
    rcode: int = 0


class Hit(NamedTuple):
    """A query that was answered from memory: both packets whole, and what they are about."""

    client: Client
    server: str
    zone: Name
    request: bytes
    reply: bytes
    outline: Outline


class Rejection(NamedTuple):
    """A query that was answered without asking a chain, or whose chain has a bug: both packets whole."""

    client: Client
    server: str
    request: bytes
    reply: bytes


@runtime_checkable
class ObservesHits(Protocol):
    """A part that must be told of queries that never reach its chain."""

    def on_hit(self, hit: Hit) -> None:
        """See one hit: decode nothing before it is needed."""
        ...


@runtime_checkable
class ObservesAnswers(Protocol):
    """A part that must be told of queries that the chain has answered, or has failed to."""

    def on_answer(self, query: Query, reply: Reply, *, request: bytes, octets: bytes, seconds: float) -> None:
        """See a query and its reply, as packets too, and how long it took. Bugs are rejections instead."""
        ...


@runtime_checkable
class ObservesRejections(Protocol):
    """A part that must be told of replies that come from no chain."""

    def on_rejection(self, rejection: Rejection) -> None:
        """See one: malformed, refused, not implemented, or SERVFAIL for a bug."""
        ...
