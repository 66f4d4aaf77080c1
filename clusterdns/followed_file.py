"""A file that a plugin answers from, read again whenever it has changed.

    self._file = FollowedFile(path, read=parse_list, take=self._take, complain=self._log)
    context.background(f"the list {path}", partial(self._file.follow, 60.0))

    ... await self._file.refresh()                  # the first look, in __aenter__

It is opened and read in a thread, only if it is a regular file, and only as much of it as is allowed.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from pathlib import Path
from typing import Final, Generic, NamedTuple, NoReturn, TypeAlias, TypeVar

from clusterdns.files import open_regular, read_at_most

__all__ = ["Fault", "FollowedFile"]

MOST_OCTETS: Final = 16 << 20
"""Of a file, unless its plugin says otherwise."""

COARSE_SECONDS: Final = 2.0
"""The clocks of file systems may be as coarse as this: a file that was written so short a time before it was
read may have been written once more since, and look the same."""

T = TypeVar("T")

Fault: TypeAlias = OSError | ValueError
"""Why a file is not taken over: it cannot be read, or is not what it should be."""


class _Stamp(NamedTuple):
    """The facts by which one state of a file is told from another without reading it."""

    mtime_ns: int
    size: int


class _Seen(NamedTuple):
    """A state that was read; `settled` if the stamp is old enough to stand for it."""

    stamp: _Stamp
    digest: bytes
    settled: bool


class _Value(NamedTuple, Generic[T]):
    """A new value that was read from the file."""

    value: T


class FollowedFile(Generic[T]):
    """The file at `path`, whose octets `read` turns into a value, in a thread.

    read: raises ValueError for octets that are not what they should be.
    take: gets each new value, in the event loop; nothing else of the program runs meanwhile.
    complain: gets what is wrong, once for as long as it stays the same; the value before it stays.
    most: a file with more octets is not read.
    """

    def __init__(
        self,
        path: Path,
        *,
        read: Callable[[bytes], T],
        take: Callable[[T], None],
        complain: Callable[[Fault], None],
        most: int = MOST_OCTETS,
    ) -> None:
        self.path = path
        self._read = read
        self._take = take
        self._complain = complain
        self._most = most
        self._seen: _Seen | None = None
        self._fault = ""
        self._looking = asyncio.Lock()

    @property
    def modified(self) -> float:
        """The file's modification time when it was last read, in Unix seconds; 0 before the first reading."""
        return 0.0 if self._seen is None else self._seen.stamp.mtime_ns / 1e9

    async def look(self) -> None:
        """Take the file over if it is another one than last time.

        Raises:
            OSError, ValueError: it cannot be read, or `read` refuses it.
        """
        async with self._looking:
            self._hand_over(await self._changed())

    async def refresh(self) -> None:
        """Look, and call `complain` with an error, unless it is the same as before."""
        async with self._looking:
            before = self._fault
            try:
                changed = await self._changed()
            except (OSError, ValueError) as fault:
                if self._fault != before:
                    self._complain(fault)
                return
            self._hand_over(changed)

    async def follow(
        self, seconds: float, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> NoReturn:
        """Refresh every so many seconds, for ever; `sleep` waits."""
        while True:
            await sleep(seconds)
            await self.refresh()

    async def _changed(self) -> _Value[T] | None:
        """A new value, or None if the file is the one that was read last; keeps what is wrong in mind."""
        try:
            changed = await asyncio.to_thread(self._read_if_changed)
        except (OSError, ValueError) as fault:
            self._fault = str(fault)
            raise
        self._fault = ""
        return changed

    def _read_if_changed(self) -> _Value[T] | None:
        descriptor = open_regular(self.path)
        try:
            status = os.fstat(descriptor)
            stamp = _Stamp(status.st_mtime_ns, status.st_size)
            if self._seen is not None and self._seen.settled and self._seen.stamp == stamp:
                return None
            octets = read_at_most(descriptor, self._most)
        finally:
            os.close(descriptor)
        digest = blake2b(octets).digest()
        before = None if self._seen is None else self._seen.digest
        seen = _Seen(stamp, digest, time.time() - stamp.mtime_ns / 1e9 > COARSE_SECONDS)
        try:
            value = None if digest == before else _Value(self._read(octets))
        except ValueError:
            self._seen = seen
            raise
        self._seen = seen
        return value

    def _hand_over(self, changed: _Value[T] | None) -> None:
        """Give a new value to `take`; if that raises, the file counts as unread."""
        if changed is not None:
            seen, self._seen = self._seen, None
            self._take(changed.value)
            self._seen = seen
