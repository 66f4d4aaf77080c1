"""Whom a snapshot may come from: only who may write it decides what the server answers.

    the file       a regular one, no link; ours or root's; written by nobody else
    its folder     ours or root's; written by nobody else, unless what is in it can be replaced by its owner
                   only (the sticky bit, as of /tmp)

Groups that were given to the process beside its own may write: in a Pod with an fsGroup the kubelet makes
what is on a volume writable for that group.
"""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from clusterdns.cluster.snapshot.errors import Refusal, SnapshotError
from clusterdns.files import open_regular

ROOT: Final = 0


def open_trusted(path: Path) -> int:
    """A descriptor to read the snapshot with; the caller closes it.

    Raises:
        SnapshotError: somebody else may have written it, or it is a link.
        OSError: it cannot be opened, or is something else than a regular file.
    """
    _check(os.stat(path.parent), "its folder")
    try:
        descriptor = open_regular(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno == errno.ELOOP and path.is_symlink():
            raise _untrusted("it is a link") from error
        raise
    try:
        _check(os.fstat(descriptor), "it")
    except SnapshotError:
        os.close(descriptor)
        raise
    return descriptor


def _check(status: os.stat_result, what: str) -> None:
    if status.st_uid not in {os.geteuid(), ROOT}:
        raise _untrusted(f"{what} belongs to the user {status.st_uid}, expected {os.geteuid()} or {ROOT}")
    if stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX:
        return
    if status.st_mode & stat.S_IWOTH:
        raise _untrusted(f"{what} is writable for everybody")
    if status.st_mode & stat.S_IWGRP and status.st_gid not in set(os.getgroups()) - {os.getegid()}:
        raise _untrusted(f"{what} is writable for the group {status.st_gid}")


def _untrusted(what: str) -> SnapshotError:
    return SnapshotError(Refusal.UNTRUSTED, f"untrusted: {what}")
