"""Writing log lines from a thread of its own, so that a reader who does not read never holds up an answer.

    logger ─▶ LogHandler ─▶ queue of at most CAPACITY ─▶ thread: format, join, write

When the queue is full, new lines are dropped and counted; once there is room again, a line says how many.
A descriptor that fails (a closed pipe, a full disk) loses lines, never the server.
"""

import logging
import os
import select
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

from clusterdns.telemetry.repeats import Repeats
from clusterdns.threads import start_thread

__all__ = ["BATCH", "CAPACITY", "LogHandler", "LogWriter"]

CAPACITY = 10_000
"""Lines that wait at most: half a second of a query log at 20,000 queries per second."""

BATCH = 100
"""Lines that one write takes at most. Few enough that formatting them holds the loop's thread up briefly."""


class LogWriter:
    """Writes records and ready lines to the descriptor `fd`, between `start` and `close`; never closes it."""

    def __init__(
        self, fd: int, to_line: Callable[[logging.LogRecord], str], *, capacity: int = CAPACITY
    ) -> None:
        self._fd = fd
        self._to_line = to_line
        self._capacity = capacity
        self._queue: SimpleQueue[logging.LogRecord | str | None] = SimpleQueue()
        self._refused = 0
        self._failed = 0
        self._told = 0
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)

    def start(self) -> None:
        """Start the thread.

        Raises:
            NoThreadError: the system starts no further thread.
        """
        start_thread(self._thread)

    def close(self, patience: float) -> None:
        """Write what waits and end the thread; give up after `patience` seconds. May be called again."""
        self._queue.put(None)
        self._thread.join(patience)

    @property
    def dropped(self) -> int:
        """Lines that were never written, since the start."""
        return self._refused + self._failed

    def put(self, line: logging.LogRecord | str) -> None:
        """Hand over a record or a ready line; never waits. Safe in threads and signal handlers."""
        if self._queue.qsize() >= self._capacity:
            self._refused += 1
            return
        try:
            self._queue.put(line)
        except MemoryError:
            self._refused += 1

    def _run(self) -> None:
        going = True
        while going:
            batch = self._next_batch()
            going = batch[-1] is not None
            try:
                self._write([self._text(line) for line in batch if line is not None])
                self._tell_dropped()
            except MemoryError:  # these lines are lost; later ones may be told
                self._failed += len(batch)

    def _next_batch(self) -> list[logging.LogRecord | str | None]:
        """At least one line, waited for; None stands last if there is nothing to come."""
        batch = [self._queue.get()]
        while len(batch) < BATCH and batch[-1] is not None:
            try:
                batch.append(self._queue.get_nowait())
            except Empty:
                break
        return batch

    def _text(self, line: logging.LogRecord | str) -> str:
        if isinstance(line, str):
            return line
        try:
            return self._to_line(line)
        except Exception as error:  # noqa: BLE001 - any argument's __str__ may fail; the log must outlive it
            return f"[ERROR] a log line from {line.pathname}:{line.lineno} cannot be formatted: {error!r}"

    def _write(self, lines: list[str]) -> None:
        data = "".join(line + "\n" for line in lines).encode("utf-8", "backslashreplace")
        try:
            _write_all(self._fd, data)
        except OSError:
            self._failed += len(lines)

    def _tell_dropped(self) -> None:
        dropped = self.dropped
        if dropped == self._told:
            return
        text = f"[WARNING] {dropped - self._told} lines of the log were dropped: nobody took them in time\n"
        try:
            _write_all(self._fd, text.encode())
        except OSError:
            return
        self._told = dropped


class LogHandler(logging.Handler):
    """Hands records to a writer as they are: formatting is the thread's work."""

    def __init__(self, writer: LogWriter) -> None:
        super().__init__()
        self._writer = writer
        self._repeats = Repeats()

    def handle(self, record: logging.LogRecord) -> bool:
        """As the standard library does it, without its lock: the queue takes records from any thread."""
        if not self.filter(record):
            return False
        self.emit(record)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        """Never waits and never raises."""
        try:
            passed = self._repeats.passed(record)
        except MemoryError:  # then it is one line more
            passed = record
        if passed is not None:
            self._writer.put(passed)


def _write_all(fd: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(fd, rest) :]
        except BlockingIOError:
            _wait_until_writable(fd)


def _wait_until_writable(fd: int) -> None:
    """Wait until `fd` takes octets: another process may have made a shared terminal or pipe non-blocking."""
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    poll.poll()
