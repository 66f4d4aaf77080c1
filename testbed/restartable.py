"""A server as a process that is stopped, killed, held and started again during a test."""

import signal
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from testbed.peers import program

__all__ = ["Restartable"]


class Restartable:
    """A command that listens on `port` of 127.0.0.1. It is ended when the context is left.

    What it says goes to files of `folder` that are named by the program, one a start.
    """

    def __init__(self, command: Sequence[str], *, port: int, folder: Path) -> None:
        self._command = command
        self._port = port
        self._folder = folder
        self._starts = count(1)
        self._stack = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._log = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it listens. Raises RuntimeError, see `program`."""
        self._log = self._folder / f"{self._command[0]}-{next(self._starts)}.log"
        running = program(self._command, port=self._port, log=self._log)
        self._process = self._stack.enter_context(running)

    def stop(self) -> float:
        """Ask it to end, and kill it if it takes too long; how many seconds it took."""
        began = time.monotonic()
        self._send(signal.SIGCONT)
        self._stack.close()
        return time.monotonic() - began

    def kill(self) -> None:
        """Kill it (SIGKILL)."""
        self._send(signal.SIGKILL)
        self._stack.close()

    @contextmanager
    def held(self) -> Generator[None]:
        """Suspend it (SIGSTOP) while the context is entered; its connections stay open."""
        self._send(signal.SIGSTOP)
        try:
            yield
        finally:
            self._send(signal.SIGCONT)

    def said(self) -> str:
        """Its output since it was started."""
        return self._log.read_text()

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
