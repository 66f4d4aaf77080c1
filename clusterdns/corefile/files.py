"""Where imports come from."""

import glob
from collections.abc import Sequence
from typing import Protocol

MAX_FILE_SIZE = 16 << 20


class Files(Protocol):
    """What an import needs of a file system. Paths are absolute."""

    def matches(self, pattern: str) -> Sequence[str]:
        """The files that a pattern with `*` or `?` matches, hidden ones too, sorted; or the file itself."""
        ...

    def read(self, path: str) -> str:
        """The text of a file. Raises OSError if it cannot be read, also if it is a directory."""
        ...


class RealFiles:
    """The files of this machine, as UTF-8; octets that are none are replaced."""

    def matches(self, pattern: str) -> Sequence[str]:
        try:
            return sorted(glob.glob(pattern, include_hidden=True))
        except ValueError:  # a NUL or half a surrogate pair: no file has such a name
            return ()

    def read(self, path: str) -> str:
        with open(path, "rb") as file:
            octets = file.read(MAX_FILE_SIZE + 1)
        if len(octets) > MAX_FILE_SIZE:
            raise OSError(f"larger than {MAX_FILE_SIZE >> 20} MiB")
        return octets.decode(errors="replace")
