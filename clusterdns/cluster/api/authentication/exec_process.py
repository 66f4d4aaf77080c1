"""Running the program that prints credentials: bounded in time and octets, and nothing of it remains.

    thread:  start ─▶ read its output until it ends ─▶ terminate, then kill, its process group ─▶ reap

The program gets a session of its own, so that what it starts is ended with it. Its standard input is empty.
Its standard error is not read at all: programs print tokens, URLs with passwords and whole requests there,
and no rule tells these from an explanation.
"""

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final

from clusterdns.cluster.api.authentication.exec_program import Program
from clusterdns.cluster.api.blocking import BlockingCalls
from clusterdns.cluster.api.errors import ApiConfigError

LARGEST_OUTPUT: Final = 1024 * 1024
"""Octets. A token and a certificate with its key are a few thousand."""

LOOK_EVERY: Final = 0.02
"""Seconds between two looks at whether it has ended, or has to."""

OUTPUT_SECONDS: Final = 1.0
"""Seconds after its end in which a child that holds its output may still print."""

TERMINATE_SECONDS: Final = 0.5
"""Seconds from SIGTERM to SIGKILL."""

REAP_SECONDS: Final = 1.0
"""Seconds that the system may take to end what was killed; what waits for a disk may take longer."""

END_SECONDS: Final = TERMINATE_SECONDS + 2 * REAP_SECONDS + 1.0
"""Seconds from the decision to end it to the return of the thread."""


class ExecProcess:
    """Runs a program, one run at a time, each for at most `patience` seconds."""

    def __init__(self, program: Program, *, patience: float) -> None:
        self._program = program
        self._patience = patience
        self._calls = BlockingCalls("exec plugin")

    async def run(self) -> bytes:
        """Run the program and return its standard output. On return, also when cancelled, it has ended.

        Raises:
            ApiConfigError: it is missing, fails, takes too long or prints too much.
        """
        origin, stop = self._program.origin, threading.Event()
        if self._calls.busy:
            raise ApiConfigError(f"{origin} could not be ended after its last run")
        call = partial(run_program, self._program, patience=self._patience, stop=stop)
        try:
            return await self._calls.run(call, seconds=self._patience + OUTPUT_SECONDS + END_SECONDS)
        except TimeoutError:
            raise ApiConfigError(f"{origin} can neither be started nor ended") from None
        except OSError as error:
            raise ApiConfigError(f"{origin} cannot be run: {error.strerror or error}") from None
        finally:
            stop.set()
            await self._calls.settle(END_SECONDS)


def run_program(program: Program, *, patience: float, stop: threading.Event) -> bytes:
    """Run the program to its end and return what it printed; blocks. Setting `stop` ends the program.

    Raises:
        ApiConfigError: it is missing, fails, takes too long or prints too much.
        OSError: the system cannot start it.
    """
    deadline = time.monotonic() + patience
    with _started(program) as process:
        printed = _Reading(process, program.origin).read(deadline, patience=patience, stop=stop)
    if process.returncode != 0:
        raise ApiConfigError(
            f"{program.origin} failed with status {process.returncode}; what it says on standard error "
            "is not shown here, run it by hand to see it"
        )
    return printed


@contextmanager
def _started(program: Program) -> Generator[subprocess.Popen[bytes]]:
    try:
        process = subprocess.Popen(  # noqa: S603 (as the kubeconfig says)
            [program.located(), *program.arguments],
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (ValueError, subprocess.SubprocessError) as error:
        # Such as a text that the system's encoding does not have. Its words may repeat what was given.
        raise ApiConfigError(f"{program.origin} cannot be run: {type(error).__name__}") from None
    try:
        yield process
    finally:
        _end(process)


class _Reading:
    """Reads what a program prints."""

    def __init__(self, process: subprocess.Popen[bytes], origin: str) -> None:
        self._process = process
        self._origin = origin
        self._kept = bytearray()
        self._is_open = True
        self._fd = process.stdout.fileno() if process.stdout is not None else -1
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)

    def read(self, deadline: float, *, patience: float, stop: threading.Event) -> bytes:
        """All of it. Raises ApiConfigError if it is too much or not all there in time."""
        ended_at = None
        while ended_at is None or (self._is_open and time.monotonic() < ended_at + OUTPUT_SECONDS):
            if stop.is_set() or time.monotonic() >= deadline:
                raise ApiConfigError(f"{self._origin} did not end within {patience:g} s")
            if self._is_open:
                self._take()
            else:
                stop.wait(LOOK_EVERY)
            if ended_at is None and _has_ended(self._process):
                ended_at = time.monotonic()
        return bytes(self._kept)

    def _take(self) -> None:
        if not self._poll.poll(LOOK_EVERY * 1000):
            return
        chunk = os.read(self._fd, 65536)
        self._is_open = bool(chunk)
        self._kept += chunk
        if len(self._kept) > LARGEST_OUTPUT:
            raise ApiConfigError(f"{self._origin} printed more than {LARGEST_OUTPUT} octets")


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    if not hasattr(os, "waitid"):  # macOS
        return process.poll() is not None
    # It is left to be reaped: its number, which its group has too, is not given to another one before that.
    try:
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it and all that it has started, and leave no zombie."""
    if not _has_ended(process):
        _signal_group(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + TERMINATE_SECONDS
        while time.monotonic() < deadline and not _has_ended(process):
            time.sleep(LOOK_EVERY)
    _signal_group(process.pid, signal.SIGKILL)
    if process.stdout is not None:
        process.stdout.close()
    # One that the system cannot end now is reaped by the standard library before it starts another one.
    with suppress(subprocess.TimeoutExpired):
        process.wait(REAP_SECONDS)
    _reap_group(process.pid)


def _signal_group(group: int, number: signal.Signals) -> None:
    # Gone, or not ours any more (a program of another user): both end the matter.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _reap_group(group: int) -> None:
    """Where we are the first process of a container, its orphans are our children."""
    deadline = time.monotonic() + REAP_SECONDS
    with suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if os.waitpid(-group, os.WNOHANG) == (0, 0):
                time.sleep(LOOK_EVERY)
