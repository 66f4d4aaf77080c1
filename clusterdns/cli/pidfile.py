"""The file with the process id of the server (`-pidfile`)."""

import logging
import os
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from clusterdns.files import open_regular, read_regular

__all__ = ["PidFile"]

LOGGER = logging.getLogger(__name__)

MOST_OCTETS: Final = 4096
"""Of what stands in the file when it is removed; a process id is far shorter."""


class PidFile:
    """The process id at `path`, from `write` until the context is left; without a path nothing happens."""

    def __init__(self, path: str | None) -> None:
        self._path = Path(path) if path else None
        self._text = f"{os.getpid()}\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def write(self) -> None:
        """Write it. If that fails it is logged, and the server goes on, as CoreDNS does."""
        if self._path is None:
            return
        try:
            _write(self._path, self._text.encode())
        except OSError as error:
            LOGGER.error("the pid file %s cannot be written: %s", self._path, error.strerror)  # noqa: TRY400 - no bug

    def remove(self) -> None:
        """Remove it, unless another process has written its own there since."""
        if self._path is None:
            return
        try:
            # Empty: the process is ended by a signal while it writes.
            if read_regular(self._path, most=MOST_OCTETS) in {self._text.encode(), b""}:
                self._path.unlink()
        except FileNotFoundError:
            return
        except OSError as error:
            LOGGER.error("the pid file %s cannot be removed: %s", self._path, error.strerror)  # noqa: TRY400 - no bug


def _write(path: Path, octets: bytes) -> None:
    """Replace what stands in a regular file, made if there is none. Raises OSError."""
    descriptor = open_regular(path, os.O_WRONLY | os.O_CREAT)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, octets)
    finally:
        os.close(descriptor)
