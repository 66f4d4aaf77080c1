"""One heap for all threads.

glibc gives each thread a heap of its own, 64 MiB of addresses at once. Under a limit of addresses (RLIMIT_AS,
`ulimit -v`) a dozen threads that hardly allocate would leave nothing for the one that does the work.
"""

import ctypes
from contextlib import suppress
from typing import Final

__all__ = ["share_heap"]

M_ARENA_MAX: Final = -8
"""From malloc.h of glibc."""


def share_heap() -> None:
    """Let threads that are started from now on use the main heap. Without glibc nothing happens."""
    with suppress(AttributeError):  # musl: there is one heap only
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
