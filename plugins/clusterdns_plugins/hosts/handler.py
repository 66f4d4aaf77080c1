"""Answering from the file and the Corefile's own lines."""

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Final, Self, TypeVar

from clusterdns.corefile import CorefileError
from clusterdns.dns.constants import Rcode, RRType
from clusterdns.dns.message import RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import Rdata
from clusterdns.dns.reverse import address_of
from clusterdns.dns.writer import MAX_MESSAGE_OCTETS
from clusterdns.plugin import Context, Next, Query, Reply, Reuse
from clusterdns.telemetry.metrics import metrics_of
from clusterdns_plugins.hosts.config import Settings
from clusterdns_plugins.hosts.file import HostsFile, address_row
from clusterdns_plugins.hosts.metrics import declare
from clusterdns_plugins.hosts.table import parse_hosts, wildcard_of

__all__ = ["Hosts", "build"]

T = TypeVar("T")

ADDRESS_TYPES: Final = frozenset({RRType.A, RRType.AAAA})
REUSE: Final = Reuse()
MOST_RECORDS: Final = MAX_MESSAGE_OCTETS // 12 + 1
"""More than a message holds: a compressed owner and the fixed fields take 12 octets of each."""

MAPPED: Final = bytes(10) + b"\xff\xff"
"""The front of an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2)."""


class Hosts:
    """A and AAAA of names below `zones`, PTR of any address that is known.

    A known name without the type asked for is NODATA, without an SOA since a hosts file has none. An
    unknown one goes to the next plugin where the settings say so, and is SERVFAIL elsewhere: NXDOMAIN
    without an SOA would be no answer either (RFC 2308 section 5).
    """

    def __init__(self, settings: Settings, file: HostsFile, *, zones: tuple[Name, ...]) -> None:
        self._settings = settings
        self._file = file
        self._zones = zones
        self._inline = parse_hosts("\n".join(settings.inline).encode(), zones)

    @property
    def entries(self) -> int:
        """How many addresses and names are known, from the file and the Corefile."""
        return self._file.table.entries + self._inline.entries

    def check(self) -> None:
        """Look whether the file could be read at the start.

        Raises:
            CorefileError: it cannot, and waiting will not help.
        """
        self._complain(self._file.probe())

    async def __aenter__(self) -> Self:
        self._complain(self._file.fault)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to end: the file is a backend."""

    async def __call__(self, query: Query, next: Next) -> Reply:
        if query.rtype == RRType.PTR:
            pointers = self._pointers(query)
            return self._known(query, pointers) if pointers else await next(query)
        if not _is_below(query.name, self._zones):
            return await next(query)
        v4, v6 = self._addresses(query)
        if self._passes_on(query, known=bool(v4 or v6)):
            return await next(query)
        if not v4 and not v6:
            return _unknown()
        return self._known(query, _of_type(query.rtype, v4, v6))

    def _complain(self, fault: OSError | None) -> None:
        position = self._settings.position
        if fault is not None and position is not None:
            raise CorefileError(position, f'cannot read the hosts file "{fault.filename}": {fault.strerror}')

    def _passes_on(self, query: Query, *, known: bool) -> bool:
        unsupported = query.rtype not in ADDRESS_TYPES
        wanted = not known or (unsupported and self._settings.fall_through_unsupported)
        return wanted and _is_below(query.name, self._settings.fall_through)

    def _addresses(self, query: Query) -> tuple[tuple[Rdata, ...], tuple[Rdata, ...]]:
        """The IPv4 and IPv6 records of the name asked for; in each of file and Corefile a wildcard stands
        in for a name without an address of the family."""
        key, rows = query.name.key, self._file.rows
        keys = (key,) if query.name.is_root else (key, wildcard_of(key))
        for row in keys:
            query.noted.note(rows, row)
        file, inline = self._file.table, self._inline
        return (
            _union(_first(file.v4, keys), _first(inline.v4, keys)),
            _union(_first(file.v6, keys), _first(inline.v6, keys)),
        )

    def _pointers(self, query: Query) -> tuple[Rdata, ...]:
        address = address_of(query.name) if self._settings.reverse else None
        if address is None:
            return ()
        packed = address.removeprefix(MAPPED) if len(address) == 16 else address
        query.noted.note(self._file.rows, address_row(packed))
        return _union(self._file.table.pointers.get(packed, ()), self._inline.pointers.get(packed, ()))

    def _known(self, query: Query, rdatas: tuple[Rdata, ...]) -> Reply:
        """The records, or NODATA if there are none. All of them, uncopied, since `loadbalance` turns them
        before they are cut: a block list may have 150,000 names for one address."""
        answer = (RRset(query.name, self._settings.ttl, rdatas),) if rdatas else ()
        return Reply(answer=answer, reuse=REUSE)


def build(settings: Settings, context: Context) -> Hosts:
    """Make the handler. Blocks that name the same file for the same zones share it."""
    path = context.root / settings.file
    zones = context.zones if settings.zones is None else settings.zones
    key = ("hosts", path, settings.reload, zones)

    def followed() -> HostsFile:
        file = HostsFile(path, settings.reload, zones=zones)
        if settings.reload:
            context.background(f"the following of the hosts file {path}", file.follow)
        return file

    file = context.shared(key, followed)
    hosts = Hosts(settings, file, zones=zones)
    declare(metrics_of(context), str(path), entries=lambda: hosts.entries, changed=lambda: file.changed_at)
    return hosts


def _of_type(rtype: int, v4: tuple[Rdata, ...], v6: tuple[Rdata, ...]) -> tuple[Rdata, ...]:
    """The records of a type; for ANY those of one type that there is (RFC 8482 section 4.1)."""
    match rtype:
        case RRType.A:
            return v4
        case RRType.AAAA:
            return v6
        case RRType.ANY:
            return v4 or v6
        case _:
            return ()


def _unknown() -> Reply:
    return Reply(rcode=Rcode.SERVFAIL, authoritative=False, reuse=REUSE)


def _first(table: Mapping[bytes, tuple[T, ...]], keys: Iterable[bytes]) -> tuple[T, ...]:
    return next((table[key] for key in keys if key in table), ())


def _union(some: tuple[T, ...], others: tuple[T, ...]) -> tuple[T, ...]:
    """Both in their order, without repetitions, as far as a message can hold them."""
    if not some or not others:
        return some or others
    return tuple(dict.fromkeys(some[:MOST_RECORDS] + others[:MOST_RECORDS]))


def _is_below(name: Name, zones: Iterable[Name]) -> bool:
    return any(name.is_subdomain_of(zone) for zone in zones)
