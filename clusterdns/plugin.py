"""The contract between the server and its plugins: all that the author of a plugin has to read.

A plugin is a `Plugin`: a name, a function that reads its settings from the Corefile, and a function
that builds what works from them. What is built is usually a `Handler`; handlers of a server block form
a chain, in an order that is the same for every Corefile:

    async def __call__(self, query: Query, next: Next) -> Reply:
        reply = await next(query)          # or return a Reply of its own and never call next
        return reply                       # or a changed one: queries and replies are frozen

"Not mine" is `await next(query)`. Failure is an exception: `BackendFailure` for what a backend did,
anything else is a bug, answered SERVFAIL and logged with its traceback. Nobody writes to a socket.

What is built may also be an async context manager: it is entered when the configuration starts, in the
order of the chain, and left in reverse. `parse` and `build` have no side effects.
"""

import enum
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from clusterdns.corefile import Directive
from clusterdns.dns.constants import Flag, Rcode
from clusterdns.dns.edns import ExtendedError, ExtendedErrorCode
from clusterdns.dns.message import Message, Question, Section
from clusterdns.dns.name import Name
from clusterdns.dns.writer import MAX_MESSAGE_OCTETS
from clusterdns.rows import Noted

__all__ = [
    "API_VERSION",
    "BackendFailure",
    "Client",
    "Context",
    "Counts",
    "Handler",
    "Interface",
    "Lookup",
    "Next",
    "Part",
    "Plugin",
    "Query",
    "Reply",
    "Reuse",
    "Run",
    "Transport",
    "Varies",
]

API_VERSION: Final = 1
"""The version of this contract. A plugin made for another one is refused by name when it is found."""

FOREVER: Final = float("inf")

Settings = TypeVar("Settings")
T = TypeVar("T")


class Transport(enum.StrEnum):
    """The transport of a query."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"

    @property
    def proto(self) -> str:
        """Its name in logs and metrics: `udp` or `tcp`. As in CoreDNS the name of the listener tells that a
        query was encrypted: `tls://:853`."""
        return "udp" if self is Transport.UDP else "tcp"

    @property
    def is_encrypted(self) -> bool:
        """Whether nobody between client and server can read it."""
        return self is Transport.TLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Where a query came from and which address it asked. IPv4-mapped IPv6 addresses appear as IPv4."""

    address: str
    port: int
    transport: Transport
    local_address: str
    local_port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question on its way through a chain.

    `message` is what the client sent and `question` what is being answered, which a plugin may have
    changed. `zone` is the server block's zone that matched, `server` the listener (`dns://:53`),
    `noted` collects the rows that the reply is made from, `depth` counts nested look-ups.
    `most_octets` is how large the reply may be for this client: what makes thousands of records may stop
    behind those, with `Reply.truncated` set.
    """

    message: Message
    question: Question
    client: Client
    server: str
    zone: Name
    noted: Noted
    depth: int = 0
    most_octets: int = MAX_MESSAGE_OCTETS

    @property
    def name(self) -> Name:
        """The name asked for, as spelled."""
        return self.question.name

    @property
    def rtype(self) -> int:
        """The type asked for."""
        return self.question.rtype

    def asking(self, name: Name, rtype: int | None = None) -> "Query":
        """The same query with another question."""
        question = Question(name, self.rtype if rtype is None else rtype, self.question.rrclass)
        return replace(self, question=question)


class Varies(enum.Flag):
    """Properties of the client that a reply depends on, beside the packet itself; combined by `|`.

    CLIENT_CLASS: as parts of its block tell clients apart (`capabilities.ClassifiesClients`).
    """

    NOTHING = 0
    LOCAL_ADDRESS = enum.auto()
    CLIENT_CLASS = enum.auto()


class Counts(Protocol):
    """A number that replies add to, such as a series of a counter (`telemetry.families.Count`)."""

    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """How a reply may be remembered: `until` (on the context's monotonic clock, seconds), or until a row
    noted for it changes, whichever is first, and on what of the client it depends.

    counts_down: its TTLs become smaller by each second for which it is remembered.
    turns: its addresses may be given in another order to each who asks, any of them first.
    counted: to each of these 1 is added whenever the reply is given again, without asking the plugin.
    """

    until: float = FOREVER
    varies: Varies = Varies.NOTHING
    counts_down: bool = False
    turns: bool = False
    counted: tuple[Counts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, apart from what the server adds for each client: id, question, RD and CD, OPT, size.

    `reuse` is None for a reply that must never be remembered, which is what a plugin that does not
    think about it gets. `extended_errors` are sent to clients that speak EDNS (RFC 8914).
    """

    rcode: int = Rcode.NOERROR
    authoritative: bool = True
    answer: Section = ()
    authority: Section = ()
    additional: Section = ()
    truncated: bool = False
    recursion_available: bool = False
    authentic_data: bool = False
    extended_errors: tuple[ExtendedError, ...] = ()
    reuse: Reuse | None = None

    def counted_by(self, *counts: Counts) -> "Reply":
        """Add 1 to each of `counts`, now and whenever the reply that is returned is given from memory: for a
        counter that is to have every reply of its kind, whoever made it."""
        for count in counts:
            count.value += 1
        if self.reuse is None:
            return self
        return replace(self, reuse=replace(self.reuse, counted=self.reuse.counted + counts))

    @property
    def flags(self) -> int:
        """The header bits that the reply itself decides, QR among them."""
        return (
            Flag.QR.value
            | (Flag.AA.value if self.authoritative else 0)
            | (Flag.TC.value if self.truncated else 0)
            | (Flag.RA.value if self.recursion_available else 0)
            | (Flag.AD.value if self.authentic_data else 0)
        )


class BackendFailure(Exception):
    """The failure of something that an answer depends on. The client gets `rcode` and, over EDNS, the reason.

    `text` goes to the log. Clients see it only if there is an `extended_error`, unless `client_text` is to
    stand there instead, so say nothing secret in it.
    """

    def __init__(
        self,
        text: str,
        *,
        rcode: int = Rcode.SERVFAIL,
        extended_error: ExtendedErrorCode | None = None,
        client_text: str | None = None,
    ) -> None:
        super().__init__(text)
        self.rcode = rcode
        told = text if client_text is None else client_text
        self.extended_errors = () if extended_error is None else (ExtendedError(extended_error, told),)


Next: TypeAlias = Callable[[Query], Awaitable[Reply]]
"""The rest of the chain. After its last plugin stands one that raises `BackendFailure`."""


class Handler(Protocol):
    """A member of a chain, which answers, changes, observes or passes on queries."""

    async def __call__(self, query: Query, next: Next, /) -> Reply:
        """Answer `query`, or await `next(query)` and return what came back, perhaps changed.

        Raises:
            BackendFailure: something that the answer depends on did not work.
        """
        ...


Lookup: TypeAlias = Callable[[Query, Name, int], Awaitable[Reply]]
"""Ask the whole server for another name and type on behalf of a query, as for the target of a CNAME.
Bounded in depth: beyond it the look-up raises `BackendFailure`."""


Run: TypeAlias = Callable[[], Coroutine[Any, Any, object]]
"""What a plugin does beside answering: a coroutine function that goes on for ever."""


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface of this machine and its addresses, as text."""

    name: str
    addresses: tuple[str, ...]


class Part(NamedTuple):
    """The object that a plugin built: a handler, or anything else but None."""

    plugin: str
    built: object


class Context(Protocol):
    """The server as the plugin that it builds sees it."""

    @property
    def zones(self) -> tuple[Name, ...]:
        """The zones of the server block, in the order of its keys."""
        ...

    @property
    def generation(self) -> int:
        """The number of the configuration that is being built, from 1: each that follows has the next one."""
        ...

    @property
    def root(self) -> Path:
        """The folder that relative file names start from, as CoreDNS reads them."""
        ...

    @property
    def bound(self) -> tuple[str, ...]:
        """The addresses that the block is bound to; () if it listens on every address."""
        ...

    @property
    def lookup(self) -> Lookup:
        """The whole server, to ask for another name."""
        ...

    @property
    def servers(self) -> tuple[str, ...]:
        """The names of the block's listeners in logs and metrics (`dns://:53`), as in `Query.server`."""
        ...

    def time(self) -> float:
        """Unix time in seconds."""
        ...

    def monotonic(self) -> float:
        """The clock of `Reuse.until`, in seconds."""
        ...

    def interfaces(self) -> tuple[Interface, ...]:
        """This machine's network interfaces, read anew."""
        ...

    def shared(self, key: Hashable, make: Callable[[], T]) -> T:
        """The backend made for `key`, made now if no block asked for it yet.

        Blocks whose settings are equal share one table, one watch, one pool of sockets, and a configuration
        takes over from the one before it what has the same key. If what is made is an async context manager,
        it is entered before any plugin, and left after all when no configuration has it any more.
        """
        ...

    def background(self, name: str, run: Run) -> None:
        """Have `run` run beside the answering of queries, from when the plugin is entered until it is left.

        To be called in `build`. `run` goes on for ever: when it raises or returns, that is logged with the
        plugin's place and counted, `/ready` complains of `name`, and after a pause, which grows, `run` is
        called again. `name` is for people: `the list /etc/names`.
        """
        ...

    def provide(self, offer: object) -> None:
        """Offer `offer` to the other plugins of this block, by its type."""

    def require(self, kind: type[T]) -> T | None:
        """The first `kind` that a plugin of this block provides, None if none does; complete at the start."""
        ...

    def parts(self) -> tuple[Part, ...]:
        """The parts of this block's plugins, in the order of the chain; complete once plugins start."""
        ...

    def all_parts(self) -> tuple[Part, ...]:
        """The parts of all blocks of the server, for a plugin that reports on the whole of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin(Generic[Settings]):
    """A plugin, as its entry point in the group `clusterdns.plugins` gives it.

    name: what the Corefile calls it.
    help: one line.
    parse: from its directive to frozen settings; text only.
    build: from settings to a handler, to something else with a life cycle, or to None.
    before, after: the plugin that this one stands in front of or behind, for plugins that do not ship
        with the server; the shipped ones are in one list.
    inline: it never waits except in `next`, so it needs no task of its own. Plugins that wait say False.
    treats_alike: equal packets of an equal client class get equal replies from it. Otherwise no reply
        of a block that it stands in is remembered as a packet.
    any_class: it answers classes other than IN.
    """

    name: str
    help: str
    parse: Callable[[Directive], Settings]
    build: Callable[[Settings, Context], Handler | object | None]
    before: str | None = None
    after: str | None = None
    inline: bool = False
    treats_alike: bool = False
    any_class: bool = False
    api_version: int = API_VERSION


AnyPlugin: TypeAlias = Plugin[Any]
