"""A server block without a server: build its plugins from Corefile text, and ask them.

async with running(". { whoami }", whoami) as chain:
    reply = await chain.ask("example.org", "A")
assert lines(reply.additional) == ["example.org. 0 IN A 10.244.9.9", ...]

The server's own code reads the text, builds, enters and composes, so plugins meet here what they meet there.
Mistakes that would be silent there raise `Mistake` here: see `running`.
"""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from clusterdns.answering.chain import Link, NotAReply, compose, culprit_of
from clusterdns.answering.origin import Origin, Reminder
from clusterdns.answering.router import Router
from clusterdns.capabilities import TakesOver
from clusterdns.configuration.settings import BlockSettings, load
from clusterdns.corefile import Problems
from clusterdns.dns.constants import Opcode, Rcode, rcode_text
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import ROOT, Name
from clusterdns.dns.text import parse_type
from clusterdns.dns.writer import largest_reply
from clusterdns.plugin import AnyPlugin, Client, Next, Plugin, Query, Reply, Transport
from clusterdns.rows import Noted
from clusterdns.server.backends import Backends, Lease, Owned
from clusterdns.server.building import block_of, build_plugins
from clusterdns.server.entering import enter_owned
from clusterdns.server.lookups import Lookups
from clusterdns.testing.chain_context import ChainContext
from clusterdns.testing.contexts import FakeContext, fake_client, no_lookup
from clusterdns.testing.hold_ups import HoldUps
from clusterdns.testing.mistakes import Mistake, raise_any
from clusterdns.testing.remembering import Remembered, check_ends
from clusterdns.testing.serving import PluginSet
from clusterdns.testing.tasks import TaskWatch

__all__ = ["Chain", "lines", "outcome", "running"]

QUERY_ID: Final = 1

TEST: Final = Origin("the test")


def nothing() -> Iterable[str]:
    """No mistakes: for a chain that nobody watches."""
    return ()


@dataclass(slots=True)
class Chain:
    """A chain that runs. `asked` came out at its end; `noted` are the rows of the last question.

    reached: the last plugin that the last question came to. remembers: whether the server would remember
    replies of this block. held_up: tells of plugins that held the event loop up.
    """

    head: Next
    zone: Name
    context: FakeContext
    asked: list[Query] = field(default_factory=list)
    noted: Noted = field(default_factory=Noted)
    reached: Origin = TEST
    remembers: bool = False
    held_up: Callable[[], Iterable[str]] = nothing
    _remembered: Remembered = field(default_factory=Remembered)
    _last: tuple[Query, Reply] | None = None

    async def ask(self, name: str, rtype: str | int = "A", *, client: Client | None = None) -> Reply:
        """The reply to a question of class IN.

        Raises:
            BackendFailure: as the plugins raise it; the one at the end of the chain does so always.
            Mistake: a handler returned no reply, or held the event loop up; or the reply is not the one
                that the server would still remember.
        """
        query = self._query(name, rtype, client or fake_client())
        self.noted = query.noted
        try:
            reply = await self.head(query)
        except NotAReply as error:
            raise Mistake(f"{culprit_of(error) or TEST}: {error}") from error
        self._last = query, reply
        raise_any(self.held_up())
        if self.remembers:
            raise_any(self._remembered.mistakes(query, reply, self.reached))
        return reply

    def check_reuse(self) -> None:
        """For plugins whose data change: something has to end the last reply, if it may be remembered.

        Raises:
            Mistake: no row was noted for it, and it says no time.
        """
        if self._last is not None:
            raise_any(check_ends(*self._last, self.reached))

    def _query(self, name: str, rtype: str | int, client: Client) -> Query:
        number = parse_type(rtype) if isinstance(rtype, str) else rtype
        if number is None:
            raise ValueError(f"{rtype!r} is no record type")
        question = Question(Name.from_text(name), number)
        message = Message(id=QUERY_ID, opcode=Opcode.QUERY, question=(question,))
        return Query(
            message=message,
            question=question,
            client=client,
            server=self.context.servers[0],
            zone=self.zone,
            noted=Noted(),
            most_octets=largest_reply(message, datagram=client.transport is Transport.UDP),
        )


@asynccontextmanager
async def running(
    corefile: str, *plugins: AnyPlugin, context: FakeContext | None = None, end: Next | None = None
) -> AsyncGenerator[Chain]:
    """The chain of the one server block in `corefile`; `plugins` are those it may name.

    Each part that is an async context manager is entered. `end` stands behind the last plugin;
    without it that place raises. Zones of the context, unless given, are the block's; its look-ups, unless
    given, go through the block, as the server's do.

    Raises:
        CorefileErrors: as a server raises them: settings that are wrong, a plugin that has no place in the
            chain, or that cannot be built or started.
        Mistake: a plugin held the event loop up for more than 0.1 s in one step (that it computed or waited;
            not that the machine was busy); when the block is left, a task that it made still runs, or died
            unnoticed, or its background work is broken. Not raised if the block raises something itself.
    """
    (settings,) = load(
        corefile, file="Corefile", registry=PluginSet(plugins, installed=False), environ={}
    ).blocks
    given = context or FakeContext()
    fake = replace(given, zones=given.zones or settings.zones, built=list(given.built))
    with TaskWatch() as tasks, HoldUps(task_origin=tasks.current_origin) as hold_ups:
        built = _Built(settings, fake, end)
        built.chain.held_up = hold_ups.mistakes
        async with built.entered():
            yield built.chain
        raise_any([*hold_ups.mistakes(), *await tasks.mistakes(), *built.broken_works()])


class _Built:
    """A block that was built, and the chain that its plugins make with what the test puts in between."""

    def __init__(self, settings: BlockSettings, fake: FakeContext, end: Next | None) -> None:
        self._lease = Lease(Backends({}), fake.generation)
        self._owned = list[Owned]()
        self._reminder = Reminder()
        lookups, problems = Lookups(), Problems()
        context = partial(
            ChainContext,
            fake=fake,
            zones=fake.zones,
            root=fake.root,
            bound=fake.bound,
            servers=fake.servers,
            lookup=lookups.lookup if fake.lookup is no_lookup else fake.lookup,
            backends=self._lease,
            everything=[*fake.built, *fake.others],
            owned=self._owned,
            built=fake.built,
            offers=fake.offers,
        )
        with self._reminder:
            built = build_plugins(settings, context, problems, reminder=self._reminder)
        problems.raise_if_any()
        block = block_of(settings, built)
        zone = settings.zones[0] if settings.zones else ROOT
        self.chain = Chain(block.chain, zone, fake, remembers=block.remembers)
        self.chain.head = compose(_watched(built.links, self.chain, end))
        watched = replace(block, chain=self.chain.head)
        router = Router((zone, watched) for zone in settings.zones)
        lookups.routers.update((server, router) for server in fake.servers)

    @asynccontextmanager
    async def entered(self) -> AsyncGenerator[None]:
        """Enter backends and parts, as a generation does that starts and serves."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._lease.close)
            await self._lease.start(enter_owned)
            for owned in self._owned:
                await enter_owned(stack, owned)
            for owned in (*self._lease.owned(), *self._owned):
                if isinstance(owned.part, TakesOver):
                    owned.part.take_over()
            yield

    def broken_works(self) -> Iterable[str]:
        """A line for each background work that is broken."""
        for owned in (*self._lease.owned(), *self._owned):
            for work in owned.works:
                yield from work.complaints()


def lines(section: Iterable[RRset]) -> list[str]:
    """The records of a section as zone-file lines, in their order."""
    return [line for rrset in section for line in rrset.lines()]


def outcome(reply: Reply) -> list[str]:
    """A reply in brief: `A 10.96.0.20` for each record of the answer, or `NODATA`, `NXDOMAIN`, …"""
    if reply.answer:
        return [line.split(maxsplit=3)[3] for line in lines(reply.answer)]
    return ["NODATA" if reply.rcode == Rcode.NOERROR else rcode_text(reply.rcode)]


def _watched(links: Iterable[Link], chain: Chain, end: Next | None) -> Sequence[Link]:
    """The links of a chain, each behind one that notes that a query came to it, and the place at the end."""
    watched = list[Link]()
    for link in links:
        watched += (_noting(chain, Origin(link.plugin.name, link.position)), link)

    async def handler(query: Query, next: Next, /) -> Reply:
        chain.asked.append(query)
        return await (next if end is None else end)(query)

    return [*watched, _noting(chain, TEST), Link(_spec_of(TEST), handler)]


def _noting(chain: Chain, reached: Origin) -> Link:
    async def handler(query: Query, next: Next, /) -> Reply:
        chain.reached = reached
        return await next(query)

    return Link(_spec_of(reached), handler, reached.position)


def _spec_of(origin: Origin) -> AnyPlugin:
    spec: Plugin[None] = Plugin(
        name=origin.plugin, help="", parse=lambda _: None, build=lambda _, __: None, inline=True
    )
    return spec
