"""A hosts file on disk, read again when it has changed."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, NoReturn, Self

from clusterdns.dns.name import ROOT, Name
from clusterdns.files import open_regular
from clusterdns.followed_file import Fault, FollowedFile
from clusterdns.rows import Row, RowSource
from clusterdns_plugins.hosts.table import HostsTable, parse_hosts

__all__ = ["HostsFile", "address_row"]

MOST_OCTETS: Final = 64 << 20
"""Of a hosts file: some two million lines. A larger one is not read."""

_WAITED_FOR: Final = (FileNotFoundError, IsADirectoryError, PermissionError)
"""What may be put right while the server runs, and does not stop it from starting."""


class _Change(NamedTuple):
    """A newly read table, and the rows in which it differs from the one before."""

    table: HostsTable
    rows: frozenset[Row]


def address_row(packed: bytes) -> Row:
    """The row for the names of a packed address. The row for a name is its key, which is octets, too."""
    return ("address", packed)


class HostsFile:
    """The current `table` of the names below `zones` in the file at `path`, and the `rows` that tell of its
    changes.

    It is read at the start, and while it is followed looked at every `reload` seconds, off the event loop.
    A file that goes away or cannot be read is logged once, and the last table stays. `fault` is why it
    could not be reached at the start; None if it could, or if that may be put right later.
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
        self._zones = zones
        self._file = FollowedFile(
            path, read=self._read, take=self._take, complain=self._unreadable, most=MOST_OCTETS
        )
        self._reload = reload
        self._sleep = sleep
        self._logger = logging.getLogger("clusterdns.plugin.hosts")

    @property
    def changed_at(self) -> float:
        """The Unix time of the last change that was read, 0 before there was one."""
        return self._file.modified

    def probe(self) -> OSError | None:
        """The error of reaching the file; None if it can be reached, or if that may be put right later."""
        try:
            os.close(open_regular(self._file.path))
        except _WAITED_FOR:
            return None
        except OSError as error:
            return error
        return None

    async def __aenter__(self) -> Self:
        await self._file.refresh()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to end: following the file is background work."""

    async def follow(self) -> NoReturn:
        """Look at the file every `reload` seconds, for ever."""
        await self._file.follow(self._reload, sleep=self._sleep)

    def _read(self, octets: bytes) -> _Change:
        """Parse the file, in a thread; nothing else changes the table meanwhile."""
        table = parse_hosts(octets, self._zones)
        addresses = self.table.changed_addresses(table)
        rows: frozenset[Row] = self.table.changed_names(table) | frozenset(map(address_row, addresses))
        return _Change(table, rows)

    def _take(self, change: _Change) -> None:
        """Replace the table and touch its rows, so that replies made from the old one are dropped."""
        self.table = change.table
        self.rows.touch(change.rows)
        self._tell_of_ignored(change.table)

    def _unreadable(self, fault: Fault) -> None:
        if not isinstance(fault, OSError):
            return  # a hosts file has no wrong octets, only lines that are ignored
        self._logger.warning("the hosts file %s: %s", self._file.path, fault.strerror)
        if not self._file.modified and not isinstance(fault, _WAITED_FOR):
            self.fault = fault

    def _tell_of_ignored(self, table: HostsTable) -> None:
        if table.ignored:
            self._logger.warning(
                "%s:%d: not an address and names; %d such lines ignored",
                self._file.path,
                table.ignored[0],
                len(table.ignored),
            )
