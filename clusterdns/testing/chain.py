"""A server block without a server: build its plugins from Corefile text, and ask them.

async with running(". { whoami }", whoami) as chain:
    reply = await chain.ask("example.org", "A")
assert lines(reply.additional) == ["example.org. 0 IN A 10.244.9.9", ...]
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from clusterdns.answering.chain import Link, compose, empty_chain
from clusterdns.answering.handlers import fault_of_part, is_handler
from clusterdns.answering.origin import Origin
from clusterdns.corefile import CorefileError, Directive, parse
from clusterdns.dns.constants import Opcode, Rcode, rcode_text
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import ROOT, Name
from clusterdns.dns.text import parse_type
from clusterdns.plugin import AnyPlugin, BackendFailure, Client, Next, Part, Plugin, Query, Reply
from clusterdns.rows import Noted
from clusterdns.server.background import Background, BackgroundMetrics
from clusterdns.telemetry.metrics import Metrics
from clusterdns.testing.contexts import FakeContext, fake_client, no_lookup

__all__ = ["Chain", "lines", "outcome", "running"]

MAX_DEPTH: Final = 10
QUERY_ID: Final = 1


@dataclass(slots=True)
class Chain:
    """A chain that runs. `asked` came out at its end; `noted` are the rows of the last question."""

    head: Next
    zone: Name
    context: FakeContext
    asked: list[Query] = field(default_factory=list)
    noted: Noted = field(default_factory=Noted)

    async def ask(self, name: str, rtype: str | int = "A", *, client: Client | None = None) -> Reply:
        """The reply to a question of class IN.

        Raises:
            BackendFailure: as the plugins raise it; the one at the end of the chain does so always.
        """
        number = parse_type(rtype) if isinstance(rtype, str) else rtype
        if number is None:
            raise ValueError(f"{rtype!r} is no record type")
        question = Question(Name.from_text(name), number)
        self.noted = Noted()
        return await self.head(
            Query(
                message=Message(id=QUERY_ID, opcode=Opcode.QUERY, question=(question,)),
                question=question,
                client=client or fake_client(),
                server="dns://:53",
                zone=self.zone,
                noted=self.noted,
            )
        )

    async def lookup(self, query: Query, name: Name, rtype: int) -> Reply:
        """A nested look-up through this chain, as the server's would be."""
        if query.depth >= MAX_DEPTH:
            raise BackendFailure(f"more than {MAX_DEPTH} nested look-ups")
        return await self.head(replace(query.asking(name, rtype), depth=query.depth + 1))


@asynccontextmanager
async def running(
    corefile: str, *plugins: AnyPlugin, context: FakeContext | None = None, end: Next | None = None
) -> AsyncGenerator[Chain]:
    """The chain of the one server block in `corefile`; `plugins` are those it may name, in chain order.

    Each handler that is an async context manager is entered. `end` stands behind the last plugin;
    without it that place raises. Zones of the context, unless given, are the block's; its look-ups, unless
    given, go through the chain itself.

    Raises:
        CorefileError, CorefileErrors: as parsing and building raise them.
    """
    (block,) = parse(corefile, environ={}, plugins=[plugin.name for plugin in plugins]).blocks
    zones = tuple(map(Name.from_text, block.zones))
    given = context or FakeContext()
    context = replace(given, zones=given.zones or zones, built=list(given.built), works=[])
    chain = Chain(empty_chain, zones[0] if zones else ROOT, context)
    if context.lookup is no_lookup:
        context.lookup = chain.lookup
    links = _links(block.directives, plugins, context)
    chain.head = compose([*links, _end(chain.asked, end)])
    async with AsyncExitStack() as stack:
        for part in (*context.made.values(), *(part.built for part in context.built[len(given.built) :])):
            if isinstance(part, AbstractAsyncContextManager):
                await stack.enter_async_context(part)
        yield chain


def lines(section: Iterable[RRset]) -> list[str]:
    """The records of a section as zone-file lines, in their order."""
    return [line for rrset in section for line in rrset.lines()]


def outcome(reply: Reply) -> list[str]:
    """A reply in brief: `A 10.96.0.20` for each record of the answer, or `NODATA`, `NXDOMAIN`, …"""
    if reply.answer:
        return [line.split(maxsplit=3)[3] for line in lines(reply.answer)]
    return ["NODATA" if reply.rcode == Rcode.NOERROR else rcode_text(reply.rcode)]


def _links(directives: Sequence[Directive], plugins: Sequence[AnyPlugin], context: FakeContext) -> list[Link]:
    named = {directive.name: directive for directive in directives}
    links: list[Link] = []
    for plugin in (plugin for plugin in plugins if plugin.name in named):
        position = named[plugin.name].position
        part: object = plugin.build(plugin.parse(named[plugin.name]), context)
        fault = fault_of_part(part)
        if fault is not None:
            raise CorefileError(position, f'plugin "{plugin.name}": {fault}')
        if part is not None:
            context.built.append(Part(plugin.name, part))
        context.built += _works(Origin(plugin.name, position), context)
        if is_handler(part):
            links.append(Link(plugin, part, position))
    return links


def _works(origin: Origin, context: FakeContext) -> list[Part]:
    """The background work that a plugin asked for, to be entered after it."""
    metrics = BackgroundMetrics(Metrics())
    works = [Background(origin, name, run, metrics=metrics) for name, run in context.works]
    context.works.clear()
    return [Part(origin.plugin, work) for work in works]


def _end(asked: list[Query], end: Next | None) -> Link:
    """The place behind the last plugin: keeps the query and asks `end`."""

    async def handler(query: Query, next: Next, /) -> Reply:
        asked.append(query)
        return await (next if end is None else end)(query)

    plugin: Plugin[None] = Plugin(
        name="the test", help="", parse=lambda _: None, build=lambda _, __: handler, inline=True
    )
    return Link(plugin, handler)
