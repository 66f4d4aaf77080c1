"""A hosts file on disk, read again when it has changed."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, NoReturn, Self

from clusterdns.dns.name import ROOT, Name
from clusterdns.files import open_regular, read_at_most
from clusterdns.rows import Row, RowSource
from clusterdns.supervision import supervised
from clusterdns_plugins.hosts.table import HostsTable, parse_hosts

__all__ = ["HostsFile", "address_row"]

MOST_OCTETS: Final = 64 << 20
"""Of a hosts file: some two million lines. A larger one is not read."""

_WAITED_FOR: Final = (FileNotFoundError, IsADirectoryError, PermissionError)
"""What may be put right while the server runs, and does not stop it from starting."""


class _Stamp(NamedTuple):
    """What tells one state of a file from another."""

    mtime_ns: int
    size: int


class _Change(NamedTuple):
    """A new state of the file, and the rows in which it differs from the one before."""

    stamp: _Stamp
    table: HostsTable
    rows: frozenset[Row]


def address_row(packed: bytes) -> Row:
    """The row of the names of an address; those of names are their keys, which are octets, too."""
    return ("address", packed)


class HostsFile:
    """The current `table` of the names below `zones` in the file at `path`, and the `rows` that tell of its
    changes.

    It is looked at every `reload` seconds, never if that is 0, off the event loop. A file that goes
    away or cannot be read is logged once, and what it said last stays. `fault` is why it could not be
    reached at the start; None if it could, or if that may be put right later. `changed_at` is the
    Unix time of the last change that was read, 0 before there was one.
    """

    def __init__(
        self,
        path: Path,
        reload: float,
        *,
        zones: tuple[Name, ...] = (ROOT,),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.table = HostsTable()
        self.rows = RowSource()
        self.fault: OSError | None = None
        self.changed_at = 0.0
        self._path = path
        self._zones = zones
        self._reload = reload
        self._sleep = sleep
        self._stamp: _Stamp | None = None
        self._readable = True
        self._watching = AsyncExitStack()
        self._logger = logging.getLogger("clusterdns.plugin.hosts")

    def probe(self) -> OSError | None:
        """Why the file cannot be reached, None if it can or if that may be put right later."""
        try:
            os.close(open_regular(self._path))
        except _WAITED_FOR:
            return None
        except OSError as error:
            return error
        return None

    async def __aenter__(self) -> Self:
        await self._look()
        if self._reload:
            watch = supervised(f"the hosts file {self._path}", self._look_again)
            await self._watching.enter_async_context(watch)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._watching.aclose()

    async def _look_again(self) -> NoReturn:
        while True:
            await self._sleep(self._reload)
            await self._look()

    async def _look(self) -> None:
        """Take over what the file says now; replies made from what it no longer says are dropped."""
        try:
            change = await asyncio.to_thread(self._change)
        except OSError as error:
            self._unreadable(error)
            return
        self._readable = True
        if change is not None:
            self._stamp, self.table = change.stamp, change.table
            self.changed_at = change.stamp.mtime_ns / 1e9
            self.rows.touch(change.rows)
            self._tell_of_ignored(change.table)

    def _change(self) -> _Change | None:
        """Read the file if it is another one than last time. Runs in a thread of its own."""
        descriptor = open_regular(self._path)
        try:
            status = os.fstat(descriptor)
            stamp = _Stamp(status.st_mtime_ns, status.st_size)
            if stamp == self._stamp:
                return None
            octets = read_at_most(descriptor, MOST_OCTETS)
        finally:
            os.close(descriptor)
        table = parse_hosts(octets, self._zones)
        addresses = self.table.changed_addresses(table)
        rows: frozenset[Row] = self.table.changed_names(table) | frozenset(map(address_row, addresses))
        return _Change(stamp, table, rows)

    def _unreadable(self, error: OSError) -> None:
        if self._readable:
            self._logger.warning("the hosts file %s: %s", self._path, error.strerror)
        if self._stamp is None and not isinstance(error, _WAITED_FOR):
            self.fault = error
        self._readable = False

    def _tell_of_ignored(self, table: HostsTable) -> None:
        if table.ignored:
            self._logger.warning(
                "%s:%d: not an address and names; %d such lines ignored",
                self._path,
                table.ignored[0],
                len(table.ignored),
            )
