"""Reading files that others may have put there: regular ones only, and no more of them than is wanted.

Opening a FIFO waits until somebody writes, opening some devices does something, and reading `/dev/zero` never
ends. Following a link is fine: what counts is what it leads to.
"""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

__all__ = ["check_regular", "open_regular", "read_at_most", "read_regular", "too_large"]

PIECE_OCTETS: Final = 1 << 20

_KINDS: Final = (
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def open_regular(path: str | Path, flags: int = os.O_RDONLY) -> int:
    """A descriptor of the regular file at `path`; the caller closes it. Never waits for the end of a FIFO.

    Raises:
        OSError: it cannot be opened, or is something else (EISDIR, EINVAL); `strerror` is fit for the log.
    """
    try:
        with suppress(FileNotFoundError):  # said again by open, unless that shall make it
            check_regular(os.stat(path).st_mode, path)  # before it is opened: that alone rewinds a tape
        descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY, 0o644)
    except ValueError as error:  # a zero octet, or half a surrogate pair: no file has such a name
        raise OSError(errno.EINVAL, str(error), str(path)) from error
    try:
        check_regular(os.fstat(descriptor).st_mode, path)  # it may have been replaced meanwhile
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def read_at_most(descriptor: int, most: int) -> bytes:
    """All octets from where the descriptor stands to the end of its file.

    Raises:
        OSError: it cannot be read, or there are more than `most` octets (EFBIG), also if it grows meanwhile.
    """
    if os.fstat(descriptor).st_size > most:
        raise too_large(most)
    pieces: list[bytes] = []
    left = most + 1
    while left and (piece := os.read(descriptor, min(left, PIECE_OCTETS))):
        pieces.append(piece)
        left -= len(piece)
    if not left:
        raise too_large(most)
    return b"".join(pieces)


def read_regular(path: str | Path, *, most: int) -> bytes:
    """All octets of the regular file at `path`, at most `most`.

    Raises:
        OSError: see `open_regular` and `read_at_most`.
    """
    descriptor = open_regular(path)
    try:
        return read_at_most(descriptor, most)
    finally:
        os.close(descriptor)


def too_large(most: int) -> OSError:
    """The error for a file of more than `most` octets."""
    bound = f"{most >> 20} MiB" if most % (1 << 20) == 0 else f"{most:,} octets"
    return OSError(errno.EFBIG, f"larger than {bound}")


def check_regular(mode: int, path: str | Path) -> None:
    """Raise an OSError with a fitting sentence unless this mode, as `stat` gives it, is of a regular file."""
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "something else")
    raise OSError(errno.EINVAL, f"{kind}, expected a regular file", str(path))
