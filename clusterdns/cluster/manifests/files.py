"""Which files the paths of a configuration name, and what of them cannot be looked at."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from clusterdns.cluster.manifests.globs import glob_base, is_glob
from clusterdns.cluster.manifests.looking import Looker, TooManyEntriesError
from clusterdns.cluster.manifests.yielding import YieldToLoop, no_yield
from clusterdns.files import check_regular

SUFFIXES = frozenset({".yaml", ".yml", ".json"})

Signature = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file, the path of the configuration that named it, and what tells a changed file from the old one."""

    path: Path
    root: str
    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class FileListing:
    """The files in the order of their paths, why some paths of the configuration lead to none, and why some
    folders and files could not be looked at.
    """

    files: tuple[FoundFile, ...]
    missing: dict[str, str]
    unreadable: dict[Path, str] = field(default_factory=dict[Path, str])

    def hides(self, path: Path) -> bool:
        """Whether a file that was not found may be there all the same."""
        return not self.unreadable.keys().isdisjoint((path, *path.parents))


def find_files(paths: tuple[str, ...], yield_to_loop: YieldToLoop = no_yield) -> FileListing:
    """All manifests below `paths`. Hidden files and folders are passed over, as are other suffixes.

    (A mounted ConfigMap keeps its real files in hidden folders and shows links to them.)
    A file named itself may have any suffix and any name. What is no regular file, such as a FIFO, is among
    those that could not be looked at.
    """
    files: dict[Path, FoundFile] = {}
    missing: dict[str, str] = {}
    search = _Search(yield_to_loop)
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
            yield_to_loop()
    ordered = tuple(files[path] for path in sorted(files))
    return FileListing(files=ordered, missing=missing, unreadable=dict(sorted(search.unreadable.items())))


def signature(path: Path) -> Signature | None:
    """Time of change, size and identity of a file; None if it cannot be seen, or is a link to nothing."""
    return _Search(no_yield).signature(path)


class _Search:
    """Looks through folders; `unreadable` tells which of them, and which files, could not be looked at."""

    def __init__(self, yield_to_loop: YieldToLoop) -> None:
        self._looker = Looker(yield_to_loop)

    @property
    def unreadable(self) -> dict[Path, str]:
        return self._looker.unreadable

    def below(self, root: str) -> list[Path] | None:
        """The files that a path of the configuration names, None if there is nothing. Raises OSError."""
        self._looker.begin()
        found: list[Path] = []
        try:
            if is_glob(root):
                return self._matching(root, found)
            path = Path(root)
            if path.is_dir():
                found.extend(self._manifests(path))
                return found
            return [path] if path.exists() else None
        except TooManyEntriesError as error:
            self._looker.refuse(glob_base(root) if is_glob(root) else Path(root), str(error))
            return found

    def signature(self, path: Path) -> Signature | None:
        status = self._looker.status(path)
        if status is None:
            return None
        try:
            check_regular(status.st_mode, path)
        except OSError as error:
            self._looker.refuse(path, f"cannot be read: {error.strerror}")
            return None
        return _signature(status)

    def _matching(self, pattern: str, found: list[Path]) -> list[Path] | None:
        before = len(self.unreadable)
        matches = self._looker.matching(pattern)
        if not glob_base(pattern).is_dir() or not (matches or len(self.unreadable) > before):
            return None
        for match in matches:
            status = self._looker.status(match)
            if status is not None and stat.S_ISDIR(status.st_mode):
                found.extend(self._manifests(match))
            elif match.suffix in SUFFIXES:
                found.append(match)
        return found

    def _manifests(self, folder: Path) -> Iterator[Path]:
        return (path for path in self._looker.files_below(folder) if path.suffix in SUFFIXES)


def _signature(status: os.stat_result) -> Signature:
    return status.st_mtime_ns, status.st_size, status.st_ino
