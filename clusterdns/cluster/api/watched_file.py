"""A small file that someone replaces now and then: a token, a certificate, a key."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from clusterdns.cluster.api.errors import ApiConfigError

LOOK_EVERY: Final = 5.0
"""Seconds. The kubelet replaces a token at 80 % of its life, so this is early enough by far."""

LARGEST_FILE: Final = 4 * 1024 * 1024

Mark: TypeAlias = tuple[int, int, int]


class Source(Protocol):
    """Octets that may change."""

    async def read(self, *, anew: bool = False) -> bytes:
        """The octets of now; `anew` looks even if it looked a moment ago. Raises ApiConfigError."""
        ...


class Given:
    """Octets that stay."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    async def read(self, *, anew: bool = False) -> bytes:
        """The octets."""
        del anew
        return self.content


def read_file(path: str, what: str) -> bytes:
    """A file's octets. `what` begins the sentence of the error.

    Raises:
        ApiConfigError: it cannot be read, is empty or is larger than any such file.
    """
    try:
        with Path(path).open("rb") as stream:
            octets = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ApiConfigError(f"{what} {path} cannot be read: {error.strerror or error}") from error
    if not octets.strip():
        raise ApiConfigError(f"{what} {path} is empty")
    if len(octets) > LARGEST_FILE:
        raise ApiConfigError(f"{what} {path} is too large: expected at most {LARGEST_FILE} octets")
    return octets


class WatchedFile:
    """Its content, looked at again at most every few seconds. Making one reads the file, so not on the loop.

    While a new look fails the last content counts: a file may be gone for a moment while it is replaced.
    `anew` is for whom the last content is of no use, and raises.
    """

    def __init__(self, path: str, what: str, *, clock: Callable[[], float]) -> None:
        """Read the file. Raises ApiConfigError."""
        self._path = path
        self._what = what
        self._clock = clock
        self._mark = self._look()
        self.content = read_file(path, what)
        self._looked_at = clock()
        self._lock = asyncio.Lock()

    async def read(self, *, anew: bool = False) -> bytes:
        """The content, of a moment ago at the oldest. Raises ApiConfigError only with `anew`."""
        async with self._lock:
            if anew or self._clock() - self._looked_at >= LOOK_EVERY:
                self._looked_at = self._clock()
                await asyncio.to_thread(self._refresh, anew=anew)
        return self.content

    def _refresh(self, *, anew: bool) -> None:
        mark = self._look()
        if mark == self._mark and not anew:
            return
        try:
            self.content = read_file(self._path, self._what)
        except ApiConfigError:
            if anew:
                raise
            return
        self._mark = mark

    def _look(self) -> Mark | None:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
