"""The file system that imports are read from."""

import glob
from collections.abc import Sequence
from typing import Protocol

from clusterdns.files import read_regular

MAX_FILE_SIZE = 16 << 20
"""Octets of a Corefile, and of each file that it imports."""


class Files(Protocol):
    """The file system as imports need it. Paths are absolute."""

    def matches(self, pattern: str) -> Sequence[str]:
        """The files that a pattern with `*` or `?` matches, hidden ones too, sorted; or the file itself."""
        ...

    def read(self, path: str) -> str:
        """The text of a file. Raises OSError if it cannot be read, is no regular file or is too large."""
        ...


class RealFiles:
    """The files of this machine, as UTF-8; octets that are none are replaced."""

    def matches(self, pattern: str) -> Sequence[str]:
        try:
            return sorted(glob.glob(pattern, include_hidden=True))
        except ValueError:  # a NUL or half a surrogate pair: no file has such a name
            return ()

    def read(self, path: str) -> str:
        return read_regular(path, most=MAX_FILE_SIZE).decode(errors="replace")
