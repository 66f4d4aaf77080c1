"""Looking through folders: bounded, in no way recursive, and with a note of all that could not be looked at.

A folder is looked through once, whatever links lead to it, so that links in circles come to an end.
"""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from clusterdns.cluster.manifests.globs import glob_base, is_magic
from clusterdns.cluster.manifests.yielding import YieldToLoop

MOST_ENTRIES: Final = 500_000
"""Files and folders that are looked at below one path of the configuration."""

LOST_AND_FOUND: Final = "lost+found"
"""The file system's own folder at the top of a volume, for root alone: no fault if it cannot be read."""

_NOT_THERE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
"""What the system says of what has gone, and of links to nothing."""


class TooManyEntriesError(Exception):
    """There are more than MOST_ENTRIES; the text says so."""

    def __init__(self) -> None:
        super().__init__(f"holds more than {MOST_ENTRIES:,} files and folders; not all were looked at")


class Looker:
    """Looks through folders, and counts the entries it looks at.

    unreadable: paths that could not be looked at, with the reason.
    yield_to_loop: called between pieces of work.
    """

    def __init__(self, yield_to_loop: YieldToLoop) -> None:
        self.unreadable: dict[Path, str] = {}
        self._yield_to_loop = yield_to_loop
        self._entries = 0

    def begin(self) -> None:
        """Count anew: another path of the configuration."""
        self._entries = 0

    def files_below(self, folder: Path) -> Iterator[Path]:
        """All files below a folder that are not hidden, nor in a hidden folder.

        Raises:
            TooManyEntriesError: the bound of entries is passed.
        """
        for parent in self._folders_below([folder]):
            for entry in self._visible(parent):
                if not _is_folder(entry):
                    yield Path(entry.path)

    def matching(self, pattern: str) -> list[Path]:
        """The files and folders that a pattern matches, as `glob` has it. Raises TooManyEntriesError."""
        base = glob_base(pattern)
        found: Iterable[Path] = [base]
        for part in Path(pattern).parts[len(base.parts) :]:
            found = list(dict.fromkeys(self._step(found, part)))
        return list(found)

    def status(self, path: Path) -> os.stat_result | None:
        """The status of a path; None if it is not there, or cannot be read, which is noted."""
        try:
            return path.stat()
        except OSError as error:
            self._note(path, error, failed="read")
            return None

    def refuse(self, path: Path, reason: str) -> None:
        """Note that a path is not looked at."""
        self.unreadable[path] = reason

    def _step(self, found: Iterable[Path], part: str) -> Iterator[Path]:
        if part == "**":
            yield from map(Path, self._folders_below(found))
            return
        for folder in found:
            if not is_magic(part):
                self._yield_to_loop()
                if os.path.lexists(folder / part):
                    yield folder / part
                continue
            for entry in self._look_through(folder):
                hidden = entry.name.startswith(".") and not part.startswith(".")
                if not hidden and fnmatchcase(entry.name, part):
                    yield folder / entry.name

    def _folders_below(self, folders: Iterable[Path]) -> Iterator[str]:
        """Folders and all that are below them, but for hidden ones."""
        seen: set[tuple[int, int]] = set()
        left = [str(folder) for folder in folders]
        while left:
            folder = left.pop()
            status = self.status(Path(folder))
            if status is None or not stat.S_ISDIR(status.st_mode) or (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            yield folder
            left += [entry.path for entry in self._visible(folder) if _is_folder(entry)]

    def _visible(self, folder: str) -> Iterator[os.DirEntry[str]]:
        return (entry for entry in self._look_through(folder) if not entry.name.startswith("."))

    def _look_through(self, folder: str | Path) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._count()
                    yield entry
        except OSError as error:
            self._note(Path(folder), error, failed="looked through")

    def _count(self) -> None:
        self._entries += 1
        if self._entries > MOST_ENTRIES:
            raise TooManyEntriesError
        self._yield_to_loop()

    def _note(self, path: Path, error: OSError, *, failed: str) -> None:
        if error.errno not in _NOT_THERE and path.name != LOST_AND_FOUND:
            self.unreadable[path] = f"cannot be {failed}: {error.strerror}"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle: a file, which then cannot be read
        return False
