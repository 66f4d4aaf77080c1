"""Which files the paths of a configuration name, and what of them cannot be looked at."""

import errno
import glob
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from clusterdns.cluster.manifests.globs import glob_base, is_glob, searched_folders

SUFFIXES = frozenset({".yaml", ".yml", ".json"})

LOST_AND_FOUND: Final = "lost+found"
"""The file system's own folder at the top of a volume, for root alone: no fault if it cannot be read."""

_NOT_THERE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
"""What the system says of what has gone, and of links to nothing."""

Signature = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file, the path of the configuration that named it, and what tells a changed file from the old one."""

    path: Path
    root: str
    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The files in the order of their paths, why some paths of the configuration lead to none, and why some
    folders and files could not be looked at.
    """

    files: tuple[FoundFile, ...]
    missing: dict[str, str]
    unreadable: dict[Path, str] = field(default_factory=dict[Path, str])

    def hides(self, path: Path) -> bool:
        """Whether a file that was not found may be there all the same."""
        return not self.unreadable.keys().isdisjoint((path, *path.parents))


def find_files(paths: tuple[str, ...]) -> Found:
    """All manifests below `paths`. Hidden files and folders are passed over, as are other suffixes.

    (A mounted ConfigMap keeps its real files in hidden folders and shows links to them.)
    A file named itself may have any suffix and any name.
    """
    files: dict[Path, FoundFile] = {}
    missing: dict[str, str] = {}
    search = _Search()
    for root in paths:
        try:
            found = search.below(root)
        except OSError as error:
            missing[root] = f"cannot be looked through: {error.strerror}"
            continue
        if found is None:
            missing[root] = "there is no such file or folder"
            continue
        for path in found:
            seen = search.signature(path)
            if seen is not None:
                files.setdefault(path, FoundFile(path=path, root=root, signature=seen))
    ordered = tuple(files[path] for path in sorted(files))
    return Found(files=ordered, missing=missing, unreadable=dict(sorted(search.unreadable.items())))


def signature(path: Path) -> Signature | None:
    """Time of change, size and identity of a file; None if it cannot be seen, or is a link to nothing."""
    return _Search().signature(path)


class _Search:
    """Looks through folders; `unreadable` tells which of them, and which files, could not be looked at."""

    def __init__(self) -> None:
        self.unreadable: dict[Path, str] = {}

    def below(self, root: str) -> list[Path] | None:
        """The files that a path of the configuration names, None if there is nothing. Raises OSError."""
        if is_glob(root):
            return self._matching(root)
        path = Path(root)
        if path.is_dir():
            return list(self._walk(path))
        return [path] if path.exists() else None

    def signature(self, path: Path) -> Signature | None:
        status = self._status(path)
        return None if status is None else (status.st_mtime_ns, status.st_size, status.st_ino)

    def _matching(self, pattern: str) -> list[Path] | None:
        # `glob` takes a folder that it cannot read for an empty one.
        refused = [folder for folder in searched_folders(pattern) if not self._can_be_read(folder)]
        matches = [Path(match) for match in glob.glob(pattern, recursive=True)]
        is_there = glob_base(pattern).is_dir() and (matches or refused)
        return list(self._matched(matches)) if is_there else None

    def _matched(self, matches: list[Path]) -> Iterator[Path]:
        for match in matches:
            status = self._status(match)
            if status is not None and stat.S_ISDIR(status.st_mode):
                yield from self._walk(match)
            elif match.suffix in SUFFIXES:
                yield match

    def _walk(self, folder: Path) -> Iterator[Path]:
        """All manifests below a folder."""
        seen: set[str] = set()
        for parent, folders, names in os.walk(folder, onerror=self._refused, followlinks=True):
            real = os.path.realpath(parent)
            if real in seen:  # a link that leads back up
                folders.clear()
                continue
            seen.add(real)
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                path = Path(parent, name)
                if path.suffix in SUFFIXES and not name.startswith("."):
                    yield path

    def _status(self, path: Path) -> os.stat_result | None:
        try:
            return path.stat()
        except OSError as error:
            self._note(path, error, failed="read")
            return None

    def _can_be_read(self, folder: Path) -> bool:
        try:
            os.scandir(folder).close()
        except OSError as error:
            self._refused(error)
        return folder not in self.unreadable

    def _refused(self, error: OSError) -> None:
        self._note(Path(error.filename), error, failed="looked through")

    def _note(self, path: Path, error: OSError, *, failed: str) -> None:
        if error.errno not in _NOT_THERE and path.name != LOST_AND_FOUND:
            self.unreadable[path] = f"cannot be {failed}: {error.strerror}"
