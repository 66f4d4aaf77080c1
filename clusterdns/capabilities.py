"""Capabilities: what a part, a backend or settings may offer beyond being called.

There is nothing to inherit from: having the method is enough, and every capability is asked for by
`isinstance` once, when a configuration is built or started.

    offered by          method                        used for
    part, backend       ready, readiness_may_end      the page of `ready`
    part, backend       complaints                    the text below it
    part, backend       lameduck, lameduck_seconds    the time between the request to stop and the stop
    part, backend       take_over                     the step in which its configuration begins to serve
    part, backend       check                         `clusterdns check`
    part, backend       permissions                   `clusterdns check --rbac`
    part                client_class                  telling clients apart whose replies differ
    part                on_hit, on_answer             queries of its block
    part, backend       on_rejection                  replies of the whole server that come from no chain
    part                tls_context                   new connections to its block over TLS
    settings            listen_on                     the addresses of its block
    settings            doubts                        warnings at start and of `check`
    settings            uncaught                      bugs that end the process

What observers of queries do happens on the path of the query, in the event loop's thread, once the reply has
left or is about to: they only count, or take note. What they raise is logged and counted as a bug.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from clusterdns.corefile import CorefileWarning
from clusterdns.dns.name import Name
from clusterdns.plugin import Client, Interface, Query, Reply, Transport

if TYPE_CHECKING:  # a server without encryption, or without a cluster, loads nothing of it
    import ssl

    from clusterdns.cluster.permissions import Rule

__all__ = [
    "Checkable",
    "ChoosesAddresses",
    "ClassifiesClients",
    "Clients",
    "Doubtful",
    "Encrypts",
    "EndsReadiness",
    "HasComplaints",
    "Hit",
    "Lameduck",
    "NeedsPermissions",
    "ObservesAnswers",
    "ObservesHits",
    "ObservesRejections",
    "OneClient",
    "Outline",
    "Ready",
    "Rejection",
    "TakesOver",
    "Uncaught",
]


@runtime_checkable
class Ready(Protocol):
    """A part or backend that may not be able to answer yet."""

    def ready(self) -> bool:
        """Whether it can answer. While it cannot, no queries should be sent to this server."""
        ...


@runtime_checkable
class EndsReadiness(Protocol):
    """A part or backend that may become unready again."""

    @property
    def readiness_may_end(self) -> bool:
        """Whether it must be asked again after it was ready once, monitored or not."""
        ...


@runtime_checkable
class HasComplaints(Protocol):
    """A part or backend whose data may be old or incomplete."""

    def complaints(self) -> tuple[str, ...]:
        """A line for each thing that is not up to date and since when; () if all is well.

        Complaints alone do not make the server unready: old answers are better than none.
        """
        ...


@runtime_checkable
class Lameduck(Protocol):
    """A part or backend that has something to do before the server stops. All do it at the same time."""

    @property
    def lameduck_seconds(self) -> float:
        """The longest time that it takes, in seconds."""
        ...

    async def lameduck(self) -> None:
        """Run it, up to its end; the server goes on answering meanwhile."""


@runtime_checkable
class TakesOver(Protocol):
    """A part or backend that replaces one of the configuration before, once its own begins to serve."""

    def take_over(self) -> None:
        """Take the other one's place, in the step that swaps them. It must neither raise nor wait."""


@runtime_checkable
class Checkable(Protocol):
    """A part or backend that can read its input to find out whether it could start."""

    def check(self) -> None:
        """Read the input and start nothing.

        Raises:
            CorefileError, CorefileErrors: it is missing or wrong.
        """


@runtime_checkable
class NeedsPermissions(Protocol):
    """A part or backend that sends requests to an API server."""

    def permissions(self) -> tuple[Rule, ...]:
        """All rules that it needs, as a ClusterRole has them."""
        ...


@runtime_checkable
class Encrypts(Protocol):
    """Has the certificate of its block's encrypted listeners (`tls`).

    Equal parts encrypt alike: blocks that share a listener have to, since a connection is encrypted before
    anything is asked on it.
    """

    def tls_context(self) -> ssl.SSLContext:
        """The TLS context of a new connection. Called for each of them, so that certificates can be
        renewed; it waits for nothing."""
        ...


@runtime_checkable
class ChoosesAddresses(Protocol):
    """Settings of a plugin that decide where its block listens (`bind`)."""

    def listen_on(self, interfaces: tuple[Interface, ...], /) -> tuple[str, ...]:
        """The addresses, as text.

        Raises:
            CorefileError: a word is neither an address nor an interface of this machine.
        """
        ...


@runtime_checkable
class Doubtful(Protocol):
    """Settings read from words that are legal but probably mistaken."""

    @property
    def doubts(self) -> tuple[CorefileWarning, ...]:
        """Warnings about them, each with its place."""
        ...


@runtime_checkable
class Uncaught(Protocol):
    """Settings of a plugin that may want bugs to end the process (`debug`)."""

    @property
    def uncaught(self) -> bool:
        """Whether a bug ends the process."""
        ...


@runtime_checkable
class ClassifiesClients(Protocol):
    """A part that answers clients of different classes differently (`acl`, `view`, `autopath`)."""

    def client_class(self, client: Client, /) -> Hashable:
        """The class of a client: clients of an equal one get equal replies to equal packets. Asked on the
        path of every query, in the event loop's thread, so it only looks up; of a bounded set of values."""
        ...


class Outline(NamedTuple):
    """The facts about a query and its reply that are known without decoding them."""

    rtype: int = 0
    dnssec_ok: bool = False
    rcode: int = 0


class Clients(Protocol):
    """The clients of packets that came together, by number. Each is made when it is asked for."""

    @property
    def transport(self) -> Transport:
        """The transport of all of them."""
        ...

    def client(self, number: int, /) -> Client:
        """The client of one packet."""
        ...

    def is_ipv6(self, number: int, /) -> bool:
        """Whether the packet came over IPv6."""
        ...


class OneClient(NamedTuple):
    """The client of a packet that came alone, under every number."""

    one: Client

    @property
    def transport(self) -> Transport:
        """Its transport."""
        return self.one.transport

    def client(self, _number: int, /) -> Client:
        """The client."""
        return self.one

    def is_ipv6(self, _number: int, /) -> bool:
        """Whether the packet came over IPv6."""
        return ":" in self.one.address


class Hit(NamedTuple):
    """A query that was answered from memory: both packets whole, and their outline.

    Its client is number `number` of `clients`. `client` is made anew at each reading; `transport` and
    `is_ipv6` cost less.
    """

    clients: Clients
    number: int
    server: str
    zone: Name
    request: bytes
    reply: bytes
    outline: Outline

    @property
    def client(self) -> Client:
        """The client that asked."""
        return self.clients.client(self.number)

    @property
    def transport(self) -> Transport:
        """The transport of the query."""
        return self.clients.transport

    @property
    def is_ipv6(self) -> bool:
        """Whether the query came over IPv6."""
        return self.clients.is_ipv6(self.number)


class Rejection(NamedTuple):
    """A query that was answered without asking a chain, or whose chain has a bug: both packets whole."""

    client: Client
    server: str
    request: bytes
    reply: bytes


@runtime_checkable
class ObservesHits(Protocol):
    """A part that is called for queries which the packet cache answers, and not the chain."""

    def on_hit(self, hit: Hit) -> None:
        """Observe one hit. Decode nothing before it is needed."""
        ...


@runtime_checkable
class ObservesAnswers(Protocol):
    """A part that is called for queries which the chain has answered, or has failed to."""

    def on_answer(self, query: Query, reply: Reply, *, request: bytes, octets: bytes, seconds: float) -> None:
        """Observe a query, its reply, both as packets, and the time it took. Bugs are rejections instead."""
        ...


@runtime_checkable
class ObservesRejections(Protocol):
    """A part or backend that is called for replies which come from no chain."""

    def on_rejection(self, rejection: Rejection) -> None:
        """Observe one: malformed, refused, not implemented, or SERVFAIL for a bug."""
        ...
