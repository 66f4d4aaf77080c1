"""A plugin for clusterdns: names on a list, and all names below them, do not exist."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from clusterdns.corefile import Arguments, Directive, Options, once
from clusterdns.dns.constants import Rcode
from clusterdns.dns.edns import ExtendedError, ExtendedErrorCode
from clusterdns.dns.name import Name
from clusterdns.plugin import Context, Next, Plugin, Query, Reply, Reuse
from clusterdns.rows import RowSource

__all__ = ["plugin"]

DEFAULT_RELOAD: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The list's file, and the seconds between looks at it."""

    file: Path
    reload: float = DEFAULT_RELOAD


def parse(directive: Directive) -> Settings:
    """Read `blackhole FILE { reload DURATION }`."""
    entry = once(directive)
    words = Arguments(entry)
    file = words.path("a file with a name on each line")
    words.end()
    with Options(entry) as options:
        reload = options.one("reload", lambda words: words.duration(minimum=1), default=DEFAULT_RELOAD)
    return Settings(file=file, reload=reload)


class Blackhole:
    """Answers NXDOMAIN for what is on the list, and asks the next plugin for everything else."""

    def __init__(self, path: Path, reload: float) -> None:
        self._path = path
        self._reload = reload
        self._listed: frozenset[Name] = frozenset()
        self._rows = RowSource()
        self._tasks = contextlib.AsyncExitStack()

    async def __call__(self, query: Query, next: Next) -> Reply:
        if not self._is_listed(query):
            return await next(query)
        blocked = ExtendedError(ExtendedErrorCode.BLOCKED)
        return Reply(rcode=Rcode.NXDOMAIN, extended_errors=(blocked,), reuse=Reuse())

    def _is_listed(self, query: Query) -> bool:
        """Whether the name or one above it is on the list; the reply depends on every name looked up."""
        name = query.name
        while not name.is_root:
            query.noted.note(self._rows, name)
            if name in self._listed:
                return True
            name = name.parent()
        return False

    async def __aenter__(self) -> Self:
        await self.look()
        watch = asyncio.create_task(self._look_again())
        self._tasks.callback(watch.cancel)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._tasks.aclose()

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(self._reload)
            await self.look()

    async def look(self) -> None:
        """Take the list over as it is now. If it cannot be read, the one before it stays."""
        try:
            listed = await asyncio.to_thread(read_list, self._path)
        except (OSError, ValueError) as error:
            logging.getLogger("clusterdns.plugin.blackhole").warning("%s: %s", self._path, error)
            return
        changed = self._listed ^ listed
        self._listed = listed
        self._rows.touch(changed)


def read_list(path: Path) -> frozenset[Name]:
    """The names in a file, one a line.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line is no domain name.
    """
    return frozenset(Name.from_text(line) for line in path.read_text().split())


def build(settings: Settings, context: Context) -> Blackhole:
    """Make the handler; nothing is opened yet."""
    return Blackhole(context.root / settings.file, settings.reload)


plugin = Plugin(
    name="blackhole",
    help="Names on a list do not exist.",
    parse=parse,
    build=build,
    before="hosts",
    inline=True,
    treats_alike=True,
)
