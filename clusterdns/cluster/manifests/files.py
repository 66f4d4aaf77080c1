"""Which files the paths of a configuration name."""

import glob
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clusterdns.cluster.manifests.globs import glob_base, is_glob

SUFFIXES = frozenset({".yaml", ".yml", ".json"})

Signature = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file, the path of the configuration that named it, and what tells a changed file from the old one."""

    path: Path
    root: str
    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The files in the order of their paths, and why some paths of the configuration lead to none."""

    files: tuple[FoundFile, ...]
    missing: dict[str, str]


def find_files(paths: tuple[str, ...]) -> Found:
    """All manifests below `paths`. Hidden files and folders are passed over, as are other suffixes.

    (A mounted ConfigMap keeps its real files in hidden folders and shows links to them.)
    A file named itself may have any suffix and any name.
    """
    files: dict[Path, FoundFile] = {}
    missing: dict[str, str] = {}
    for root in paths:
        try:
            found = _below(root)
        except OSError as error:
            missing[root] = f"cannot be looked through: {error.strerror}"
            continue
        if found is None:
            missing[root] = "there is no such file or folder"
            continue
        for path in found:
            seen = signature(path)
            if seen is not None:
                files.setdefault(path, FoundFile(path=path, root=root, signature=seen))
    return Found(files=tuple(files[path] for path in sorted(files)), missing=missing)


def signature(path: Path) -> Signature | None:
    """Time of change, size and identity of a file; None if it is not there, or a link to nothing."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _below(root: str) -> list[Path] | None:
    """The files that a path of the configuration names, None if there is nothing. Raises OSError."""
    if is_glob(root):
        matches = [Path(match) for match in glob.glob(root, recursive=True)]
        return list(_matched(matches)) if glob_base(root).is_dir() and matches else None
    path = Path(root)
    if path.is_dir():
        return list(_walk(path))
    return [path] if path.exists() else None


def _matched(matches: list[Path]) -> Iterator[Path]:
    for match in matches:
        if match.is_dir():
            yield from _walk(match)
        elif match.suffix in SUFFIXES:
            yield match


def _walk(folder: Path) -> Iterator[Path]:
    """All manifests below a folder. Folders in it that cannot be read are passed over, like `lost+found`.

    Raises:
        OSError: the folder itself cannot be read, which does not mean that it is empty.
    """
    seen: set[str] = set()
    for parent, folders, names in os.walk(folder, onerror=partial(_refuse, folder), followlinks=True):
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


def _refuse(folder: Path, error: OSError) -> None:
    if error.filename == str(folder):
        raise error
