"""The list, and the handler that answers NXDOMAIN for names on it."""

import logging
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from clusterdns.corefile import Arguments, Directive, Options, once
from clusterdns.dns.constants import Rcode
from clusterdns.dns.edns import ExtendedError, ExtendedErrorCode
from clusterdns.dns.name import Name
from clusterdns.followed_file import Fault, FollowedFile
from clusterdns.plugin import Context, Next, Plugin, Query, Reply, Reuse
from clusterdns.rows import RowSource
from clusterdns.telemetry.families import Counter
from clusterdns.telemetry.metrics import metrics_of

__all__ = ["Blackhole", "Settings", "plugin"]

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
    """Answers NXDOMAIN for names on the list, and asks the next plugin for all others."""

    def __init__(self, path: Path, denied: Counter) -> None:
        self.file = FollowedFile(path, read=read_names, take=self._take, complain=self._complain)
        self._denied = denied
        self._listed: frozenset[Name] = frozenset()
        self._rows = RowSource()

    async def __call__(self, query: Query, next: Next) -> Reply:
        if not self._is_listed(query):
            return await next(query)
        blocked = ExtendedError(ExtendedErrorCode.BLOCKED)
        reply = Reply(rcode=Rcode.NXDOMAIN, extended_errors=(blocked,), reuse=Reuse())
        return reply.counted_by(self._denied.of(query.server))

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
        await self.file.refresh()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to end: the server ends the background work."""

    def _take(self, listed: frozenset[Name]) -> None:
        """Answer from the new list, and drop remembered replies that differ from it."""
        changed = self._listed ^ listed
        self._listed = listed
        self._rows.touch(changed)

    def _complain(self, fault: Fault) -> None:
        """Log a fault of the file; the list before stays."""
        logging.getLogger("clusterdns.plugin.blackhole").warning("%s: %s", self.file.path, fault)


def read_names(octets: bytes) -> frozenset[Name]:
    """The names in a file, one a line.

    Raises:
        ValueError: a line is no domain name.
    """
    return frozenset(Name.from_text(line) for line in octets.decode().split())


def build(settings: Settings, context: Context) -> Blackhole:
    """Make the handler; nothing is opened yet."""
    denied = metrics_of(context).counter("coredns_blackhole_denied_total", "Names denied.", ("server",))
    blackhole = Blackhole(context.root / settings.file, denied)
    context.background(f"the list {settings.file}", lambda: blackhole.file.follow(settings.reload))
    return blackhole


plugin = Plugin(
    name="blackhole",
    help="Names on a list do not exist.",
    parse=parse,
    build=build,
    before="hosts",
    inline=True,
    treats_alike=True,
)
