"""Being told that files may have changed.

Folders are watched with all below them, single files through the folder that holds them: editors replace
a file by renaming another, and a mounted ConfigMap changes by swapping the link `..data` beside it. Every
RECHECK_SECONDS the files are looked at anyway: some file systems do not tell, and queues overflow.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from clusterdns.cluster.manifests.globs import glob_base, is_glob
from clusterdns.threads import NoThreadError, check_room

RECHECK_SECONDS = 10.0
RETRY_SECONDS = 1.0
SETTLE_MILLISECONDS = 10
"""Quiet time after which what an editor does to a file counts as done..."""
LONGEST_SETTLE_MILLISECONDS = 30
"""...and how long it is waited for at most."""

THREADS = 2
"""The watching library starts so many for a folder, and aborts the process if it cannot."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A folder to watch: with all below, or only entries of these names (and hidden ones)."""

    folder: Path
    names: frozenset[str] | None = None

    def concerns(self, path: str) -> bool:
        """Whether an event about `path` may matter."""
        name = os.path.basename(path)
        return self.names is None or name in self.names or name.startswith("..")


def watched_folders(paths: tuple[str, ...]) -> list[Watched]:
    """The folders that must be watched for the paths of a configuration, each once."""
    found: list[Watched] = []
    for text in paths:
        path = Path(text)
        if is_glob(text):
            found.append(Watched(folder=glob_base(text)))
        elif path.is_dir():
            found += [Watched(folder=path), Watched(folder=path.parent, names=frozenset({path.name}))]
        else:
            found.append(Watched(folder=path.parent, names=frozenset({path.name})))
    return list(dict.fromkeys(found))


async def watch(paths: tuple[str, ...], changed: Callable[[], None], *, poll_seconds: float | None) -> None:
    """Call `changed` whenever files below `paths` may have changed, until cancelled."""
    if poll_seconds is not None:
        await _poll(changed, poll_seconds)
    async with asyncio.TaskGroup() as group:
        group.create_task(_poll(changed, RECHECK_SECONDS))
        for watched in watched_folders(paths):
            group.create_task(_watch_folder(watched, changed))


async def _poll(changed: Callable[[], None], seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        changed()


async def _watch_folder(watched: Watched, changed: Callable[[], None]) -> None:
    complained = False
    while True:
        complaint = ""
        try:
            check_room(THREADS)
            await _watch_once(watched, changed)
        except* (OSError, RuntimeError, NoThreadError) as errors:
            # Gone, or (this library's RuntimeError) no inotify watches left. Rechecks see what changes.
            complaint = "; ".join(str(error) for error in _single(errors))
        if complaint and not complained:
            _log.warning("cannot watch %s for changes: %s", watched.folder, complaint)
        complained = bool(complaint)
        await asyncio.sleep(RETRY_SECONDS)
        changed()


def _single(errors: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _single(error)
        else:
            yield error


async def _watch_once(watched: Watched, changed: Callable[[], None]) -> None:
    """Watch until the folder is another one, or none."""
    from watchfiles import awatch  # noqa: PLC0415 (only who has manifests pays for it)

    identity = _identity(watched.folder)
    async for changes in awatch(
        watched.folder,
        watch_filter=None,
        debounce=LONGEST_SETTLE_MILLISECONDS,
        step=SETTLE_MILLISECONDS,
        recursive=watched.names is None,
        rust_timeout=int(RECHECK_SECONDS * 1000),
        yield_on_timeout=True,
    ):
        if any(watched.concerns(path) for _, path in changes):
            changed()
        if _identity(watched.folder) != identity:
            return


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
