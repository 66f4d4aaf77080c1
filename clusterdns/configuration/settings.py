"""From a Corefile to typed settings: every plugin looked up, every directive parsed, nothing started.

text ─ corefile.parse ─▶ blocks of directives ─ registry, Plugin.parse ─▶ Configuration
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from clusterdns.answering.origin import Origin, Reminder, failing_as
from clusterdns.capabilities import Doubtful
from clusterdns.configuration.registry import PluginError, Registry
from clusterdns.corefile import (
    DEFAULT_COREFILE,
    CorefileErrors,
    CorefileWarning,
    Directive,
    Document,
    Key,
    Problems,
    ServerBlock,
    did_you_mean,
    mend,
    parse,
    parse_tokens,
)
from clusterdns.dns.name import Name
from clusterdns.plugin import AnyPlugin

__all__ = ["BlockSettings", "Configuration", "PluginSettings", "load"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSettings:
    """One plugin of a server block: its spec, where it is named, and what its `parse` returned."""

    plugin: AnyPlugin
    directive: Directive
    settings: Any

    @property
    def origin(self) -> Origin:
        """The plugin and its place in the Corefile, for log lines and errors about it."""
        return Origin(self.plugin.name, self.directive.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSettings:
    """A server block whose plugins are known and parsed, in the order of the chain."""

    keys: tuple[Key, ...]
    plugins: tuple[PluginSettings, ...]

    @property
    def zones(self) -> tuple[Name, ...]:
        """The zones of all keys, in their order."""
        return tuple(Name.from_text(zone) for key in self.keys for zone in key.zones)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Everything that a Corefile says, checked as far as text can be.

    `dns_port` is the port of keys that name none; `sha512` tells whether another text says the same.
    """

    blocks: tuple[BlockSettings, ...]
    warnings: tuple[CorefileWarning, ...]
    dns_port: int
    sha512: str


def load(
    text: str, *, file: str, registry: Registry, environ: Mapping[str, str], dns_port: int = 53
) -> Configuration:
    """Read the Corefile `text`; an empty one is the built-in default. `file` is what errors call it.

    Raises:
        CorefileErrors: everything that is wrong in it, each with its place; also a plugin that is installed
            and cannot be used.
    """
    read = partial(_read, file=file, registry=registry, environ=environ, dns_port=dns_port)
    try:
        return read(parse(text, file=file, environ=environ))
    except CorefileErrors:
        mended = mend(text, file)
        if mended is None:
            raise
    problems = Problems()
    problems.errors.extend(mended.errors)
    with problems.caught():
        read(parse_tokens(mended.tokens, file=file, environ=environ))
    # A brace that was put in stands in no file: if it is wrong there, the one that is missing is to blame.
    raise CorefileErrors(error for error in problems.errors if error.position.file)


def _read(
    document: Document, *, file: str, registry: Registry, environ: Mapping[str, str], dns_port: int
) -> Configuration:
    reader = _Reader(registry)
    with reader.reminder:
        for directive in document.unserved:
            reader.find(directive)
        if not document.blocks:
            document = parse(DEFAULT_COREFILE, file=file, environ=environ)
        blocks = tuple(map(reader.read_block, document.blocks))
    reader.problems.raise_if_any()
    return Configuration(
        blocks=blocks,
        warnings=(*document.warnings, *_warnings_of(blocks)),
        dns_port=dns_port,
        sha512=document.sha512(),
    )


def _warnings_of(blocks: Iterable[BlockSettings]) -> Iterator[CorefileWarning]:
    for block in blocks:
        for used in block.plugins:
            if isinstance(used.settings, Doubtful):
                yield from used.settings.doubts


class _Reader:
    """Looks plugins up and has them parse, and collects what is wrong."""

    def __init__(self, registry: Registry) -> None:
        self.problems = Problems()
        self.reminder = Reminder()
        self._registry = registry

    def read_block(self, block: ServerBlock) -> BlockSettings:
        found = {
            directive.name: plugin
            for directive in block.directives
            if (plugin := self.find(directive)) is not None
        }
        directives = {directive.name: directive for directive in block.directives}
        plugins, homeless = self._registry.placed(found.values())
        for name, error in homeless.items():
            self.problems.add(directives[name].position, str(error))
        parsed = [self._parse(plugin, directives[plugin.name]) for plugin in plugins]
        return BlockSettings(keys=block.keys, plugins=tuple(settings for settings in parsed if settings))

    def find(self, directive: Directive) -> AnyPlugin | None:
        self.reminder.waits_for(Origin(directive.name, directive.position), "to be imported")
        try:
            return self._registry.load(directive.name)
        except KeyError:
            self.problems.add(directive.position, _unknown(directive.name, self._registry))
        except PluginError as error:
            self.problems.add(directive.position, str(error))
        return None

    def _parse(self, plugin: AnyPlugin, directive: Directive) -> PluginSettings | None:
        origin = Origin(plugin.name, directive.position)
        self.reminder.waits_for(origin, "to be parsed")
        with self.problems.caught(), failing_as(origin, "parse"):
            settings = plugin.parse(directive)
            if inspect.iscoroutine(settings):
                settings.close()
                raise TypeError("it is a coroutine function, but has to return settings without waiting")
            return PluginSettings(plugin=plugin, directive=directive, settings=settings)
        return None


def _unknown(name: str, registry: Registry) -> str:
    if name in registry.planned:
        return f'plugin "{name}" is known from CoreDNS, but not installed here'
    return f'unknown plugin "{name}"{did_you_mean(name, registry.names)}'
