"""From a configuration to what runs: contexts, handlers, chains, routers. Nothing is started here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from clusterdns.answering.chain import Link, compose
from clusterdns.answering.handlers import fault_of_part, is_handler
from clusterdns.answering.origin import Origin, Reminder, failing_as
from clusterdns.answering.router import Block, Router
from clusterdns.capabilities import ClassifiesClients, Encrypts, ObservesAnswers, ObservesHits, Uncaught
from clusterdns.configuration.settings import BlockSettings, PluginSettings
from clusterdns.corefile import CorefileError, Problems
from clusterdns.plugin import Interface, Part
from clusterdns.server.backends import Lease, Owned
from clusterdns.server.contexts import BlockContext
from clusterdns.server.encryption import encryption_of
from clusterdns.server.listeners import Listener, bound_addresses
from clusterdns.server.lookups import Lookups

__all__ = ["Built", "BuiltPlugins", "block_of", "build", "build_plugins"]


@dataclass(frozen=True, slots=True)
class Built:
    """A configuration that was built: its parts in the order in which they are to be started.

    `backends` are what blocks share, `parts` what plugins built; any may be a context manager. `encryption`
    has the certificates of encrypted listeners.
    """

    backends: tuple[Owned, ...]
    parts: tuple[Owned, ...]
    routers: tuple[tuple[Listener, Router], ...]
    encryption: Mapping[Listener, Encrypts]

    @property
    def owned(self) -> tuple[Owned, ...]:
        """All backends and parts, in the order in which they are to be started."""
        return *self.backends, *self.parts

    @property
    def everything(self) -> tuple[object, ...]:
        """The same without their owners, to be searched for a capability."""
        return tuple(owned.part for owned in self.owned)

    def origin_of(self, part: object) -> Origin | None:
        """The plugin that `part` is of."""
        return next((owned.origin for owned in self.owned if owned.part is part), None)


def build(listeners: Sequence[Listener], interfaces: tuple[Interface, ...], backends: Lease) -> Built:
    """Build the blocks that `listeners` serve, each once, with backends out of the lease.

    Raises:
        CorefileErrors: settings that are wrong in a way that only building shows; an encrypted listener
            without a certificate.
    """
    lookups, problems = Lookups(), Problems()
    parts, owned = list[Part](), list[Owned]()
    blocks: dict[int, Block] = {}
    with Reminder() as reminder:
        for served in (served for listener in listeners for served in listener.zones):
            if id(served.block) not in blocks:
                context = partial(
                    BlockContext,
                    zones=served.block.zones,
                    root=Path.cwd(),
                    bound=bound_addresses(served.block, interfaces),
                    servers=_labels(served.block, listeners),
                    lookup=lookups.lookup,
                    backends=backends,
                    everything=parts,
                    owned=owned,
                    built=[],
                    offers=[],
                )
                built = build_plugins(served.block, context, problems, reminder=reminder)
                blocks[id(served.block)] = block_of(served.block, built)
    problems.raise_if_any()
    encryption = encryption_of(listeners, lambda settings: blocks[id(settings)].encrypts)
    routers = tuple(
        (listener, Router((served.zone, blocks[id(served.block)]) for served in listener.zones))
        for listener in listeners
    )
    lookups.routers.update((listener.label, router) for listener, router in routers)
    return Built(backends.owned(), tuple(owned), routers, encryption)


def _labels(block: BlockSettings, listeners: Iterable[Listener]) -> tuple[str, ...]:
    """The names of the listeners that serve `block`."""
    serving = (listener for listener in listeners if any(served.block is block for served in listener.zones))
    return tuple(listener.label for listener in serving)


@dataclass(frozen=True, slots=True)
class BuiltPlugins:
    """The parts that the plugins of a block built: the links of its chain, and all parts, with handlers."""

    links: list[Link] = field(default_factory=list[Link])
    parts: list[object] = field(default_factory=list)


def build_plugins(
    settings: BlockSettings,
    context_of: Callable[[Origin], BlockContext],
    problems: Problems,
    *,
    reminder: Reminder,
) -> BuiltPlugins:
    """Build the plugins of a block. `context_of` gives each its context; mistakes go to `problems`."""
    built = BuiltPlugins()
    for used in settings.plugins:
        reminder.waits_for(used.origin, "to be built")
        with problems.caught():
            part = _part(used, context_of(used.origin))
            built.parts.extend(() if part is None else (part,))
            if is_handler(part):
                built.links.append(Link(used.plugin, part, used.directive.position))
    return built


def block_of(settings: BlockSettings, built: BuiltPlugins) -> Block:
    """The block that its plugins make."""
    return Block(
        zones=settings.zones,
        chain=compose(built.links),
        any_class=any(used.plugin.any_class for used in settings.plugins),
        remembers=all(link.plugin.treats_alike for link in built.links),
        sees_lookups=any(isinstance(link.handler, ObservesHits) for link in built.links),
        observers=tuple(part for part in built.parts if isinstance(part, ObservesHits)),
        answer_observers=tuple(part for part in built.parts if isinstance(part, ObservesAnswers)),
        classifying=tuple(part for part in built.parts if isinstance(part, ClassifiesClients)),
        encrypts=next((part for part in built.parts if isinstance(part, Encrypts)), None),
        uncaught=any(
            isinstance(used.settings, Uncaught) and used.settings.uncaught for used in settings.plugins
        ),
    )


def _part(used: PluginSettings, context: BlockContext) -> object:
    """Build a plugin's part, and note it in its context.

    Raises:
        CorefileError: it cannot be built, or is nothing that a plugin may build.
    """
    with failing_as(used.origin, "build"):
        part: object = used.plugin.build(used.settings, context)
    fault = fault_of_part(part)
    if fault is not None:
        raise CorefileError(used.directive.position, f'plugin "{used.plugin.name}": {fault}')
    context.add(part)
    return part
