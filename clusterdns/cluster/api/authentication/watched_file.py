"""A small file that someone replaces now and then: a token, a certificate, a key."""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol, TypeAlias

from clusterdns.cluster.api.authentication.refusals import Refusals
from clusterdns.cluster.api.blocking import BlockingCalls
from clusterdns.cluster.api.errors import ApiConfigError
from clusterdns.files import read_regular

LOOK_EVERY: Final = 5.0
"""Seconds. The kubelet replaces a token at 80 % of its life, so this is early enough by far."""

LOOK_SECONDS: Final = 5.0
"""Seconds that a look may take; a mount that is gone would take for ever."""

LARGEST_FILE: Final = 4 * 1024 * 1024

Mark: TypeAlias = tuple[int, ...]
Check: TypeAlias = Callable[[bytes], object]
"""Raises ApiConfigError if the octets cannot be used."""


class ContentSource(Protocol):
    """A content that may change."""

    async def read(self, *, anew: bool = False) -> bytes:
        """The present octets. anew: read even if they were read a moment ago."""
        ...


class FixedContent:
    """A content that does not change."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    async def read(self, *, anew: bool = False) -> bytes:
        """The octets."""
        del anew
        return self.content


def read_file(path: str, what: str) -> bytes:
    """A file's octets. `what` begins the sentence of the error.

    Raises:
        ApiConfigError: it cannot be read, is no regular file, is empty or is larger than any such file.
    """
    try:
        octets = read_regular(path, most=LARGEST_FILE)
    except OSError as error:
        raise ApiConfigError(f"{what} {path} cannot be read: {error.strerror or error}") from error
    if not octets.strip():
        raise ApiConfigError(f"{what} {path} is empty")
    return octets


def _usable(octets: bytes) -> None:
    """The check of a file of which any content will do."""
    del octets


class WatchedFile:
    """Its content, looked at again at most every few seconds. Making one reads the file, so not on the loop.

    What cannot be read, or does not pass `check`, is not used: the last good content counts, for as long as
    it takes, and `refusals` names the file.
    """

    def __init__(
        self,
        path: str,
        what: str,
        *,
        clock: Callable[[], float],
        refusals: Refusals,
        check: Check = _usable,
    ) -> None:
        """Read the file. Raises ApiConfigError: at the start there is no last good content."""
        self._path = path
        self._what = what
        self._clock = clock
        self._refusals = refusals
        self._check = check
        self._mark = _mark(path)
        self.content = self._good()
        self._looked_at = clock()
        self._lock = asyncio.Lock()
        self._calls = BlockingCalls("watched file")

    async def read(self, *, anew: bool = False) -> bytes:
        """The last good content, looked for a moment ago at the longest; with `anew` now."""
        async with self._lock:
            if anew or self._clock() - self._looked_at >= LOOK_EVERY:
                self._looked_at = self._clock()
                await self._look(anew=anew)
        return self.content

    async def _look(self, *, anew: bool) -> None:
        try:
            found = await self._calls.run(partial(self._found, anew=anew), seconds=LOOK_SECONDS)
        except ApiConfigError as error:
            self._refused(str(error))
        except TimeoutError:
            self._refused(f"{self._what} {self._path} was not read within {LOOK_SECONDS:g} s")
        except OSError as error:
            self._refused(f"{self._what} {self._path} cannot be read: {error}")
        else:
            if found is not None:
                self._mark, self.content = found
            self._refusals.accepted(f"{self._what} {self._path}")

    def _refused(self, sentence: str) -> None:
        self._refusals.refused(f"{self._what} {self._path}", sentence)

    def _found(self, *, anew: bool) -> tuple[Mark, bytes] | None:
        """The file's mark and content, None if the mark is unchanged. Raises ApiConfigError."""
        mark = _mark(self._path)
        if mark == self._mark and not anew:
            return None
        return mark, self._good()

    def _good(self) -> bytes:
        octets = read_file(self._path, self._what)
        self._check(octets)
        return octets


def _mark(path: str) -> Mark:
    """Times, size, inode and device, which differ after a file is replaced or written; () for no file."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev
